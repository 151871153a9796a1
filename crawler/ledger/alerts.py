"""Alerts as the ledger keeps them: each raised once, delivered in the end."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, update

from crawler.ledger.errors import storage_errors
from crawler.ledger.findings import digest_of
from crawler.ledger.rows import add_missing
from crawler.ledger.schema import alerts


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to tell one webhook; `occurrence` tells it from others of its kind and subject."""

    kind: str
    subject: str
    occurrence: str
    webhook: str
    raised_at: datetime
    message: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What makes it one alert, however often it is noticed."""
        return digest_of(f"{self.kind}\n{self.subject}\n{self.occurrence}\n{self.webhook}")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An alert that its webhook has not taken yet."""

    key: str
    kind: str
    webhook: str
    message: Mapping[str, Any]
    attempts: int


def raise_alert(engine: Engine, alert: Alert) -> bool:
    """Keep `alert` for delivery; False where it was raised before. Raises `StorageError`."""
    row = {
        "key": alert.key,
        "kind": alert.kind,
        "subject": alert.subject,
        "raised_at": alert.raised_at,
        "webhook": alert.webhook,
        "message": json.dumps({**alert.message, "id": alert.key}, ensure_ascii=False),
        "attempts": 0,
        "delivered_at": None,
        "over": False,
    }
    with storage_errors(engine.url), engine.connect() as connection:
        writing = connection.execution_options(writes=True)
        with writing.begin():
            known = _count(writing, alert.key)
            add_missing(writing, alerts, [row])
    return not known


def _count(connection: Connection, key: str) -> int:
    query = select(func.count()).select_from(alerts).where(alerts.c.key == key)
    return connection.execute(query).scalar_one()


def read_outgoing(engine: Engine) -> list[Outgoing]:
    """Every alert that is still to be delivered; what was tried least often first, then by age."""
    query = select(alerts).where(alerts.c.delivered_at.is_(None))
    query = query.order_by(alerts.c.attempts, alerts.c.raised_at)
    with storage_errors(engine.url), engine.connect() as connection:
        return [_outgoing(row) for row in connection.execute(query)]


def _outgoing(row: Row[Any]) -> Outgoing:
    return Outgoing(row.key, row.kind, row.webhook, json.loads(row.message), row.attempts)


def note_attempt(engine: Engine, key: str, delivered_at: datetime | None) -> None:
    """A delivery was tried; `delivered_at` is None where it failed."""
    change = update(alerts).where(alerts.c.key == key)
    change = change.values(attempts=alerts.c.attempts + 1, delivered_at=delivered_at)
    _write(engine, change)


def end_alerts(engine: Engine, kind: str, subject: str) -> None:
    """What alerts of `kind` about `subject` told of is over: the next one is another."""
    told = (alerts.c.kind == kind) & (alerts.c.subject == subject)
    _write(engine, update(alerts).where(told).values(over=True))


def is_told(engine: Engine, kind: str, subject: str) -> bool:
    """Whether an alert of `kind` about `subject` was raised and is not over."""
    query = select(alerts.c.key).where(
        alerts.c.kind == kind, alerts.c.subject == subject, alerts.c.over.is_(False)
    )
    with storage_errors(engine.url), engine.connect() as connection:
        return connection.execute(query).first() is not None


def _write(engine: Engine, statement: Any) -> None:  # noqa: ANN401 (an UPDATE of any shape)
    with storage_errors(engine.url), engine.connect() as connection:
        writing = connection.execution_options(writes=True)
        with writing.begin():
            writing.execute(statement)
