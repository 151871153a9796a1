"""Which sites refuse since a moment and did not before, and the lines that did it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, and_, func, select

from crawler.ledger.errors import storage_errors
from crawler.ledger.findings import read_finding
from crawler.ledger.schema import bodies, decisions, findings, kept, observations, places, resources
from crawler.policy.model import Outcome, Use
from crawler.policy.restriction import Rule
from crawler.reports.queries import ROBOTS_PATH, Observed, read_bodies, site_of
from crawler.reports.texts import read_lines
from crawler.reports.verdicts import LISTED, Verdicts

RANKS: Final = {"none": 0, "partial": 1, "full": 2}
"""How much a verdict closes; what is unknown is no step from or to anything."""

BOTS_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class NewRefusal:
    """A site that newly refuses; `occurrence` is the same whoever notices it, and whenever."""

    site: str
    occurrence: str
    whom: str
    """For whom or for what it is closed now."""
    lines: tuple[str, ...]
    """The lines that did it, each with the place where it stands."""

    @property
    def text(self) -> str:
        """One sentence."""
        return f"{self.site} newly refuses {self.whom}: {'; '.join(self.lines)}"


def find_new_refusals(engine: Engine, since: datetime, token: str) -> list[NewRefusal]:
    """One for each site that refuses since `since` and was known before; raises `StorageError`.

    A robots.txt that closes more is told by its lines, whichever bots it names; any other signal
    by the first page that it refused, once a site and signal.
    """
    found = {one.site: one for one in _by_decisions(engine, since)}
    found |= {one.site: one for one in _by_robots(engine, since, token)}
    return [found[site] for site in sorted(found)]


def _by_robots(engine: Engine, since: datetime, token: str) -> Iterator[NewRefusal]:
    pairs = _before_and_after(engine, since)
    bots = (*LISTED, *(() if token in LISTED else (token,)))
    verdicts = Verdicts(engine, Rule.RFC, bots)
    verdicts.prepare(each for pair in pairs for each in pair)
    for before, after in pairs:
        closed = [
            (bot, now.lines)
            for bot, was, now in zip(bots, verdicts.of(before), verdicts.of(after), strict=True)
            if was.verdict in RANKS
            and now.verdict in RANKS
            and RANKS[now.verdict] > RANKS[was.verdict]
        ]
        if closed:
            body = read_bodies(engine, [after.body_id])[after.body_id]
            numbers = {number for _, lines in closed for number in lines}
            yield NewRefusal(
                after.site,
                f"robots.txt {after.sha256} {after.at.isoformat()}",
                _some([bot for bot, _ in closed]),
                tuple(_quote(body, numbers)) or (f"robots.txt: {after.outcome.value}",),
            )


def _some(bots: Sequence[str]) -> str:
    listed = ", ".join(bots[:BOTS_NAMED])
    more = len(bots) - BOTS_NAMED
    return f"{listed} and {more} more" if more > 0 else listed


def _quote(body: bytes, numbers: set[int]) -> Iterator[str]:
    lines = read_lines(body)
    for number in sorted(numbers):
        if 0 < number <= len(lines):
            yield f"robots.txt line {number}: {lines[number - 1].strip()[:200]}"


def _before_and_after(engine: Engine, since: datetime) -> list[tuple[Observed, Observed]]:
    """The last answers of every robots.txt before and after `since`, where there are both."""
    with storage_errors(engine.url), engine.connect() as connection:
        after = _last(connection, observations.c.fetched_at >= since)
        seen = select(observations.c.resource_id).where(observations.c.fetched_at >= since)
        earlier = (observations.c.fetched_at < since) & observations.c.resource_id.in_(seen)
        before = _last(connection, earlier) if after else {}
    return [
        (before[origin], each)
        for origin, each in after.items()
        if origin in before and _says(before[origin]) != _says(each)
    ]


def _says(seen: Observed) -> tuple[Outcome, int]:
    """An empty body may be that of a file, of a 404 or of a 402."""
    return seen.outcome, seen.body_id


def _last(connection: Connection, when: object) -> Mapping[str, Observed]:
    columns = observations.c
    # By time: history may be imported at any moment, and has the higher numbers then.
    latest = (columns.fetched_at.desc(), columns.id.desc())
    place = func.row_number().over(partition_by=columns.resource_id, order_by=latest)
    ranked = (
        select(columns.id, place.label("place"))
        .join(resources, resources.c.id == columns.resource_id)
        .where(resources.c.path == ROBOTS_PATH, columns.answered, when)  # type: ignore[arg-type]  # a comparison of columns
        .subquery()
    )
    newest = select(ranked.c.id).where(ranked.c.place == 1)
    query = (
        select(
            resources.c.origin,
            columns.fetched_at,
            columns.outcome,
            columns.answered,
            columns.body_id,
            bodies.c.sha256,
        )
        .join(resources, resources.c.id == columns.resource_id)
        .join(bodies, bodies.c.id == columns.body_id)
        .where(columns.id.in_(newest))
    )
    return {
        row.origin: Observed(
            site_of(row.origin),
            row.fetched_at,
            Outcome(row.outcome),
            row.answered,
            row.body_id,
            row.sha256,
        )
        for row in connection.execute(query)
    }


def _by_decisions(engine: Engine, since: datetime) -> Iterator[NewRefusal]:
    earlier = decisions.alias("earlier")
    refused = (
        select(decisions, findings.c.finding, places.c.places)
        .join(findings, findings.c.id == decisions.c.finding_id)
        .join(places, places.c.id == decisions.c.places_id)
        .where(decisions.c.at >= since, decisions.c.kept.is_(False))
        .where(
            ~select(earlier.c.id)
            .where(
                and_(
                    earlier.c.origin == decisions.c.origin,
                    earlier.c.signal == decisions.c.signal,
                    earlier.c.kept.is_(False),
                    earlier.c.at < since,
                )
            )
            .exists()
        )
        .order_by(decisions.c.id)
    )
    known = select(kept.c.origin).where(kept.c.first_at < since)
    with storage_errors(engine.url), engine.connect() as connection:
        rows = connection.execute(refused.where(decisions.c.origin.in_(known))).all()
    for row in {row.origin: row for row in reversed(rows)}.values():
        finding = read_finding(row.finding, row.url, row.places)
        reasons = finding.deciding.get(Use(row.use), ())
        lines = tuple(f"{one.evidence.where}: {one.evidence.verbatim[:200]}" for one in reasons[:3])
        yield NewRefusal(
            site_of(row.origin),
            f"{row.signal} {row.url} {row.at.isoformat()}",
            f"{row.use} ({row.url})",
            lines or (row.signal,),
        )
