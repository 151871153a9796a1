"""What the ledger remembers of a site file: reads its observations into a `SiteFileState`."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Row, Select, func, select

from crawler.ledger.findings import digest_of
from crawler.ledger.headers import read_headers
from crawler.ledger.schema import bodies, observations, resources
from crawler.policy.availability import Retry, availability_of
from crawler.policy.model import Outcome, Resource
from crawler.runtime import SiteFileState


def key_of(origin: str, path: str) -> str:
    """The key of a site file's row in `resources`."""
    return digest_of(f"{origin}\n{path}")


def answered(outcome: Outcome) -> bool:
    """Whether a fetch that ended so said anything; nobody was asked where robots.txt forbade it."""
    asked = outcome is not Outcome.BLOCKED_BY_ROBOTS
    return not asked or availability_of(outcome).retry is Retry.ON_EXPIRY


def read_state(connection: Connection, origin: str, path: str) -> SiteFileState | None:
    """The state of a site file by all committed observations; None where there are none."""
    mine = observations.c.resource_id == (
        select(resources.c.id).where(resources.c.key == key_of(origin, path)).scalar_subquery()
    )
    latest = connection.execute(_newest().where(mine)).first()
    if latest is None:
        return None
    if latest.answered:
        found = _as_resource(latest, origin, path)
        return SiteFileState(found, found, 0, None)
    good = connection.execute(_newest().where(mine, observations.c.answered)).first()
    since = select(func.count(), func.min(observations.c.fetched_at)).where(mine)
    if good is not None:
        since = since.where(observations.c.fetched_at > good.fetched_at)
    failures, failing_since = connection.execute(since).one()
    return SiteFileState(
        _as_resource(latest, origin, path),
        None if good is None else _as_resource(good, origin, path),
        failures,
        failing_since,
    )


def advance(state: SiteFileState | None, resource: Resource, at: datetime) -> SiteFileState:
    """`state` after one more fetch; an observation older than the latest changes nothing."""
    if state is not None and state.latest.retrieved_at and at < state.latest.retrieved_at:
        return state
    if answered(resource.outcome):
        return SiteFileState(resource, resource, 0, None)
    if state is None:
        return SiteFileState(resource, None, 1, at)
    since = state.failing_since or at
    return replace(state, latest=resource, failures=state.failures + 1, failing_since=since)


_Observed = tuple[datetime, str, bool, int | None, str, str, bytes | None]


def _newest() -> Select[_Observed]:
    columns = observations.c
    return (
        select(
            columns.fetched_at,
            columns.outcome,
            columns.answered,
            columns.status,
            columns.headers,
            columns.url,
            bodies.c.body,
        )
        .join(bodies, bodies.c.id == columns.body_id)
        .order_by(columns.fetched_at.desc(), columns.id.desc())
        .limit(1)
    )


def _as_resource(row: Row[_Observed], origin: str, path: str) -> Resource:
    return Resource(
        url=row.url or origin + path,
        body=row.body or b"",
        status=row.status,
        headers=read_headers(row.headers),
        outcome=Outcome(row.outcome),
        retrieved_at=row.fetched_at,
    )
