"""Dated changes of what a site says to AI bots, with how long the old word held and the lines."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Engine

from crawler.policy.differences import Difference
from crawler.reports.differences import Differences
from crawler.reports.panel import Panel, Site, Version
from crawler.reports.standing import Standing


@dataclass(frozen=True, slots=True)
class Shift:
    """At one site, `bots` (places) went from one standing to another."""

    site: Site
    before: Standing
    after: Standing
    bots: Sequence[int]
    older: Version
    newer: Version
    difference: Difference
    held_since: Sequence[datetime]
    """When the standing before was first seen without a break, for each of `bots`."""
    unstable: bool
    """Whether the standing after had been seen before that: it flipped and returned."""

    @property
    def held_days(self) -> tuple[int, int]:
        """For how many days the standing before was seen to hold, at least and at most."""
        end = self.newer.first
        return (end - max(self.held_since)).days, (end - min(self.held_since)).days


def tell_days(least: int, most: int) -> str:
    """A number of days, or from how many to how many, for people."""
    days = "1 day" if most == 1 else f"{most} days"
    return days if least == most else f"{least} to {days}"


Move = tuple[Standing, Standing, bool]
"""From, to, and whether the latter is one that had been seen before."""


def find_shifts(
    engine: Engine, panel: Panel, bots: Sequence[int], since: datetime | None = None
) -> list[Shift]:
    """Changes that name one of `bots`, before or after, or close a site to all; latest first."""
    steps = (
        ((older.observed, newer.observed), (site, older, newer, groups))
        for site in panel.sites
        for older, newer in pairwise(site.versions)
        if (since is None or newer.first >= since) and (groups := _moves(site, older, newer, bots))
    )
    found = [
        Shift(
            site,
            before,
            after,
            tuple(moved),
            older,
            newer,
            difference,
            tuple(moved.values()),
            again,
        )
        for difference, (site, older, newer, groups) in Differences(engine).each(steps)
        for (before, after, again), moved in groups.items()
    ]
    return sorted(found, key=lambda each: (each.newer.first, each.site.name), reverse=True)


def _moves(
    site: Site, older: Version, newer: Version, bots: Sequence[int]
) -> Mapping[Move, Mapping[int, datetime]]:
    """The bots that went each way, with the time from which their standing before had held."""
    groups: defaultdict[Move, dict[int, datetime]] = defaultdict(dict)
    for bot in bots:
        before, after = older.standings[bot], newer.standings[bot]
        if before is not after and (_speaks(before) or _speaks(after)):
            held, unstable = _past(site, older, bot, after)
            groups[before, after, unstable][bot] = held
    return groups


def _speaks(standing: Standing) -> bool:
    return standing.names or standing is Standing.FULL_ALL


def _past(site: Site, version: Version, bot: int, after: Standing) -> tuple[datetime, bool]:
    """Since when the standing of `version` had held, and whether `after` had been seen before."""
    standing, since = version.standings[bot], version.first
    earlier = list(site.versions[: version.number])
    while earlier and earlier[-1].standings[bot] is standing:
        since = earlier.pop().first
    return since, any(each.standings[bot] is after for each in earlier)
