"""Companies: a site's answer to one is the strictest that it gives to any of its agents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from crawler.reports.panel import Panel, Site, Version
from crawler.reports.standing import Standing, strictest

Found = tuple[Site, Version, int]
"""A site, its version, and the agent that shows it."""


@dataclass(frozen=True)
class Company:
    """An operator, its agents' places, and the sites by its standing at the last period."""

    name: str
    bots: Sequence[int]
    sites: Mapping[Standing, Sequence[Found]]

    @cached_property
    def blocked_by(self) -> frozenset[str]:
        """Names of the sites that block one of its agents by name."""
        return frozenset(site.name for site, _, _ in self.sites.get(Standing.FULL_NAMED, ()))


def find_companies(panel: Panel, most: int) -> list[Company]:
    """The `most` companies that most sites block by name; none that no site blocks."""
    found = [_company(panel, name, bots) for name, bots in panel.operators.items()]
    blocked = [each for each in found if each.blocked_by]
    return sorted(blocked, key=lambda each: (-len(each.blocked_by), each.name))[:most]


def _company(panel: Panel, name: str, bots: Sequence[int]) -> Company:
    sites: dict[Standing, list[Found]] = {}
    for site, version in panel.known(panel.last):
        standing = strictest([version.standings[bot] for bot in bots])
        shown = next(bot for bot in bots if version.standings[bot] is standing)
        sites.setdefault(standing, []).append((site, version, shown))
    return Company(name, bots, sites)


def also_blocked(one: Company, other: Company) -> tuple[int, int]:
    """Of how many sites that block `one`, how many block `other` too: (both, one)."""
    return len(one.blocked_by & other.blocked_by), len(one.blocked_by)
