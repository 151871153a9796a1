"""Dated changes: from what to what, after how long, by which lines."""

from datetime import datetime

from crawler.reports.material import Material
from crawler.reports.shifts import Shift, find_shifts
from crawler.reports.standing import Standing
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
