"""When a URL is wanted again."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import Response

from crawler.frontier.memory import conditions, remember
from crawler.frontier.revisit import (
    DAY,
    INTERVAL,
    Revisits,
    fresh_for,
    hinted_due,
    interval_in,
    retry_due,
)

REVISITS = Revisits()


def test_an_interval_grows_when_unchanged_and_shrinks_when_changed() -> None:
    assert REVISITS.interval(None, changed=False) == 7 * DAY
    assert REVISITS.interval(4 * DAY, changed=False) == 6 * DAY
    assert REVISITS.interval(4 * DAY, changed=True) == 2 * DAY


@given(st.floats(0.001, 1e9), st.booleans())
def test_an_interval_stays_within_its_bounds(previous: float, changed: bool) -> None:  # noqa: FBT001
    assert DAY <= REVISITS.interval(previous, changed=changed) <= 90 * DAY


def test_what_is_gone_is_never_asked_for_again_and_what_is_missing_seldom() -> None:
    assert REVISITS.absent(410, 7 * DAY) is None
    assert REVISITS.absent(404, 4 * DAY) == 9 * DAY
    assert REVISITS.absent(404, None) == 7 * DAY * 2.25


@pytest.mark.parametrize(
    ("changed_at", "asked_at", "interval", "due"),
    [
        (9 * DAY, 8 * DAY, None, 10 * DAY),
        (9 * DAY, 9.5 * DAY, None, inf),
        (9 * DAY, 9 * DAY, None, inf),
        (10.5 * DAY, 8 * DAY, None, 10 * DAY),
        (10.5 * DAY, 10 * DAY, None, inf),
        (12 * DAY, 8 * DAY, None, inf),
        (9.9 * DAY, 9.8 * DAY, 8 * DAY, 10.8 * DAY),
        (9.9 * DAY, 9 * DAY, 80 * DAY, 19 * DAY),
    ],
)
def test_a_hint_of_change_shortens_a_wait_to_an_eighth_at_most(
    changed_at: float, asked_at: float, interval: float | None, due: float
) -> None:
    assert hinted_due(changed_at, asked_at, interval, 10 * DAY) == pytest.approx(due)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "public, max-age=3600"}, 3600),
        ({"cache-control": "max-age=3600", "age": "600"}, 3000),
        ({"cache-control": "s-maxage=60, max-age=3600"}, 3600),
        ({"cache-control": 'Max-Age="60"'}, 60),
        ({"cache-control": "max-age=99999999999"}, 90 * DAY),
        ({"cache-control": "max-age=9999999999"}, 90 * DAY),
        ({"cache-control": "no-cache, max-age=3600"}, 0),
        ({"cache-control": "x-max-age=60"}, 0),
        (
            {
                "expires": "Sun, 06 Nov 1994 09:49:37 GMT",
                "date": "Sun, 06 Nov 1994 08:49:37 GMT",
            },
            3600,
        ),
        ({"expires": "0", "date": "Sun, 06 Nov 1994 08:49:37 GMT"}, 0),
        ({"expires": "Sun, 06 Nov 1994 08:49:37 GMT"}, 0),
        ({}, 0),
    ],
)
def test_freshness_is_read_as_http_means_it(headers: dict[str, str], seconds: float) -> None:
    assert fresh_for(headers, REVISITS.longest) == seconds


@given(st.text(), st.text())
def test_nonsense_in_freshness_never_raises(control: str, expires: str) -> None:
    date = "Sun, 06 Nov 1994 08:49:37 GMT"
    headers = {"cache-control": control, "expires": expires, "date": date, "age": control}
    assert 0 <= fresh_for(headers, 10.0) <= 10


def test_retries_wait_twice_as_long_each_time_and_jitter_only_lengthens() -> None:
    assert [retry_due(0, attempt, 60, 0) for attempt in (1, 2, 3)] == [60, 120, 240]
    assert retry_due(1000, 1, 60, 1) == 1066
    assert retry_due(0, 10_000, 60, 0) == DAY


def test_nonsense_in_memory_is_no_interval() -> None:
    assert interval_in({INTERVAL: "nan"}) is None
    assert interval_in({INTERVAL: "-1"}) is None
    assert interval_in({}) is None
    assert interval_in({INTERVAL: "60"}) == 60


def test_a_changed_page_is_wanted_sooner_and_an_unchanged_one_later() -> None:
    first_due, first = remember({}, Response("http://s.example/", body=b"a"), None, 0, REVISITS)
    same_due, same = remember(first, Response("http://s.example/", body=b"a"), None, 0, REVISITS)
    new_due, new = remember(first, Response("http://s.example/", body=b"b"), None, 0, REVISITS)
    assert (first_due, same_due, new_due) == (7 * DAY, 10.5 * DAY, 3.5 * DAY)
    assert (first["changes"], same["changes"], new["changes"]) == ("0", "0", "1")
    assert (same["visits"], same["payload_digest"]) == ("2", first["payload_digest"])


def test_a_304_keeps_what_was_known_and_takes_new_validators() -> None:
    memory = {"etag": '"1"', "last_modified": "then", "payload_digest": "sha1:X"}
    answer = Response("http://s.example/", status=304, headers={"ETag": '"2"'})
    _, kept = remember(memory, answer, None, 0, REVISITS)
    assert kept["etag"] == '"2"'
    assert kept["last_modified"] == "then"
    assert kept["payload_digest"] == "sha1:X"
    assert conditions(kept) == [("If-None-Match", '"2"'), ("If-Modified-Since", "then")]


def test_validators_that_no_header_could_bear_are_not_remembered() -> None:
    headers = {"ETag": b'"a\xff\x00"', "Last-Modified": b"x" * 5000}
    _, kept = remember({}, Response("http://s.example/", headers=headers), None, 0, REVISITS)
    assert conditions(kept) == []
