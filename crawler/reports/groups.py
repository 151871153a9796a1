"""Shares by what a site list says of its sites: category, country, band of ranks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crawler.reports.counting import Share
from crawler.reports.panel import Panel, Site, Version
from crawler.reports.purposes import first_named
from crawler.reports.strata import NAMES, stratum_of

MOST_GROUPS: Final = 15

ATTRIBUTES: Final[Mapping[str, Callable[[Site], str]]] = {
    "category": lambda site: site.facts.category,
    "country": lambda site: site.facts.country,
    "rank": lambda site: stratum_of(site.facts.rank),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Sites of one category, country or band, and those that block one of the bots by name."""

    name: str
    known: Sequence[tuple[Site, Version]]
    blocking: Sequence[tuple[Site, Version, int]]

    @property
    def share(self) -> Share:
        """Of the known sites those that block."""
        return Share(len(self.blocking), len(self.known))


def find_groups(panel: Panel, bots: Sequence[int], attribute: str) -> list[Group]:
    """The largest groups at the last period; none where the list does not carry `attribute`."""
    members: dict[str, list[tuple[Site, Version]]] = {}
    for site, version in panel.known(panel.last):
        members.setdefault(ATTRIBUTES[attribute](site), []).append((site, version))
    members.pop("", None)
    groups = [_group(name, known, bots) for name, known in members.items()]
    if attribute == "rank":
        return sorted(groups, key=lambda each: NAMES.index(each.name))
    largest = sorted(groups, key=lambda each: -len(each.known))[:MOST_GROUPS]
    return sorted(largest, key=lambda each: (-each.share.value, each.name))


def _group(name: str, known: Sequence[tuple[Site, Version]], bots: Sequence[int]) -> Group:
    blocking = [
        (site, version, bot)
        for site, version in known
        if (bot := first_named(version, bots)) is not None
    ]
    return Group(name, known, blocking)
