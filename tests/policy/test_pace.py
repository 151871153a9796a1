"""The pace of one host (politeness.md, "Pace")."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.policy.pace import (
    DAY,
    FIRST_BACK_OFF,
    FORGIVEN_AFTER,
    LONGEST_PARKING,
    PARKED_AFTER,
    HostPace,
    after_answer,
    after_failure,
    after_refusal,
    delay,
    next_request,
    read_crawl_delay,
    read_retry_after,
)

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"), [("2", 2.0), (" 0.5 ", 0.5), (".5", 0.5), ("86400", 86400.0), ("0", 0.0)]
)
def test_a_crawl_delay_is_seconds(value: str, seconds: float) -> None:
    assert read_crawl_delay(value) == seconds


@pytest.mark.parametrize(
    "value", ["nan", "inf", "-1", "1e999", "", "10s", "1,5", "٣", "9999999999", "0x10", "1_0"]
)
def test_a_senseless_crawl_delay_is_left_aside(value: str) -> None:
    assert read_crawl_delay(value) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("120, 60", 120.0),
        ("+120.5 Seconds", 121.0),
        ("'120'", 120.0),
        (" 0 ", 0.0),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60.0),
        ("Sunday, 22-Nov-26 12:01:00 GMT", 60.0),
        ("Sun Nov 22 12:01:00 2026", 60.0),
        ("Sun, 22 Nov 2026 12:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float) -> None:
    assert read_retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    "value",
    ["", "-5", "soon", "1.5.2", "Sun, 99 Nov 2026 12:00:00 GMT", "inf", "²",
     "Sun, 22 Nov 2026 11:00:00 GMT"],
)  # fmt: skip
def test_a_senseless_retry_after_is_left_aside(value: str) -> None:
    assert read_retry_after(value, NOW) is None


@given(st.text(max_size=60))
def test_no_retry_after_raises(value: str) -> None:
    seconds = read_retry_after(value, NOW)
    assert seconds is None or seconds >= 0


def test_the_delay_is_the_larger_of_base_and_latency() -> None:
    assert delay(HostPace(base=5, latency=0.2), 0) == 5
    assert delay(HostPace(base=5, latency=2), 0) == 10
    assert delay(HostPace(base=5, latency=100), 0) == 60


def test_a_base_above_the_cap_of_latency_is_kept() -> None:
    assert delay(HostPace(base=120, latency=100), 0) == 120


def test_the_floor_holds_everywhere_but_on_loopback() -> None:
    assert delay(HostPace(base=0), 0) == 1
    assert delay(HostPace(base=0, latency=3, loopback=True), 0) == 0


def test_a_crawl_delay_is_obeyed_also_on_loopback() -> None:
    assert delay(HostPace(base=0, crawl_delay=2, loopback=True), 0) == 2


def test_a_very_long_crawl_delay_is_obeyed_and_reported() -> None:
    slow = HostPace(crawl_delay=301)
    assert delay(slow, 0) == 301
    assert slow.is_slow
    assert not HostPace(crawl_delay=300).is_slow


@given(jitter=st.floats(-5, 5), crawl_delay=st.floats(0, 1000), latency=st.floats(0, 1000))
def test_jitter_only_slows(jitter: float, crawl_delay: float, latency: float) -> None:
    pace = HostPace(crawl_delay=crawl_delay, latency=latency)
    assert delay(pace, 0) <= delay(pace, jitter) <= delay(pace, 0) * 1.11


def test_retry_after_sets_the_next_request() -> None:
    pace = after_refusal(HostPace(), at=100, retry_after=30, jitter=0)
    assert pace.not_before == 130
    assert next_request(pace, finished_at=100, jitter=0) == 130
    assert not pace.parked


def test_a_shorter_retry_after_does_not_undo_a_longer_one() -> None:
    pace = after_refusal(HostPace(), at=0, retry_after=900, jitter=0)
    assert after_refusal(pace, at=1, retry_after=5, jitter=0).not_before == 900


def test_a_retry_after_beyond_a_day_parks_the_host() -> None:
    assert not after_refusal(HostPace(), at=0, retry_after=DAY, jitter=0).parked
    pace = after_refusal(HostPace(), at=0, retry_after=DAY + 1, jitter=0)
    assert pace.parked
    assert pace.not_before == DAY + 1
    forever = after_refusal(HostPace(), at=0, retry_after=1e15, jitter=0)
    assert forever.not_before == LONGEST_PARKING


def test_back_off_doubles_to_a_day() -> None:
    pace, waits, at = HostPace(), [], 0.0
    for _ in range(14):
        pace = after_refusal(pace, at=at, retry_after=None, jitter=0)
        waits.append(pace.not_before - at)
        at = pace.not_before
    assert waits[:4] == [60, 120, 240, 480]
    assert waits[-1] == DAY


def test_back_off_is_forgiven_after_half_an_hour_of_quiet() -> None:
    pace = replace(after_refusal(HostPace(), at=0, retry_after=None, jitter=0), failures=0)
    soon = after_refusal(pace, at=61, retry_after=None, jitter=0)
    assert soon.not_before == 61 + 2 * FIRST_BACK_OFF
    later = after_refusal(pace, at=60 + FORGIVEN_AFTER, retry_after=None, jitter=0)
    assert later.not_before == 60 + FORGIVEN_AFTER + FIRST_BACK_OFF


def test_the_fifth_failure_in_a_row_parks_the_host() -> None:
    pace = HostPace()
    for _ in range(PARKED_AFTER - 1):
        pace = after_failure(pace, at=10, jitter=0)
        assert not pace.parked
        assert pace.not_before == 0
    pace = after_failure(pace, at=10, jitter=1)
    assert pace.parked
    assert pace.not_before == 10 + FIRST_BACK_OFF * 1.1


def test_back_off_and_parking_are_as_asked_for_but_gentler_only_off_loopback() -> None:
    eager = HostPace(back_off=2, park_after=7)
    careful = HostPace(back_off=90, park_after=2)
    for pace, first, failures in (
        (eager, FIRST_BACK_OFF, PARKED_AFTER),
        (replace(eager, loopback=True), 2, 7),
        (careful, 90, 2),
        (replace(careful, loopback=True), 90, 2),
    ):
        assert after_refusal(pace, at=0, retry_after=None, jitter=0).not_before == first
        almost = after_failure(replace(pace, failures=failures - 2), at=0, jitter=0)
        assert not almost.parked
        parked = after_failure(almost, at=0, jitter=0)
        assert (parked.parked, parked.not_before) == (True, first)


def test_a_parked_host_that_fails_again_waits_longer() -> None:
    pace = HostPace(failures=PARKED_AFTER - 1)
    first = after_failure(pace, at=0, jitter=0)
    second = after_failure(first, at=first.not_before, jitter=0)
    assert second.parked
    assert second.not_before - first.not_before == 2 * FIRST_BACK_OFF


def test_five_refusals_in_a_row_park_the_host() -> None:
    pace = HostPace()
    for at in range(PARKED_AFTER):
        pace = after_refusal(pace, at=at, retry_after=1, jitter=0)
    assert pace.parked


def test_an_answer_ends_the_row_and_keeps_the_strikes_for_a_while() -> None:
    pace = HostPace(failures=7, strikes=3, parked=True, not_before=100)
    answered = after_answer(pace, at=101, latency=0.5)
    assert (answered.failures, answered.parked, answered.strikes) == (0, False, 3)
    assert answered.latency == 0.5
    quiet = after_answer(pace, at=100 + FORGIVEN_AFTER, latency=0.5)
    assert quiet.strikes == 0


def test_a_retry_date_far_away_is_still_read() -> None:
    far = NOW + timedelta(days=400)
    seconds = read_retry_after(far.strftime("%a, %d %b %Y %H:%M:%S GMT"), NOW)
    assert seconds == 400 * DAY
