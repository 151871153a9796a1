"""Dated changes: from what to what, after how long, by which lines."""

import json
from datetime import datetime
from pathlib import Path

from crawler.reports.material import Material
from crawler.reports.shifts import Shift, find_shifts, tell_days
from crawler.reports.standing import Standing
from tests.command import heed
from tests.reports.history import DAYS


def shifts_of(material: Material, site: str) -> list[Shift]:
    return [shift for shift in material.shifts if shift.site.name == site]


def test_an_unblocking_names_its_bots_its_lines_and_how_long_the_block_held(
    material: Material,
) -> None:
    (found,) = shifts_of(material, "deal.example")
    assert (found.before, found.after) == (Standing.FULL_NAMED, Standing.PART_ALL)
    assert [material.panel.bots[bot] for bot in found.bots] == ["CCBot", "GPTBot"]
    assert f"{found.newer.first:%Y-%m-%d}" == DAYS[4]
    assert found.held_days == (124, 124)
    assert "User-agent: GPTBot" in found.difference.removed
    assert not found.unstable


def test_what_flips_and_returns_is_unstable(material: Material) -> None:
    found = shifts_of(material, "flip.example")
    assert [shift.unstable for shift in found] == [True, True, False]


def test_a_gap_is_no_change(material: Material) -> None:
    assert shifts_of(material, "gone.example") == []


def test_changes_before_the_time_asked_for_are_left_out(material: Material) -> None:
    since = datetime.fromisoformat(f"{DAYS[4]}T00:00:00+00:00")
    found = find_shifts(material.engine, material.panel, material.bots, since)
    assert [shift.site.name for shift in found] == ["deal.example"]


def test_bots_whose_blocks_held_for_different_times_are_not_told_of_the_longest_alone(
    tmp_path: Path,
) -> None:
    one = "User-agent: CCBot\nDisallow: /\n\nUser-agent: GPTBot\nDisallow: /"
    bodies = {1: f"{one}a", 20: one, 25: "User-agent: *\nDisallow:\n"}
    rows = [
        {"site": "a.example", "fetched_at": f"2025-01-{day:02}", "body": body}
        for day, body in bodies.items()
    ]
    (tmp_path / "history.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert heed("import", tmp_path / "history.jsonl", "--ledger", tmp_path / "ledger.db").code == 0
    run = heed("report", "--markdown", "-", "--ledger", tmp_path / "ledger.db")
    assert "CCBot, GPTBot: blocked by name → no rule applies after 5 to 24 days" in run.out
    assert tell_days(1, 1) == "1 day"
