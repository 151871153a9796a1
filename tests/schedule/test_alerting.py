"""What is told of: failures, jumps, and a disk that runs low."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.ledger.scheduled_runs import ScheduledRun
from crawler.schedule.alerting import failures_of, is_low, jumps_of

START = datetime(2026, 11, 1, 3, tzinfo=UTC)


def ended(
    day: int = 0, code: int | None = 0, reason: str = "done", refused: int = 0
) -> ScheduledRun:
    at = START + timedelta(days=day)
    facts: dict[str, Any] = {"counts": {"refused": {"robots": refused}}, "log": "/logs/a.log"}
    if code is not None:
        facts["exit"] = code
    return ScheduledRun(f"run {day}", "nightly", at, at, reason, facts)


@pytest.mark.parametrize(
    ("exit_code", "reason", "failed"),
    [
        (0, "done", False),
        (1, "finding", False),
        (143, "stopped", False),
        (2, "configuration", True),
        (137, "killed", True),
        (None, "killed", True),
        (None, "done", False),
    ],
)
def test_a_run_fails_by_its_exit_code_or_by_being_killed(
    exit_code: int | None, reason: str, *, failed: bool
) -> None:
    notices = list(failures_of(ended(0, exit_code, reason)))
    assert bool(notices) is failed
    assert all("/logs/a.log" in notice.text for notice in notices)


@pytest.mark.parametrize(
    ("before", "refused", "jumped"),
    [
        ([], 500, False),
        ([0, 0], 19, False),
        ([0, 0], 20, True),
        ([100, 100], 199, False),
        ([100, 100], 200, True),
        ([9000, 10, 10, 10, 10, 10], 40, True),
    ],
)
def test_refusals_jump_against_the_last_runs(
    before: list[int], refused: int, *, jumped: bool
) -> None:
    runs = [ended(day, refused=count) for day, count in enumerate(before)]
    last = ended(len(before), refused=refused)
    assert bool(list(jumps_of(last, [*runs, last]))) is jumped


def test_runs_that_failed_are_no_measure_of_a_jump() -> None:
    runs = [ended(0, refused=100), ended(1, code=2, reason="configuration")]
    last = ended(2, refused=120)
    assert list(jumps_of(last, [*runs, last])) == []


@pytest.mark.parametrize(
    ("free", "total", "low"),
    [
        (1_000_000_000, 100_000_000_000, True),
        (1_000_000_000, 10_000_000_000, False),
        (3_000_000_000, 100_000_000_000, False),
        (0, 1_000, True),
    ],
)
def test_a_disk_is_low_by_share_and_by_bytes(free: int, total: int, *, low: bool) -> None:
    assert is_low(free, total) is low
