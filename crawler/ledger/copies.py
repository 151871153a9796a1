"""What a site file said over time: each of its answers once, for as long as it stayed the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, Row, select

from crawler.ledger.errors import storage_errors
from crawler.ledger.headers import read_headers
from crawler.ledger.schema import bodies, observations, resources
from crawler.ledger.site_files import key_of
from crawler.policy.model import Outcome, Resource

COPIES_KEPT: Final = 64
"""Changes of one file that are looked back over; older ones are left out."""

FRONT_PAGE: Final = "/"
"""The path of a page, not of a site file: its body is never kept."""

Fetched = tuple[datetime, str, bool, int | None, str, str, int]
"""What is asked of each observation."""

_COLUMNS: Final = observations.c


@dataclass(frozen=True, slots=True)
class Copies:
    """A site file's answers, oldest first; each `retrieved_at` is when it was first seen."""

    answers: tuple[Resource, ...] = ()
    failing: Outcome | None = None
    """How the latest fetch failed, where it brought no answer."""

    def at(self, when: datetime | None) -> Resource | None:
        """The answer that held at `when` (None: now), or None where none was known yet."""
        held = None
        for one in self.answers:
            if when is None or (one.retrieved_at is not None and one.retrieved_at <= when):
                held = one
        return held


def read_copies(engine: Engine, origin: str, path: str) -> Copies:
    """The committed history of the file at `path` of `origin`.

    Raises `StorageError`.
    """
    query = (
        select(
            _COLUMNS.fetched_at,
            _COLUMNS.outcome,
            _COLUMNS.answered,
            _COLUMNS.status,
            _COLUMNS.headers,
            _COLUMNS.url,
            _COLUMNS.body_id,
        )
        .join(resources, resources.c.id == _COLUMNS.resource_id)
        .where(resources.c.key == key_of(origin, path))
        .order_by(_COLUMNS.fetched_at, _COLUMNS.id)
    )
    with storage_errors(engine.url), engine.connect() as connection:
        rows = connection.execute(query).all()
        changes = _changes([row for row in rows if row.answered], path)[-COPIES_KEPT:]
        wanted = {row.body_id for row in changes}
        texts = select(bodies.c.id, bodies.c.body).where(bodies.c.id.in_(wanted))
        found = {number: body or b"" for number, body in connection.execute(texts)}
    answers = tuple(
        Resource(
            url=row.url or origin + path,
            body=found[row.body_id],
            status=row.status,
            headers=read_headers(row.headers),
            outcome=Outcome(row.outcome),
            retrieved_at=row.fetched_at,
        )
        for row in changes
    )
    failing = Outcome(rows[-1].outcome) if rows and not rows[-1].answered else None
    return Copies(answers, failing)


def _changes(rows: Sequence[Row[*Fetched]], path: str) -> list[Row[*Fetched]]:
    """The first of each run of equal answers; of a front page its fields are what is kept."""
    changes: list[Row[*Fetched]] = []
    said: object = None
    for row in rows:
        now = (row.outcome, row.status, row.body_id, row.headers if path == FRONT_PAGE else "")
        if now != said:
            changes.append(row)
        said = now
    return changes
