"""Posts alerts to their webhooks, one after the other, until each has been taken."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from sqlalchemy import Engine

from crawler.ledger.alerts import Outgoing, note_attempt, read_outgoing
from crawler.metrics.logs import tell
from crawler.schedule.lock import take

PATIENCE: Final = aiohttp.ClientTimeout(total=10)
PAUSES: Final = (0.5, 2.0)
"""Seconds before a second and a third try; after that it waits for the next delivery."""

TAKEN: Final = range(200, 300)


async def deliver(engine: Engine, folder: Path, now: datetime) -> None:
    """Post what is not delivered yet; another process that does so already is left to it.

    A webhook that cannot be reached is no error: the alert stays. Raises `StorageError`.
    """
    waiting = take(folder / "alerts.lock")
    if waiting is None:
        return
    try:
        outgoing = read_outgoing(engine)
        if not outgoing:
            return
        async with aiohttp.ClientSession(timeout=PATIENCE, trust_env=True) as session:
            for alert in outgoing:
                await _deliver_one(engine, session, alert, now)
    finally:
        waiting.release()


async def _deliver_one(
    engine: Engine, session: aiohttp.ClientSession, alert: Outgoing, now: datetime
) -> None:
    error = ""
    for pause in (0.0, *PAUSES):
        await asyncio.sleep(pause)
        error = await _post(session, alert)
        if not error:
            break
    note_attempt(engine, alert.key, None if error else now)
    # The address of a webhook is often its secret: only its host goes into the log.
    where = urlsplit(alert.webhook).hostname
    if error:
        tell("alert_undelivered", on=alert.kind, webhook=where, error=error)
    else:
        tell("alert_delivered", on=alert.kind, webhook=where, attempts=alert.attempts + 1)


async def _post(session: aiohttp.ClientSession, alert: Outgoing) -> str:
    """What went wrong; "" for nothing."""
    try:
        async with session.post(
            alert.webhook, json=dict(alert.message), allow_redirects=False
        ) as answer:
            return "" if answer.status in TAKEN else f"it answered {answer.status}"
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return str(error) or type(error).__name__
