"""What the ledger remembers of a site file: reads its observations into a `SiteFileState`."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, Row, bindparam, func, select

from crawler.ledger.findings import digest_of
from crawler.ledger.headers import read_headers
from crawler.ledger.schema import bodies, observations, resources
from crawler.policy.availability import Retry, availability_of
from crawler.policy.model import Outcome, Resource
from crawler.records.remembered import SiteFileState

Observed = tuple[datetime, str, bool, int | None, str, str, bytes | None]
"""What `LATEST` gives of an observation."""

_BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)

# Asked for every site file, so built once: to build a query takes as long as to run it.
_MINE: Final = observations.c.resource_id == (
    select(resources.c.id).where(resources.c.key == bindparam("key")).scalar_subquery()
)
LATEST: Final = (
    select(
        observations.c.fetched_at,
        observations.c.outcome,
        observations.c.answered,
        observations.c.status,
        observations.c.headers,
        observations.c.url,
        bodies.c.body,
    )
    .join(bodies, bodies.c.id == observations.c.body_id)
    .where(_MINE)
    .order_by(observations.c.fetched_at.desc(), observations.c.id.desc())
    .limit(1)
)
LATEST_ANSWER: Final = LATEST.where(observations.c.answered)
FAILURES: Final = select(
    func.count().label("failures"), func.min(observations.c.fetched_at).label("failing_since")
).where(_MINE, observations.c.fetched_at > bindparam("since"))


def key_of(origin: str, path: str) -> str:
    """The key of a site file's row in `resources`."""
    return digest_of(f"{origin}\n{path}")


def answered(outcome: Outcome) -> bool:
    """Whether a fetch that ended so said anything; nobody was asked where robots.txt forbade it."""
    asked = outcome is not Outcome.BLOCKED_BY_ROBOTS
    return not asked or availability_of(outcome).retry is Retry.ON_EXPIRY


def read_state(connection: Connection, origin: str, path: str) -> SiteFileState | None:
    """The state of a site file by all committed observations; None where there are none."""
    wanted = {"key": key_of(origin, path)}
    latest = connection.execute(LATEST, wanted).first()
    if latest is None:
        return None
    found = _as_resource(latest, origin, path)
    if latest.answered:
        return SiteFileState(found, found, 0, None)
    good = connection.execute(LATEST_ANSWER, wanted).first()
    last_good = None if good is None else _as_resource(good, origin, path)
    since = _BEGINNING if good is None else good.fetched_at
    row = connection.execute(FAILURES, {**wanted, "since": since}).one()
    return SiteFileState(found, last_good, row.failures, row.failing_since)


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


def _as_resource(row: Row[*Observed], origin: str, path: str) -> Resource:
    return Resource(
        url=row.url or origin + path,
        body=row.body or b"",
        status=row.status,
        headers=read_headers(row.headers),
        outcome=Outcome(row.outcome),
        retrieved_at=row.fetched_at,
    )
