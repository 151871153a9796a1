"""Counts of standings by period and bot, and shares with their intervals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from crawler.policy.agents import Role, find_agent
from crawler.reports.panel import Panel
from crawler.reports.standing import Standing

LEAST_TOLD: Final = 0.1
MOST_TOLD: Final = 99
"""Per cent; a share between either and its end is not told to the digit."""
Z: Final = 1.959964
"""Standard errors on either side of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total` sites; the interval is Wilson's at 95 %."""

    count: float
    total: float
    effective: float = 0.0
    """Sites that an unweighted share of the same uncertainty would have (Kish); 0 is `total`."""

    @property
    def value(self) -> float:
        """Between 0 and 1; 0 of nothing is 0."""
        return self.count / self.total if self.total else 0.0

    @property
    def percent(self) -> str:
        """For people: whole per cent, one decimal below ten; of nothing there is none.

        Neither some of them nor all but some is told as none or all.
        """
        if not self.total:
            return "not known"
        value = 100 * self.value
        if 0 < value < LEAST_TOLD:
            return f"under {LEAST_TOLD} %"
        if MOST_TOLD < value < 100:  # noqa: PLR2004 (all of them)
            return f"over {MOST_TOLD} %"
        return f"{value:.1f} %" if 0 < value < 10 else f"{value:.0f} %"  # noqa: PLR2004

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's: never beyond 0 and 1, and honest for few sites."""
        n = self.effective or self.total
        if not n:
            return 0.0, 1.0
        p, z2 = self.value, Z * Z
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        return max(0.0, middle - half), min(1.0, middle + half)


Tally = Counter[Standing]


class Tallies:
    """How many of a panel's sites have which standing, by period and bot."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._counts = [_count(panel, period) for period in range(len(panel.periods))]

    def of(self, bot: int, period: int) -> Tally:
        """Every site of the panel once; those not seen yet are `UNKNOWN`."""
        return self._counts[period][bot]

    def blocked(self, bot: int, period: int) -> Share:
        """Sites that block the bot by name, of those whose answer is known."""
        tally = self.of(bot, period)
        return Share(tally[Standing.FULL_NAMED], tally.total() - tally[Standing.UNKNOWN])

    def naming(self, bot: int, period: int) -> int:
        """How many sites name the bot, whatever they say of it."""
        tally = self.of(bot, period)
        return sum(number for standing, number in tally.items() if standing.names)

    def named_ever(self) -> list[int]:
        """Places of the bots that some site named at some period."""
        periods = range(len(self._panel.periods))
        bots = range(len(self._panel.bots))
        return [bot for bot in bots if any(self.naming(bot, period) for period in periods)]

    def most_blocked(self) -> list[int]:
        """Places of the bots that some site named, the most blocked at the last period first."""
        last = self._panel.last
        return sorted(
            self.named_ever(),
            key=lambda bot: (
                -self.of(bot, last)[Standing.FULL_NAMED],
                -self.naming(bot, last),
                self._panel.bots[bot].lower(),
            ),
        )


def _count(panel: Panel, period: int) -> list[Tally]:
    columns: list[list[Standing]] = [[] for _ in panel.bots]
    missing = 0
    for site in panel.sites:
        spot = site.spots[period]
        if spot is None:
            missing += 1
            continue
        for column, standing in zip(columns, spot.version.standings, strict=True):
            column.append(standing)
    return [Counter(column) + Counter({Standing.UNKNOWN: missing}) for column in columns]


def ai_bots(panel: Panel) -> tuple[int, ...]:
    """Places of the bots that AI is about: an archive's own are none where there are others."""
    found = []
    for place, bot in enumerate(panel.bots):
        agent = find_agent(bot)
        if agent is None or set(agent.roles) != {Role.ARCHIVE}:
            found.append(place)
    return tuple(found or range(len(panel.bots)))


def first_blocked(panel: Panel, standings: Sequence[Standing], bot: int) -> str:
    """The day of the first period at which any site had one of `standings` to the bot."""
    for number, period in enumerate(panel.periods):
        if any(site.standing(bot, number) in standings for site in panel.sites):
            return period.day
    return ""
