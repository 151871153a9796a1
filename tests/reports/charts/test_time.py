"""Dates as charts write them."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.command import heed

BLOCKING = "User-agent: GPTBot\nDisallow: /\n"
WRITTEN = re.compile(r">(\d{1,2} [A-Z][a-z]{2}|[A-Z][a-z]{2} \d+)<")


def read_labels(folder: Path, days: list[date], zone: str) -> list[str]:
    """The dates on the first page's charts of a site that blocks a bot on `days`."""
    rows = [
        {"site": "a.example", "fetched_at": f"{day}T00:00:00Z", "body": BLOCKING} for day in days
    ]
    history, ledger = folder / "history.jsonl", folder / "ledger.db"
    history.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert heed("import", history, "--ledger", ledger).code == 0
    run = heed("report", "--ledger", ledger, "--html", folder / "html", TZ=zone)
    assert run.code == 0, run.err
    return WRITTEN.findall((folder / "html" / "index.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Auckland"])
def test_charts_say_the_day_of_the_ledger_in_every_time_zone(tmp_path: Path, zone: str) -> None:
    days = [date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1)]
    assert set(read_labels(tmp_path, days, zone)) == {"Jan 2025", "Apr 2025", "Jul 2025"}


def test_days_of_one_month_are_told_apart(tmp_path: Path) -> None:
    days = [date(2025, 11, 1) + timedelta(days=number) for number in range(4)]
    labels = set(read_labels(tmp_path, days, "UTC"))
    assert labels == {"1 Nov", "2 Nov", "3 Nov", "4 Nov"}
