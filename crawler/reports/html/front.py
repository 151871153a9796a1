"""What the first screen of a report answers, and the tables of its other pages."""

from collections.abc import Sequence
from typing import Any

from crawler.reports.counting import Share
from crawler.reports.html.addresses import bot_page, line_of, site_page
from crawler.reports.html.breakdowns import blocked_by
from crawler.reports.html.evidence import Lists, bot_row
from crawler.reports.material import Material
from crawler.reports.panel import Site, Version
from crawler.reports.purposes import Purpose, bots_of, first_named
from crawler.reports.shifts import Shift, tell_days
from crawler.reports.standing import LETTERS, Standing, labels_of

HEAT_BOTS = 24
"""Columns of the heat map: the most blocked bots."""
MONTH = 30.44
LINES_TOLD = 6


def answer(material: Material, any_links: Sequence[str], lists: Lists) -> dict[str, Any]:
    """How many sites block AI bots, since when, and which way it goes."""
    panel = material.panel
    now, then = material.any_share(panel.last), material.any_share(panel.first)
    return {
        "now": now,
        "then": then,
        "first_day": panel.periods[panel.first].day,
        "last_day": panel.periods[-1].day,
        "points": 100 * (now.value - then.value),
        "href": any_links[-1],
        "tiles": _tiles(material, lists),
    }


def _tiles(material: Material, lists: Lists) -> list[dict[str, Any]]:
    panel = material.panel
    known = panel.known(panel.last)
    groups = bots_of(panel)
    training = _blocking(known, groups[Purpose.TRAINING])
    search = _blocking(known, groups[Purpose.SEARCH])
    closed = [(site, v, material.bots[0]) for site, v in known if _closed(material, v)]
    unknown = [site for site in panel.sites if site.spots[panel.last] is None]
    tiles = [
        _tile(material, lists, "block a training bot by name", training),
        _tile(material, lists, "block an AI search or answer bot by name", search),
        _tile(material, lists, "are closed to every bot, AI or not", closed),
    ]
    rows = [
        (site.place, max(0, len(site.versions) - 1), 0, "not known at the last date")
        for site in unknown
    ]
    href = lists.add("Sites of which nothing is known at the last date", rows)
    share = Share(len(unknown), len(panel.sites))
    return [*tiles, {"share": share, "words": "are not known on that day", "href": href}]


def _tile(
    material: Material, lists: Lists, words: str, found: Sequence[tuple[Site, Version, int]]
) -> dict[str, Any]:
    panel = material.panel
    rows = [bot_row(panel, material.texts, *each) for each in found]
    href = lists.add(f"Sites that {words}, {panel.periods[-1].day}", rows)
    return {"share": Share(len(found), len(panel.known(panel.last))), "words": words, "href": href}


def _blocking(
    known: Sequence[tuple[Site, Version]], bots: Sequence[int]
) -> list[tuple[Site, Version, int]]:
    return [(s, v, bot) for s, v in known if (bot := first_named(v, bots)) is not None]


def _closed(material: Material, version: Version) -> bool:
    """Whether a site refuses everyone, judged by a bot that it does not name."""
    return any(version.standings[bot] is Standing.FULL_ALL for bot in material.bots)


def list_sites(material: Material) -> list[dict[str, Any]]:
    """All sites for the table of sites."""
    panel = material.panel
    labels = labels_of(panel.rule)
    found = []
    for site in panel.sites:
        spot = site.spots[panel.last]
        blocked = [] if spot is None else blocked_by(material, spot.version)
        before = next((s for s in site.spots if s is not None), None)
        earlier = 0 if before is None else len(blocked_by(material, before.version))
        found.append(
            {
                "name": site.name,
                "page": site_page(site.name),
                "facts": site.facts,
                "blocked": len(blocked),
                "moved": len(blocked) - earlier,
                "versions": len(site.versions),
                "outcome": "not known" if spot is None else spot.version.outcome.value,
                "failures": len(site.failures),
                "everyone": labels[Standing.UNKNOWN]
                if spot is None
                else _everyone(material, spot.version),
            }
        )
    return found


def _everyone(material: Material, version: Version) -> str:
    labels = labels_of(material.panel.rule)
    unnamed = (version.standings[bot] for bot in material.bots if not version.standings[bot].names)
    standing = next(unnamed, None)
    return "" if standing is None else labels[standing]


def draw_heat(material: Material) -> dict[str, Any]:
    """Sites by the most blocked bots, at the last date."""
    panel = material.panel
    chosen = material.most_blocked[:HEAT_BOTS]
    labels = labels_of(panel.rule)
    rows = []
    for site, version in panel.known(panel.last):
        if not any(version.standings[bot].names for bot in chosen):
            continue
        cells = []
        for bot in chosen:
            standing, lines = version.standings[bot], version.restrictions[bot].lines
            cells.append(
                {
                    "css": standing.value,
                    "sign": LETTERS[standing],
                    "told": f"{panel.bots[bot]}: {labels[standing]}",
                    "href": line_of(site.name, version.number, lines[0] if lines else 0),
                }
            )
        count = sum(version.standings[bot] is Standing.FULL_NAMED for bot in chosen)
        rows.append(
            {"name": site.name, "page": site_page(site.name), "cells": cells, "count": count}
        )
    rows.sort(key=lambda row: (-int(str(row["count"])), str(row["name"])))
    silent = len(panel.known(panel.last)) - len(rows)
    bots = [(panel.bots[bot], bot_page(panel.bots[bot])) for bot in chosen]
    return {"bots": bots, "rows": rows, "silent": silent}


def list_shifts(material: Material, shifts: Sequence[Shift]) -> list[dict[str, Any]]:
    """Changes for a table: what moved where, after how long, by which lines."""
    panel = material.panel
    labels = labels_of(panel.rule)
    return [
        {
            "day": f"{shift.newer.first:%Y-%m-%d}",
            "site": shift.site.name,
            "page": site_page(shift.site.name),
            "href": line_of(shift.site.name, shift.newer.number, _line(shift)),
            "bots": [(panel.bots[bot], bot_page(panel.bots[bot])) for bot in shift.bots],
            "before": labels[shift.before],
            "after": labels[shift.after],
            "before_css": shift.before.value,
            "after_css": shift.after.value,
            "verb": _verb(shift),
            "held": held(*shift.held_days),
            "unstable": shift.unstable,
            "added": shift.difference.added[:LINES_TOLD],
            "removed": shift.difference.removed[:LINES_TOLD],
            "more": max(0, len(shift.difference.added) - LINES_TOLD)
            + max(0, len(shift.difference.removed) - LINES_TOLD),
        }
        for shift in shifts
    ]


def _line(shift: Shift) -> int:
    lines = shift.newer.restrictions[shift.bots[0]].lines
    return lines[0] if lines else 0


def _verb(shift: Shift) -> str:
    """A change in a word or two; what was a block and is none any more was unblocked."""
    blocked = (Standing.FULL_NAMED, Standing.FULL_ALL)
    if shift.after is Standing.FULL_NAMED:
        return "blocked"
    if shift.before in blocked and shift.after not in blocked:
        return "unblocked" if shift.after is not Standing.PART_NAMED else "eased"
    if shift.after is Standing.FULL_ALL:
        return "closed to all"
    return "restricted" if shift.after.severity > shift.before.severity else "eased"


def held(least: int, most: int) -> str:
    """A stretch of time, or two, for people."""
    if most < 2 * MONTH:
        return tell_days(least, most)
    short, long = round(least / MONTH), round(most / MONTH)
    return f"{long} months" if short == long else f"{short} to {long} months"
