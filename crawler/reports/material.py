"""Everything a report is made of, read once from a ledger: what its pages and tables count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine

from crawler.errors import ConfigurationError
from crawler.ledger.sites import SiteFacts
from crawler.policy.restriction import Rule
from crawler.reports.counting import Share, Tallies, ai_bots
from crawler.reports.looks import Looks
from crawler.reports.openness import Series, find_openness
from crawler.reports.panel import Panel, Site, Version, make_panel
from crawler.reports.periods import find_periods
from crawler.reports.purposes import Purpose, bots_of, first_named
from crawler.reports.queries import Observed
from crawler.reports.shifts import Shift, find_shifts
from crawler.reports.texts import Texts
from crawler.reports.verdicts import LISTED, Verdicts


@dataclass(frozen=True)
class Material:
    """A panel and what is drawn from it; parts that take time are made when asked for."""

    engine: Engine
    panel: Panel
    since: datetime | None
    note: str
    """What the report says of its own source, for example that it is a sample."""

    @cached_property
    def tallies(self) -> Tallies:
        """Counts by period and bot."""
        return Tallies(self.panel)

    @cached_property
    def looks(self) -> Looks:
        """What all signals say."""
        return Looks(self.engine, self.panel)

    @cached_property
    def texts(self) -> Texts:
        """Deciding lines."""
        return Texts(self.engine, self.panel)

    @cached_property
    def shifts(self) -> Sequence[Shift]:
        """Dated changes, latest first."""
        return find_shifts(self.engine, self.panel, self.bots, self.since)

    @cached_property
    def bots(self) -> tuple[int, ...]:
        """Places of the AI bots."""
        return ai_bots(self.panel)

    @cached_property
    def named(self) -> frozenset[int]:
        """Places of the bots that some site names at some date."""
        return frozenset(self.most_blocked)

    @cached_property
    def most_blocked(self) -> Sequence[int]:
        """The same, the most blocked at the last date first."""
        return self.tallies.most_blocked()

    @cached_property
    def training(self) -> tuple[int, ...]:
        """Places of the bots that train models."""
        return bots_of(self.panel)[Purpose.TRAINING]

    @cached_property
    def openness(self) -> Sequence[Series]:
        """Open text by use."""
        return find_openness(self.panel, self.looks)

    def blocking(self, period: int) -> list[tuple[Site, Version, int]]:
        """Known sites that block at least one AI bot by name, each with the first such bot."""
        return [
            (site, version, bot)
            for site, version in self.panel.known(period)
            if (bot := first_named(version, self.bots)) is not None
        ]

    def any_share(self, period: int) -> Share:
        """Of the known sites those that block at least one AI bot by name."""
        return Share(len(self.blocking(period)), len(self.panel.known(period)))


@dataclass(frozen=True)
class Wanted:
    """What a report is asked to be about."""

    rule: Rule = Rule.RFC
    bots: Sequence[str] = LISTED
    since: datetime | None = None
    note: str = ""


def gather(
    engine: Engine,
    observed: Sequence[Observed],
    facts: Mapping[str, SiteFacts],
    wanted: Wanted,
) -> Material:
    """The material of a report on `observed` (by site, then by time).

    `wanted.since` is where its dates begin; what was seen before is still carried into them.
    Raises `ConfigurationError` where nothing was observed.
    """
    since = wanted.since
    moments = [each.at for each in observed if since is None or each.at >= since]
    if not moments:
        raise ConfigurationError(
            "The ledger has no robots.txt of these sites and dates: run heed audit or heed import, "
            "or ask for others."
        )
    verdicts = Verdicts(engine, wanted.rule, wanted.bots)
    panel = make_panel(observed, verdicts, find_periods(moments), facts)
    return Material(engine, panel, since, wanted.note)
