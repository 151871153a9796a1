"""What a site said for every use at one look of an audit: written, and read back."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select

from crawler.ledger.buffer import Presence, SeenState, storable
from crawler.ledger.changes import number_texts
from crawler.ledger.errors import storage_errors
from crawler.ledger.findings import Finding, read_finding, write_finding, write_places
from crawler.ledger.rows import add_missing, in_chunks
from crawler.ledger.schema import findings, places, site_states
from crawler.policy.model import Outcome


@dataclass(frozen=True, slots=True)
class SiteState:
    """One look at one site, as it was read back; `outcome` is that of its front page."""

    site: str
    origin: str
    at: datetime
    outcome: Outcome
    finding: Finding
    presence: Presence


def write_site_states(connection: Connection, seen: Sequence[SeenState]) -> None:
    """Add `seen`; a site that the same run has looked at before keeps its first state."""
    if not seen:
        return
    wordings = [(write_finding(each.decision), write_places(each.decision)) for each in seen]
    finding_ids = number_texts(connection, "finding", {finding for finding, _ in wordings})
    place_ids = number_texts(connection, "places", {place for _, place in wordings})
    rows = [
        {
            "run": each.run,
            "site": storable(each.site),
            "origin": storable(each.origin),
            "at": each.at,
            "outcome": each.outcome.value,
            "finding_id": finding_ids[finding],
            "places_id": place_ids[place],
            "presence": json.dumps(each.presence, sort_keys=True),
        }
        for each, (finding, place) in zip(seen, wordings, strict=True)
    ]
    add_missing(connection, site_states, rows)


def read_done(engine: Engine, run: str, asked: Iterable[str]) -> frozenset[str]:
    """Those of the sites `asked` that `run` has looked at; raises `StorageError`."""
    done: set[str] = set()
    columns = site_states.c
    with storage_errors(engine.url), engine.connect() as connection:
        for chunk in in_chunks(list(asked)):
            query = select(columns.site).where(columns.run == run, columns.site.in_(chunk))
            done.update(connection.execute(query).scalars())
    return frozenset(done)


def read_site_states(
    engine: Engine,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    latest_only: bool = False,
) -> Sequence[SiteState]:
    """Looks at sites by site and time, times inclusive, or the last of each site.

    Raises `StorageError`. Equal findings are one object, so that they are cheap to hold.
    """
    columns = site_states.c
    query = (
        select(site_states, findings.c.finding, places.c.places)
        .join(findings, findings.c.id == columns.finding_id)
        .join(places, places.c.id == columns.places_id)
        .order_by(columns.site, columns.at, columns.id)
    )
    if since is not None:
        query = query.where(columns.at >= since)
    if until is not None:
        query = query.where(columns.at <= until)
    if latest_only:
        ranked = select(func.max(columns.id)).group_by(columns.site)
        if until is not None:
            ranked = ranked.where(columns.at <= until)
        query = query.where(columns.id.in_(ranked))
    known: dict[tuple[int, int, str], Finding] = {}
    found = []
    with storage_errors(engine.url), engine.connect() as connection:
        for row in connection.execute(query):
            key = (row.finding_id, row.places_id, row.origin)
            if key not in known:
                known[key] = read_finding(row.finding, f"{row.origin}/", row.places)
            found.append(
                SiteState(
                    site=row.site,
                    origin=row.origin,
                    at=row.at,
                    outcome=Outcome(row.outcome),
                    finding=known[key],
                    presence={name: tuple(by) for name, by in json.loads(row.presence).items()},
                )
            )
    return found
