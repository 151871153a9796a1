"""Whether sites treat a bot better or worse than everyone: its verdict against that of `*`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crawler.policy.restriction import Basis
from crawler.reports.panel import Panel, Site, Version
from crawler.reports.standing import Standing

STRICTNESS: Final[Mapping[Standing, int]] = {
    Standing.FULL_NAMED: 2,
    Standing.FULL_ALL: 2,
    Standing.PART_NAMED: 1,
    Standing.PART_ALL: 1,
    Standing.OPEN_NAMED: 0,
    Standing.OPEN: 0,
    Standing.NO_FILE: 0,
}


@dataclass(frozen=True, slots=True)
class Bias:
    """Sites that are stricter to a bot than to everyone, and sites that are milder."""

    bot: int
    worse: Sequence[tuple[Site, Version]]
    better: Sequence[tuple[Site, Version]]
    total: int
    """Sites whose verdict for the bot and for everyone else are both known."""

    @property
    def value(self) -> float:
        """(milder - stricter) / sites: -1 is disfavoured everywhere, 1 favoured everywhere."""
        return (len(self.better) - len(self.worse)) / self.total if self.total else 0.0

    @property
    def ratio(self) -> str:
        """Stricter to milder, for people."""
        return f"{len(self.worse)} : {len(self.better)}"


def find_bias(panel: Panel, bots: Sequence[int]) -> list[Bias]:
    """The bias of each of `bots` at the last period, the most disfavoured first."""
    known = [
        (site, version, star)
        for site, version in panel.known(panel.last)
        if (star := _star(version)) is not None
    ]
    found = []
    for bot in bots:
        worse: list[tuple[Site, Version]] = []
        better: list[tuple[Site, Version]] = []
        for site, version, star in known:
            strictness = STRICTNESS.get(version.standings[bot], star)
            if strictness != star:
                (worse if strictness > star else better).append((site, version))
        found.append(Bias(bot, worse, better, len(known)))
    return sorted(found, key=lambda each: (each.value, panel.bots[each.bot].lower()))


def _star(version: Version) -> int | None:
    """The strictness to a bot that the file does not name; None where it is not known."""
    for restriction, standing in zip(version.restrictions, version.standings, strict=True):
        if restriction.basis is not Basis.NAMED:
            return STRICTNESS.get(standing)
    return None
