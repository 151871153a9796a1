"""Outcomes of fetches and what they mean for robots.txt (politeness.md, first table)."""

import pytest

from crawler.policy.availability import (
    AVAILABILITY,
    DAY,
    HOUR,
    MINUTE,
    UNCACHED_LIFETIME,
    Rules,
    availability_of,
    lifetime,
    next_try,
    outcome_of_status,
    unreachable_gap,
)
from crawler.policy.model import Outcome


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.OK),
        (203, Outcome.OK),
        (204, Outcome.EMPTY),
        (206, Outcome.TRUNCATED),
        (301, Outcome.TOO_MANY_REDIRECTS),
        (400, Outcome.CLIENT_ERROR),
        (401, Outcome.FORBIDDEN),
        (402, Outcome.PAYMENT),
        (403, Outcome.FORBIDDEN),
        (404, Outcome.NOT_FOUND),
        (410, Outcome.NOT_FOUND),
        (429, Outcome.RATE_LIMITED),
        (451, Outcome.CLIENT_ERROR),
        (500, Outcome.SERVER_ERROR),
        (599, Outcome.SERVER_ERROR),
        (999, Outcome.SERVER_ERROR),
        (100, Outcome.CONNECTION),
        (0, Outcome.CONNECTION),
        (-1, Outcome.CONNECTION),
    ],
)
def test_a_status_is_an_outcome(status: int, outcome: Outcome) -> None:
    assert outcome_of_status(status) is outcome


def test_every_outcome_has_a_row() -> None:
    assert set(AVAILABILITY) == set(Outcome)


def test_only_a_clear_no_lifts_all_rules() -> None:
    free = {outcome for outcome in Outcome if availability_of(outcome).rules is Rules.NONE}
    assert free == {Outcome.NOT_FOUND, Outcome.CLIENT_ERROR}


def test_rules_hold_for_a_day_at_most() -> None:
    assert max(row.lifetime for row in AVAILABILITY.values()) == DAY
    assert lifetime(Outcome.OK, "max-age=9999999999999999999") == DAY


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [
        ("", DAY),
        ("max-age=600", 600),
        ('public, Max-Age="70"', 70),
        ("max-age=7", UNCACHED_LIFETIME),
        ("max-age=0", UNCACHED_LIFETIME),
        ("no-store", UNCACHED_LIFETIME),
        ("max-age=600, no-cache", UNCACHED_LIFETIME),
        ("max-age=-1", DAY),
        ("max-age=soon, s-maxage=1", DAY),
    ],
)
def test_cache_control_shortens_the_lifetime(cache_control: str, seconds: int) -> None:
    assert lifetime(Outcome.OK, cache_control) == seconds


def test_cache_control_of_an_error_is_left_aside() -> None:
    assert lifetime(Outcome.NOT_FOUND, "max-age=1") == DAY


def test_the_gaps_to_an_unreachable_origin_grow() -> None:
    gaps = [unreachable_gap(failures) for failures in range(6)]
    assert gaps == [5 * MINUTE, 5 * MINUTE, HOUR, 6 * HOUR, DAY, DAY]


@pytest.mark.parametrize(
    ("outcome", "failures", "retry_after", "seconds"),
    [
        (Outcome.OK, 0, None, DAY),
        (Outcome.FORBIDDEN, 3, None, DAY),
        (Outcome.SERVER_ERROR, 1, None, 5 * MINUTE),
        (Outcome.SERVER_ERROR, 1, 900.0, 900.0),
        (Outcome.DNS, 2, None, HOUR),
        (Outcome.RATE_LIMITED, 1, None, 60),
        (Outcome.RATE_LIMITED, 3, None, 240),
        (Outcome.RATE_LIMITED, 99, None, DAY),
        (Outcome.RATE_LIMITED, 9, 4.0, 4.0),
    ],
)
def test_the_next_try_follows_the_table(
    outcome: Outcome, failures: int, retry_after: float | None, seconds: float
) -> None:
    assert next_try(outcome, failures, retry_after) == seconds
