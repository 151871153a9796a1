"""A host is not asked outside its window, and is listed with the time at which that opens."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.clock import SystemClock, moment
from tests.command import QUICK, heed
from tests.site import page, served

WORDS = "The harbour keeps its tide tables on the wall of the customs house. " * 3


def hours(start: datetime, end: datetime) -> str:
    return f"{start:%H:%M}-{end:%H:%M} UTC"


def test_a_host_is_asked_within_its_window_and_nobody_else_is_kept_waiting(tmp_path: Path) -> None:
    now = moment(SystemClock().now()).astimezone(UTC)
    closed = hours(now + timedelta(hours=3), now + timedelta(hours=5))
    with served({"/": page("One", WORDS)}, {"/": page("Two", WORDS)}) as (one, two):
        seeds = (f"{one.origin}/", f"{two.origin}/")
        windows = ("--window", f"{one.address}={closed}")
        run = heed("crawl", *seeds, "--out", tmp_path, "--json", *windows, *QUICK)
    assert run.code == 0, run.err
    assert one.targets == []
    assert two.targets.count("/") == 1
    (resting,) = run.summary["resting"]
    assert resting["host"] == f"{one.address}:{one.port}"
    assert "window" in resting["reason"]
    assert re.fullmatch(rf"{(now + timedelta(hours=3)):%Y-%m-%dT%H:%M}:00\.000Z", resting["until"])


def test_a_window_that_is_none_ends_the_command(tmp_path: Path) -> None:
    run = heed("crawl", "127.71.9.9", "--out", tmp_path, "--window", "at night", *QUICK)
    assert run.code == 2
    assert "--window 'at night' is no window" in run.err
