"""Shares, their intervals, and what is counted as a block."""

import pytest

from crawler.reports.counting import Share, ai_bots
from crawler.reports.material import Material
from crawler.reports.standing import Standing


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    # Wilson's interval at 95 %, as statistics packages print it.
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (28, 80, 0.2546, 0.4591),
    ],
)
def test_an_interval_is_wilsons(count: int, total: int, low: float, high: float) -> None:
    assert Share(count, total).interval == pytest.approx((low, high), abs=5e-4)


def test_of_nothing_nothing_is_known() -> None:
    assert (Share(0, 0).value, Share(0, 0).interval) == (0.0, (0.0, 1.0))
    assert Share(0, 0).percent == "not known"


@pytest.mark.parametrize(
    ("count", "total", "told"),
    [
        (0, 300, "0 %"),
        (1, 100_000, "under 0.1 %"),
        (1, 1_000, "0.1 %"),
        (28, 80, "35 %"),
        (99, 100, "99 %"),
        (299, 300, "over 99 %"),
        (300, 300, "100 %"),
    ],
)
def test_a_share_is_told_as_none_or_all_only_where_it_is(count: int, total: int, told: str) -> None:
    assert Share(count, total).percent == told


def test_rules_for_every_bot_are_never_counted_as_blocks(material: Material) -> None:
    bot = material.panel.bots.index("GPTBot")
    tally = material.tallies.of(bot, material.panel.last)
    blocking = {site.name for site, _, _ in material.blocking(material.panel.last)}
    assert tally[Standing.FULL_NAMED] == len(blocking) == 5
    assert tally[Standing.FULL_ALL] == 1
    assert tally[Standing.PART_ALL] == 2
    assert {"closed.example", "quiet.example"}.isdisjoint(blocking)


def test_every_site_is_counted_once_and_the_unknown_too(material: Material) -> None:
    panel = material.panel
    for period in range(len(panel.periods)):
        assert material.tallies.of(0, period).total() == len(panel.sites)
    assert material.tallies.of(0, panel.last)[Standing.UNKNOWN] == 1
    assert material.tallies.blocked(0, panel.last).total == len(panel.sites) - 1


def test_bots_of_archives_are_no_ai_bots(material: Material) -> None:
    bots = [material.panel.bots[place] for place in ai_bots(material.panel)]
    assert "archive.org_bot" not in bots
    assert "CCBot" in bots


def test_the_most_blocked_bot_comes_first(material: Material) -> None:
    ranked = [material.panel.bots[bot] for bot in material.tallies.most_blocked()]
    assert ranked[:2] == ["GPTBot", "CCBot"]
    assert "ClaudeBot" not in ranked
