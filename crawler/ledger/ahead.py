"""What a clock wrote that ran ahead, set back: else nothing learnt since would count as later.

A machine that takes local time for UTC, or starts with a dead battery, dates what sites said to
hours or years from now. Until then every refusal would be older than the permission before it.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, Connection, Engine, func, select, type_coerce, update

from crawler.errors import ConfigurationError
from crawler.ledger.errors import shown, storage_errors
from crawler.ledger.schema import (
    METADATA,
    Moment,
    decisions,
    failures,
    observations,
    payloads,
    runs,
)

logger: Final = logging.getLogger(__name__)

MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right says an earlier time: Heed was written later."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
TOLERATED: Final = timedelta(minutes=5)
"""By how much the clocks of machines that share a ledger may differ."""

_TELLING: Final = (
    observations.c.fetched_at, decisions.c.at, failures.c.at, runs.c.started_at, runs.c.ended_at,
)  # fmt: skip
"""Moments of which every run writes some, and whose latest is quickly found."""
_MOMENTS: Final = tuple(
    column
    for table in METADATA.sorted_tables
    for column in table.columns
    if isinstance(column.type, Moment) and table is not payloads
)
"""All but the dates of records, which stand in files that nobody changes."""


def set_back(engine: Engine, now: datetime) -> timedelta:
    """Move all moments after `now` back by as much as makes the latest of them `now`.

    Their order stays. Returns by how much, nothing where no clock ran ahead by more than is
    `TOLERATED`. Raises `StorageError`, and `ConfigurationError` where it is `now` that is wrong:
    a machine that starts in 1970 would date all that sites ever said to before then.
    """
    with storage_errors(engine.url):
        with engine.connect() as connection:
            if _latest(connection) <= now + TOLERATED:
                return timedelta()
        if now < MADE:
            raise ConfigurationError(
                f"The clock of this machine says {now:%Y-%m-%d}, which is long before what the "
                f"ledger {shown(engine.url)} holds: set the clock, then run the command again."
            )
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            ahead = _latest(connection) - now
            if ahead <= TOLERATED:
                return timedelta()  # another process has just done so
            for column in _MOMENTS:
                earlier = type_coerce(column, BigInteger) - ahead // timedelta(microseconds=1)
                late = update(column.table).where(column > now)
                connection.execute(late.values({column: earlier}))
        told = "%s held moments up to %s after this machine's clock: they were set back by that."
        logger.warning(told, shown(engine.url), ahead)
        return ahead


def _latest(connection: Connection) -> datetime:
    found = (connection.execute(select(func.max(column))).scalar() for column in _TELLING)
    return max((moment for moment in found if moment is not None), default=_NEVER)
