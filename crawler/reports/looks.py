"""What all signals together say of each use, at each period, with the words that say it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine

from crawler.policy.model import Observation, Profile, Resource, State, Statement, Use
from crawler.policy.reading import read_decision
from crawler.reports.panel import Panel, Site, Version
from crawler.reports.queries import read_bodies

PROFILE = Profile.STRICT
"""Refusals that are malformed, out of date or told to other AI crawlers count too."""

BODIES_A_TIME = 200


@dataclass(frozen=True)
class Look:
    """What one look at a site's front page and site files comes to."""

    at: datetime
    states: Mapping[Use, State]
    deciding: Mapping[Use, Sequence[Statement]]
    statements: Sequence[Statement]

    @cached_property
    def signals(self) -> Mapping[str, State]:
        """Each signal that said something, and the strongest state that it asked for."""
        found: dict[str, State] = {}
        for one in self.statements:
            state = found.get(one.signal, State.UNKNOWN)
            found[one.signal] = max(state, one.state, key=lambda each: each.rank)
        return found


class Looks:
    """The look that holds for a site at a period, by version of its robots.txt."""

    def __init__(self, engine: Engine, panel: Panel) -> None:
        self._known: dict[tuple[int, int], Look] = {}
        self._panel = panel
        wanted = [(site, version) for site in panel.sites for version in site.versions]
        for start in range(0, len(wanted), BODIES_A_TIME):
            part = wanted[start : start + BODIES_A_TIME]
            texts = read_bodies(engine, sorted({each.observed.body_id for _, each in part}))
            for site, version in part:
                body = texts[version.observed.body_id]
                self._known[site.place, version.number] = look_at(site, version, body)

    def at(self, site: Site, period: int) -> Look | None:
        """What held at `period`; None where nothing is known."""
        spot = site.spots[period]
        return None if spot is None else self._known[site.place, spot.version.number]

    def of(self, site: Site, version: Version) -> Look:
        """What `version` of the site's robots.txt said."""
        return self._known[site.place, version.number]


def look_at(site: Site, version: Version, body: bytes) -> Look:
    """What a robots.txt alone says about its site's front page."""
    url = f"https://{site.name}/"
    robots = Resource(
        url=f"{url}robots.txt",
        body=body,
        status=None,
        outcome=version.outcome,
        retrieved_at=version.first,
    )
    decision = read_decision(Observation(url=url, robots=robots), PROFILE)
    return Look(version.first, decision.states, decision.deciding, decision.statements)
