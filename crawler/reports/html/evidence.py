"""What every number of a report can be traced to: sites, versions, lines, kept as one script.

A page of a report loads it as `assets/ledger.js`, since a page opened from a file may not fetch.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from crawler.reports.html.addresses import list_of, slug
from crawler.reports.panel import Panel, Site, Version
from crawler.reports.standing import LETTERS, Standing, labels_of
from crawler.reports.texts import Texts

Row = tuple[int, int, int, str]
"""Site's place, version's number, line's number (0: none), words."""


@dataclass
class Lists:
    """Lists of evidence behind numbers that are no plain count of one bot's standing."""

    titles: list[str] = field(default_factory=list)
    rows: list[list[Row]] = field(default_factory=list)

    def add(self, title: str, rows: Iterable[Row]) -> str:
        """Keep a list; returns the link to it."""
        self.titles.append(title)
        self.rows.append(list(rows))
        return list_of(len(self.titles) - 1)


def bot_row(panel: Panel, texts: Texts, site: Site, version: Version, bot: int) -> Row:
    """The evidence of a site's standing to a bot."""
    restriction, standing = version.restrictions[bot], version.standings[bot]
    label = labels_of(panel.rule)[standing]
    line = restriction.lines[0] if restriction.lines else 0
    words = texts.words(version, restriction)
    told = f"{panel.bots[bot]}: {label}" + (f" · {words}" if words else "")
    return site.place, version.number, line, told


def write_ledger(panel: Panel, texts: Texts, lists: Lists) -> str:
    """The script: everything that the page of evidence shows."""
    pool: dict[str, int] = {}
    keys: dict[int, int] = {}
    files: list[Any] = []
    sites = []
    for site in panel.sites:
        versions = []
        for version in site.versions:
            key = id(version.standings)
            if key not in keys:
                keys[key] = len(files)
                files.append(_file(version, texts, pool))
            sha = version.observed.sha256[:12]
            outcome = version.outcome.value
            versions.append(
                [f"{version.first:%Y-%m-%d}", f"{version.last:%Y-%m-%d}", sha, outcome, keys[key]]
            )
        spots = [-1 if spot is None else spot.version.number for spot in site.spots]
        carried = [int(spot is not None and spot.carried) for spot in site.spots]
        sites.append([site.name, slug(site.name), versions, spots, carried])
    found = {
        "labels": labels_of(panel.rule),
        "signs": LETTERS,
        "standings": [each.value for each in Standing],
        "bots": panel.bots,
        "days": [period.day for period in panel.periods],
        "sites": sites,
        "files": files,
        "lists": [
            [title, [[*row[:3], pool.setdefault(row[3], len(pool))] for row in rows]]
            for title, rows in zip(lists.titles, lists.rows, strict=True)
        ],
    }
    found["texts"] = list(pool)
    return f"window.heed={as_script(found)};\n"


def _file(version: Version, texts: Texts, pool: dict[str, int]) -> list[Any]:
    order = {standing: place for place, standing in enumerate(Standing)}
    distinct: dict[tuple[int, tuple[int, ...]], int] = {}
    places = []
    for standing, restriction in zip(version.standings, version.restrictions, strict=True):
        key = (order[standing], restriction.lines)
        places.append(distinct.setdefault(key, len(distinct)))
    table = [
        [standing, [[n, pool.setdefault(texts.line(version, n), len(pool))] for n in numbers]]
        for standing, numbers in distinct
    ]
    return [table, places]


def as_script(value: object) -> str:
    """JSON that no HTML parser and no JavaScript engine reads as anything else."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.encode("utf-8", "replace").decode()
