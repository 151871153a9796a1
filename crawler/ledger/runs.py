"""Runs of a job, as the ledger remembers them: whether the last one came to its end."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from crawler.ledger.errors import storage_errors
from crawler.ledger.schema import runs, site_states


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run of a job; `reason` is empty where it was killed."""

    run: str
    started_at: datetime
    reason: str
    last_look: datetime
    """When an audit last finished with a site; its start where it never did."""


def read_last_run(engine: Engine, job: str) -> LastRun | None:
    """The last run of `job`, None where there was none; raises `StorageError`."""
    query = (
        select(runs.c.run, runs.c.started_at, runs.c.reason)
        .where(runs.c.job == job)
        .order_by(runs.c.started_at.desc())
        .limit(1)
    )
    with storage_errors(engine.url), engine.connect() as connection:
        row = connection.execute(query).first()
        if row is None:
            return None
        looked = select(func.max(site_states.c.at)).where(site_states.c.run == row.run)
        last = connection.execute(looked).scalar()
    return LastRun(row.run, row.started_at, row.reason, last or row.started_at)
