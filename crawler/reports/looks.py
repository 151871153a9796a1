"""What all signals together say of each use, at each period, with the words that say it.

An audit looked at a site's files, its headers and the head of its front page, and the ledger
keeps what that came to. Where only a robots.txt is known (an import), its words alone are read.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine

from crawler.ledger.site_states import SiteState, read_site_states
from crawler.policy.model import Observation, Profile, Resource, State, Statement, Use
from crawler.policy.presence import COLUMNS, find_presence
from crawler.policy.reading import read_decision
from crawler.reports.panel import CARRY, Panel, Site, Version
from crawler.reports.queries import read_bodies

PROFILE: Final = Profile.STRICT
"""Refusals that are malformed, out of date or told to other AI crawlers count too."""
BODIES_A_TIME: Final = 200
NO_AI: Final = ("robots_meta", "noai")
"""A signal that says much besides AI, and the column of its words about AI."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a site's front page and site files comes to."""

    at: datetime
    states: Mapping[Use, State]
    deciding: Mapping[Use, Sequence[Statement]]
    statements: Sequence[Statement]
    presence: Mapping[str, Sequence[str]]
    """Columns of signals that the site carries, and where."""

    def said(self, column: str, use: Use) -> tuple[State, Statement | None]:
        """The strongest word of a column's signals about `use`."""
        strongest: tuple[State, Statement | None] = (State.UNKNOWN, None)
        for one in self.statements:
            ours = _column(one.signal) == column and one.use is use
            if ours and one.state.rank > strongest[0].rank:
                strongest = one.state, one
        return strongest


def _column(signal: str) -> str:
    return NO_AI[1] if signal == NO_AI[0] else COLUMNS.get(signal, signal)


class Looks:
    """The look that holds for a site at a period."""

    def __init__(self, engine: Engine, panel: Panel) -> None:
        self._panel = panel
        self._audited: dict[str, list[Look]] = {}
        # Where robots.txt did not answer, nothing was learnt: an outage is no refusal of anything.
        vain = {(site.name, one.at) for site in panel.sites for one in site.failures}
        counted = {
            version.observed.host: site.name
            for site in panel.sites
            for version in site.versions
            if version.observed.host
        }
        for state in read_site_states(engine, until=panel.periods[-1].end):
            name = counted.get(state.site, state.site)
            if (name, state.at) not in vain:
                self._audited.setdefault(name, []).append(_of_audit(state))
        self._alone = _read_alone(engine, panel)

    def at(self, site: Site, period: int) -> Look | None:
        """What held at `period`; None where nothing is known."""
        spot = site.spots[period]
        if spot is None:
            return None
        end = self._panel.periods[period].end
        looks = self._audited.get(site.name, [])
        place = bisect_right(looks, end, key=lambda look: look.at) - 1
        # A look older than the robots.txt that holds knows nothing of its words.
        if place >= 0 and looks[place].at >= max(end - CARRY, spot.version.first):
            return looks[place]
        return self._alone[site.place, spot.version.number]


def _of_audit(state: SiteState) -> Look:
    return Look(
        at=state.at,
        states={use: state.finding.states.get(use, State.UNKNOWN) for use in Use},
        deciding=state.finding.deciding,
        statements=state.finding.statements,
        presence=state.presence,
    )


def _read_alone(engine: Engine, panel: Panel) -> dict[tuple[int, int], Look]:
    """By site and version, what each robots.txt says by itself."""
    wanted = [(site, version) for site in panel.sites for version in site.versions]
    found = {}
    for start in range(0, len(wanted), BODIES_A_TIME):
        part = wanted[start : start + BODIES_A_TIME]
        texts = read_bodies(engine, sorted({each.observed.body_id for _, each in part}))
        for site, version in part:
            body = texts[version.observed.body_id]
            found[site.place, version.number] = look_at(site, version, body)
    return found


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
    seen = Observation(url=url, robots=robots)
    decision = read_decision(seen, PROFILE)
    return Look(
        at=version.first,
        states=decision.states,
        deciding=decision.deciding,
        statements=decision.statements,
        presence=find_presence(seen, decision.statements),
    )
