"""Cron lines in zones: gaps and overlaps of the clocks, jitter, and what was missed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.schedule.timetable import Occurrence, Timetable

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
LINES = ("30 2 * * *", "*/20 * * * *", "15 1,2,3 * * *", "0 0 1 * mon", "5 4 29 2 *", "59 23 * * 5")


def following(timetable: Timetable, at: datetime, number: int) -> list[Occurrence]:
    found = []
    for _ in range(number):
        occurrence = timetable.next(at)
        assert occurrence is not None
        found.append(occurrence)
        at = occurrence.starts
    return found


@pytest.mark.parametrize(
    ("cron", "zone", "start", "dues"),
    [
        # 29 March 2026, 02:30 does not exist in Berlin: it runs once when the gap ends.
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", ["03-29T01:00", "03-30T00:30"]),
        # 25 October 2026, 02:30 comes twice: it runs once.
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", ["10-25T00:30", "10-26T01:30"]),
        # What runs all day runs in both hours.
        ("0 * * * *", "Europe/Berlin", "2026-10-24T23:30", ["10-25T00:00", "10-25T01:00"]),
        # Both days named: either will do, as cron has it.
        ("0 0 13 * fri", "UTC", "2026-11-12T12:00", ["11-13T00:00", "11-20T00:00"]),
        ("0 0 * * sun", "Asia/Tokyo", "2026-11-20T00:00", ["11-21T15:00", "11-28T15:00"]),
    ],
)
def test_a_line_is_due_as_its_zone_has_it(
    cron: str, zone: str, start: str, dues: list[str]
) -> None:
    at = datetime.fromisoformat(f"{start}+00:00")
    found = following(Timetable(cron, zone, 0, "job"), at, len(dues))
    assert [f"{one.due:%m-%dT%H:%M}" for one in found] == dues


@given(
    cron=st.sampled_from(LINES),
    zone=st.sampled_from(ZONES),
    minutes=st.integers(0, 3_000_000),
    jitter=st.sampled_from([0, 1, 600, 7200]),
)
def test_looking_back_finds_what_looking_forward_found(
    cron: str, zone: str, minutes: int, jitter: int
) -> None:
    timetable = Timetable(cron, zone, jitter, "job")
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    occurrence = timetable.next(at)
    assert occurrence is not None
    assert occurrence.starts > at
    seen = timetable.last(occurrence.starts)
    assert seen is not None
    assert seen.due >= occurrence.due
    assert timedelta(0) <= occurrence.starts - occurrence.due <= timedelta(seconds=jitter)


@given(zone=st.sampled_from(ZONES), minutes=st.integers(0, 600_000))
def test_no_occurrence_is_found_before_its_time(zone: str, minutes: int) -> None:
    timetable = Timetable("*/7 * * * *", zone, 0, "job")
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    last, following_one = timetable.last(at), timetable.next(at)
    assert last is not None
    assert following_one is not None
    assert last.due <= at < following_one.due
    assert following_one.due - last.due <= timedelta(minutes=7)


def test_a_missed_hour_that_comes_twice_is_found_within_it() -> None:
    timetable = Timetable("30 2 * * *", "Europe/Berlin", 0, "job")
    # 02:15 for the second time: 02:30 was due 45 minutes ago.
    last = timetable.last(datetime(2026, 10, 25, 1, 15, tzinfo=UTC))
    assert last is not None
    assert last.due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_jitter_is_the_same_after_a_restart_and_another_for_each_job() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    one, same, other = (
        following(Timetable("0 3 * * *", "UTC", 3600, seed), at, 20) for seed in ("a", "a", "b")
    )
    assert one == same
    assert [each.starts for each in one] != [each.starts for each in other]
    assert len({(each.starts - each.due) for each in one}) > 10
    assert all(before.starts < after.starts for before, after in pairwise(one))


def test_seconds_may_be_named() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    found = following(Timetable("*/20 * * * * *", "UTC", 0, "job"), at, 3)
    assert [one.due.second for one in found] == [20, 40, 0]
