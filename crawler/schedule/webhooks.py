"""Posts alerts to their webhooks, one after the other, until each has been taken."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine

from crawler.clock import Clock, SystemClock
from crawler.fetch.posting import post
from crawler.ledger.alerts import Outgoing, note_attempt, read_outgoing
from crawler.metrics.logs import tell
from crawler.schedule.lock import take


async def deliver(engine: Engine, folder: Path, now: datetime) -> None:
    """Post what is not delivered yet; another process that does so already is left to it.

    A webhook that does not take one is no error, and is left alone with the others: they stay for
    the next delivery, lest one that hangs keep a run from its end. Raises `StorageError`.
    """
    waiting = take(folder / "alerts.lock")
    if waiting is None:
        return
    clock = SystemClock()
    away: set[str] = set()
    try:
        for alert in read_outgoing(engine):
            if alert.webhook not in away and not await _deliver_one(engine, alert, now, clock):
                away.add(alert.webhook)
    finally:
        waiting.release()


async def _deliver_one(engine: Engine, alert: Outgoing, now: datetime, clock: Clock) -> bool:
    error = await post(alert.webhook, alert.message, clock)
    note_attempt(engine, alert.key, None if error else now)
    # The address of a webhook is often its secret: only its host goes into the log.
    where = urlsplit(alert.webhook).hostname
    if error:
        tell("alert_undelivered", on=alert.kind, webhook=where, error=error)
    else:
        tell("alert_delivered", on=alert.kind, webhook=where, attempts=alert.attempts + 1)
    return not error
