"""Sites by dates: which version of each robots.txt held when, and where it stands to each bot."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Final

from crawler.ledger.sites import SiteFacts
from crawler.policy.agents import Role, find_agent
from crawler.policy.model import Outcome
from crawler.policy.restriction import Restriction, Rule
from crawler.reports.periods import Period
from crawler.reports.queries import Observed
from crawler.reports.standing import Standing, stand
from crawler.reports.verdicts import Verdicts

NO_FACTS: Final = SiteFacts()
CARRY: Final = timedelta(days=62)
"""How long an answer is carried over dates at which a site was not asked or did not answer."""


@dataclass(frozen=True, slots=True)
class Version:
    """One robots.txt as a site gave it from `first` to `last`, both times it was seen."""

    number: int
    first: datetime
    last: datetime
    observed: Observed
    restrictions: Sequence[Restriction]
    standings: Sequence[Standing]

    @property
    def outcome(self) -> Outcome:
        """How its fetch ended."""
        return self.observed.outcome


@dataclass(frozen=True, slots=True)
class Spot:
    """What is known of a site at a period; `carried` where it was not seen in it."""

    version: Version
    carried: bool


@dataclass(frozen=True)
class Site:
    """One site's versions in time, and what is known of it at each period."""

    name: str
    place: int
    versions: Sequence[Version]
    spots: Sequence[Spot | None]
    failures: Sequence[Observed]
    facts: SiteFacts

    def standing(self, bot: int, period: int) -> Standing:
        """Where the site stands to the bot at the place `bot`."""
        spot = self.spots[period]
        return Standing.UNKNOWN if spot is None else spot.version.standings[bot]


@dataclass(frozen=True)
class Panel:
    """Everything that a report's charts and pages count from."""

    rule: Rule
    bots: Sequence[str]
    periods: Sequence[Period]
    sites: Sequence[Site]
    places: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def last(self) -> int:
        """The place of the latest period."""
        return len(self.periods) - 1

    @cached_property
    def first(self) -> int:
        """The place of the first period at which anything is known; 0 where nothing ever is."""
        return next((place for place in range(len(self.periods)) if self.known(place)), 0)

    @cached_property
    def by_role(self) -> Mapping[Role, tuple[int, ...]]:
        """The places of the bots of each role; unlisted tokens have none."""
        return {
            role: tuple(
                place
                for place, bot in enumerate(self.bots)
                if (agent := find_agent(bot)) is not None and role in agent.roles
            )
            for role in Role
        }

    @cached_property
    def operators(self) -> Mapping[str, tuple[int, ...]]:
        """The places of the bots of each operator that is known."""
        found: dict[str, list[int]] = {}
        for place, bot in enumerate(self.bots):
            agent = find_agent(bot)
            if agent is not None and agent.operator:
                found.setdefault(_company(agent.operator), []).append(place)
        return {operator: tuple(places) for operator, places in sorted(found.items())}

    def known(self, period: int) -> list[tuple[Site, Version]]:
        """Sites of which something is known at `period`, with the version that holds."""
        return [(site, spot.version) for site in self.sites if (spot := site.spots[period])]


def _company(operator: str) -> str:
    """One company under one name, however the list's rows write it."""
    return {"Meta/Facebook": "Meta"}.get(operator, operator)


def make_panel(
    observed: Sequence[Observed],
    verdicts: Verdicts,
    periods: Sequence[Period],
    facts: Mapping[str, SiteFacts],
) -> Panel:
    """The panel of `observed` (by site, then by time); verdicts are prepared here."""
    answered = [each for each in observed if each.answered]
    verdicts.prepare(answered)
    known: dict[tuple[int, Outcome], Sequence[Standing]] = {}
    sites: list[Site] = []
    for name, group in groupby(observed, key=lambda each: each.site):
        seen = list(group)
        versions = tuple(_versions([each for each in seen if each.answered], verdicts, known))
        sites.append(
            Site(
                name=name,
                place=len(sites),
                versions=versions,
                spots=_spots(versions, [each.at for each in seen if each.answered], periods),
                failures=[each for each in seen if not each.answered],
                # Folded, a list may know the site by its host.
                facts=facts.get(name) or facts.get(seen[0].host, NO_FACTS),
            )
        )
    places = {site.name: site.place for site in sites}
    return Panel(verdicts.rule, verdicts.bots, periods, sites, places)


def _versions(
    answered: Sequence[Observed],
    verdicts: Verdicts,
    known: dict[tuple[int, Outcome], Sequence[Standing]],
) -> Iterator[Version]:
    """Runs of the same body and outcome."""
    runs = groupby(answered, key=lambda each: (each.body_id, each.outcome))
    for number, (key, group) in enumerate(runs):
        seen = list(group)
        restrictions = verdicts.of(seen[0])
        if key not in known:
            known[key] = tuple(stand(each, seen[0].outcome) for each in restrictions)
        yield Version(number, seen[0].at, seen[-1].at, seen[0], restrictions, known[key])


def _spots(
    versions: Sequence[Version], answers: Sequence[datetime], periods: Sequence[Period]
) -> list[Spot | None]:
    firsts = [version.first for version in versions]
    spots: list[Spot | None] = []
    for period in periods:
        held = bisect_right(firsts, period.end) - 1
        seen = bisect_right(answers, period.end) - 1
        if held < 0 or period.end - answers[seen] > CARRY:
            spots.append(None)
        else:
            spots.append(Spot(versions[held], carried=answers[seen] < period.start))
    return spots
