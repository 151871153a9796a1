"""A page a bot: who runs it, who names it and how, since when, and what changed."""

from collections.abc import Iterator
from typing import Any, Final

from crawler.policy.agents import find_agent
from crawler.reports.html.addresses import bot_page, count_of, line_of, site_page
from crawler.reports.html.figures import STACKED
from crawler.reports.html.front import held
from crawler.reports.html.overview import tell_standings
from crawler.reports.material import Material
from crawler.reports.panel import Site, Version
from crawler.reports.standing import LETTERS, labels_of

CHARTED: Final = 24
"""Bots, the most blocked first, that have a chart; the others that a site names have its table."""


def describe_bot(material: Material, bot: int) -> dict[str, Any]:
    """What the template of a bot's page shows; numbers by date only where a site names the bot."""
    panel = material.panel
    named = bot in material.named
    drawn = bot in material.most_blocked[:CHARTED]
    rows = sorted(
        _rows(material, bot), key=lambda row: (-row["severity"], row["since"], row["site"])
    )
    return {
        "token": panel.bots[bot],
        "agent": find_agent(panel.bots[bot]),
        "figure": tell_standings(material, bot, drawn=drawn) if named else None,
        "rows": rows,
        "counts": count_standings(material, bot),
        "moves": list(_moves(material, bot)),
        "share": material.tallies.blocked(bot, panel.last),
        "first": material.tallies.blocked(bot, panel.first),
    }


def _moves(material: Material, bot: int) -> Iterator[dict[str, Any]]:
    """Its changes, latest first; the lines that came and went stand on the page of changes."""
    labels = labels_of(material.panel.rule)
    for shift in material.shifts:
        if bot not in shift.bots:
            continue
        lines = shift.newer.restrictions[bot].lines
        since = shift.held_since[shift.bots.index(bot)]
        days = (shift.newer.first - since).days
        yield {
            "day": f"{shift.newer.first:%Y-%m-%d}",
            "site": shift.site.name,
            "before": labels[shift.before],
            "after": labels[shift.after],
            "href": line_of(shift.site.name, shift.newer.number, lines[0] if lines else 0),
            "held": held(days, days),
            "unstable": shift.unstable,
        }


def count_standings(material: Material, bot: int) -> list[dict[str, Any]]:
    """How many sites stand where to the bot at the last date, each linked to its evidence."""
    panel = material.panel
    tally = material.tallies.of(bot, panel.last)
    labels = labels_of(panel.rule)
    return [
        {
            "label": labels[standing],
            "css": standing.value,
            "sign": LETTERS[standing],
            "count": tally[standing],
            "href": count_of(panel.bots[bot], standing.value, panel.last),
        }
        for standing in STACKED
        if tally[standing]
    ]


def _rows(material: Material, bot: int) -> Iterator[dict[str, Any]]:
    """Sites that name the bot at the last date."""
    panel = material.panel
    labels = labels_of(panel.rule)
    for site, version in panel.known(panel.last):
        standing = version.standings[bot]
        if not standing.names:
            continue
        restriction = version.restrictions[bot]
        line = restriction.lines[0] if restriction.lines else 0
        yield {
            "site": site.name,
            "page": site_page(site.name),
            "label": labels[standing],
            "css": standing.value,
            "sign": LETTERS[standing],
            "severity": standing.severity,
            "since": held_since(site, version, bot),
            "line": line,
            "words": material.texts.words(version, restriction),
            "href": line_of(site.name, version.number, line),
        }


def held_since(site: Site, version: Version, bot: int) -> str:
    """The day from which the standing of `version` has been seen without a break."""
    first = version.first
    for earlier in reversed(site.versions[: version.number]):
        if earlier.standings[bot] is not version.standings[bot]:
            break
        first = earlier.first
    return f"{first:%Y-%m-%d}"


def list_bots(material: Material) -> list[dict[str, Any]]:
    """All bots for the table of bots, the most blocked first."""
    panel, tallies = material.panel, material.tallies
    rest = [bot for bot in range(len(panel.bots)) if bot not in material.named]
    found = []
    for bot in [*material.most_blocked, *rest]:
        token = panel.bots[bot]
        agent = find_agent(token)
        share, first = (tallies.blocked(bot, at) for at in (panel.last, panel.first))
        found.append(
            {
                "token": token,
                "page": bot_page(token),
                "operator": agent.operator if agent else "",
                "roles": ", ".join(agent.roles) if agent else "not listed",
                "blocked": int(share.count),
                "share": share,
                "points": 100 * (share.value - first.value),
                "naming": tallies.naming(bot, panel.last),
                "href": count_of(token, "full-named", panel.last),
                "named_href": count_of(token, "named", panel.last),
            }
        )
    return found
