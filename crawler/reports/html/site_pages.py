"""A page a site: its timeline, its changes, and its robots.txt as it stood at each date."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crawler.policy.model import State
from crawler.reports.html.addresses import bot_page, line_of
from crawler.reports.html.bot_pages import held_since
from crawler.reports.html.weave import Thread, cut, weave
from crawler.reports.material import Material
from crawler.reports.panel import Site, Version
from crawler.reports.queries import read_bodies
from crawler.reports.standing import LETTERS, Standing, labels_of
from crawler.reports.texts import read_lines
from crawler.reports.uses import SAYINGS, USE_LABELS

EVERYONE = "all other AI bots"


@dataclass(frozen=True, slots=True)
class Strand:
    """Bots that a site has treated alike all along: a row of its timeline."""

    bots: Sequence[int]
    others: bool
    """Whether these are the bots that no version names."""
    standings: Sequence[Standing]


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that decided, in one version, and for whom."""

    line: int
    told: str
    css: str


def describe_site(material: Material, site: Site) -> dict[str, Any]:
    """What the template of a site's page shows."""
    panel = material.panel
    bodies = read_bodies(material.engine, sorted({v.observed.body_id for v in site.versions}))
    marks = [mark_lines(material, version) for version in site.versions]
    shown = [
        cut(read_lines(bodies[version.observed.body_id]), [mark.line for mark in found], len(marks))
        for version, found in zip(site.versions, marks, strict=True)
    ]
    return {
        "site": site,
        "strands": [
            _describe_strand(material, site, each) for each in find_strands(material, site)
        ],
        "periods": panel.periods,
        "spots": site.spots,
        "threads": _describe_threads(weave(shown), len(shown) - 1, marks[-1] if marks else []),
        "marks": [[[m.line, m.told, m.css] for m in found] for found in marks],
        "seen": [
            [
                f"{v.first:%Y-%m-%d %H:%M}",
                f"{v.last:%Y-%m-%d %H:%M}",
                v.outcome.value,
                v.observed.sha256,
            ]
            for v in site.versions
        ],
        "shifts": [shift for shift in material.shifts if shift.site is site],
        "uses": _describe_uses(material, site),
        "summary": summarise(material, site),
    }


def summarise(material: Material, site: Site) -> str:
    """Where the site stands today, in a sentence."""
    panel = material.panel
    spot = site.spots[panel.last]
    if spot is None:
        return f"Nothing is known of this site on {panel.periods[-1].day}."
    named = [bot for bot in material.bots if spot.version.standings[bot] is Standing.FULL_NAMED]
    labels = labels_of(panel.rule)
    if not named:
        other = spot.version.standings[material.bots[0]]
        first = panel.bots[material.bots[0]]
        return f"No AI bot is {labels[Standing.FULL_NAMED]}. For {first}: {labels[other]}."
    since = sorted(held_since(site, spot.version, bot) for bot in named)
    bots = "1 AI bot is" if len(named) == 1 else f"{len(named)} AI bots are"
    told = f"seen so since {since[0]}"
    if since[0] != since[-1]:
        told = f"the first seen so since {since[0]}, the last since {since[-1]}"
    return f"{bots} {labels[Standing.FULL_NAMED]}, {told}."


def find_strands(material: Material, site: Site) -> list[Strand]:
    """Rows of a timeline: those that speak to AI by name first, everyone else last."""
    panel = material.panel
    alike: defaultdict[tuple[bool, tuple[Standing, ...]], list[int]] = defaultdict(list)
    for bot in material.bots:
        standings = tuple(site.standing(bot, period) for period in range(len(panel.periods)))
        named = any(version.standings[bot].names for version in site.versions)
        alike[named, standings].append(bot)
    strands = [Strand(bots, not named, standings) for (named, standings), bots in alike.items()]
    return sorted(
        strands, key=lambda each: (each.others, -each.standings[-1].severity, -len(each.bots))
    )


def _describe_strand(material: Material, site: Site, strand: Strand) -> dict[str, Any]:
    labels = labels_of(material.panel.rule)
    cells = []
    for period, standing in enumerate(strand.standings):
        spot = site.spots[period]
        lines = () if spot is None else spot.version.restrictions[strand.bots[0]].lines
        cells.append(
            {
                "css": standing.value,
                "sign": LETTERS[standing],
                "told": labels[standing] + (", carried over" if spot and spot.carried else ""),
                "href": ""
                if spot is None
                else "#"
                + line_of(site.name, spot.version.number, lines[0] if lines else 0).partition("#")[
                    2
                ],
            }
        )
    tokens = [material.panel.bots[bot] for bot in strand.bots]
    return {
        "bots": [(token, bot_page(token)) for token in tokens],
        "name": f"{EVERYONE} ({len(tokens)})" if strand.others else "",
        "cells": cells,
        "now": labels[strand.standings[-1]],
    }


def mark_lines(material: Material, version: Version) -> list[Mark]:
    """The lines of a version that decided, each with the bots that it decided about."""
    labels = labels_of(material.panel.rule)
    found: defaultdict[int, defaultdict[Standing, list[str]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for bot in material.bots:
        for line in version.restrictions[bot].lines:
            found[line][version.standings[bot]].append(material.panel.bots[bot])
    marks = []
    for line, by_standing in sorted(found.items()):
        told = "; ".join(
            f"{labels[standing]}: {_name_bots(bots, standing)}"
            for standing, bots in sorted(by_standing.items(), key=lambda each: -each[0].severity)
        )
        strongest = max(by_standing, key=lambda each: (each.names, each.severity))
        marks.append(Mark(line, told, strongest.value))
    return marks


def _name_bots(bots: Sequence[str], standing: Standing) -> str:
    return ", ".join(bots) if standing.names else f"{len(bots)} bots that are not named"


def _describe_threads(
    threads: Sequence[Thread], last: int, marks: Sequence[Mark]
) -> list[dict[str, Any]]:
    """Lines of the listing; those of the `last` version carry its marks."""
    by_line = {mark.line: mark for mark in marks}
    number, found = 0, []
    for thread in threads:
        latest = thread.last == last
        number += (thread.gap or 1) if latest else 0
        mark = by_line.get(number) if latest and not thread.gap else None
        found.append({"thread": thread, "latest": latest, "mark": mark})
    return found


def _describe_uses(material: Material, site: Site) -> list[dict[str, Any]]:
    look = material.looks.at(site, material.panel.last)
    if look is None:
        return []
    found = []
    for use, state in look.states.items():
        if state is State.UNKNOWN:
            continue
        statements = list(dict.fromkeys(look.deciding.get(use, ())))
        found.append(
            {
                "use": USE_LABELS.get(use, use.value),
                "state": SAYINGS[state],
                "css": state.value,
                "statements": statements[:5],
                "more": max(0, len(statements) - 5),
            }
        )
    return found
