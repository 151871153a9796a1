"""Runs that a schedule started, as the ledger knows them; and since when it knows a job."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine, Row, select

from crawler.ledger.ahead import TOLERATED
from crawler.ledger.errors import storage_errors
from crawler.ledger.rows import add_missing
from crawler.ledger.schema import runs, scheduled

PREFIX: Final = "schedule:"
"""Begins the names of runs and jobs of schedules: what they run keeps records of its own."""


@dataclass(frozen=True, slots=True)
class ScheduledRun:
    """One run of a job; `ended_at` is None while it lasts, or where its end was not seen."""

    run: str
    job: str
    started_at: datetime
    ended_at: datetime | None
    reason: str
    facts: Mapping[str, Any]

    @property
    def due(self) -> datetime | None:
        """The occurrence that it was started for; None where a person started it."""
        due = self.facts.get("due")
        return datetime.fromisoformat(due) if due else None

    @property
    def was_for(self) -> datetime:
        """The occurrence that it was started for, or when a person started it."""
        return self.due or self.started_at

    @property
    def exit(self) -> int | None:
        """The exit code of what was run, where it is known."""
        return self.facts.get("exit")

    @property
    def counts(self) -> Mapping[str, Any]:
        """What it came to: numbers, and numbers by name."""
        counts: Mapping[str, Any] = self.facts.get("counts", {})
        return counts

    @property
    def refused(self) -> Mapping[str, int]:
        """Pages refused, by signal."""
        refused: Mapping[str, int] = self.counts.get("refused", {})
        return refused

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


def name_run(job: str, at: datetime) -> str:
    """The name of the run of `job` that is due, or starts, at `at`."""
    return f"{PREFIX}{job}:{at.isoformat()}"


def read_runs(
    engine: Engine, job: str | None = None, since: datetime | None = None
) -> list[ScheduledRun]:
    """Runs that schedules started, oldest first; raises `StorageError`."""
    query = select(runs).where(runs.c.run.startswith(PREFIX)).order_by(runs.c.started_at)
    if job is not None:
        query = query.where(runs.c.job == f"{PREFIX}{job}")
    if since is not None:
        query = query.where(runs.c.started_at >= since)
    with storage_errors(engine.url), engine.connect() as connection:
        return [_read(row) for row in connection.execute(query)]


def read_run(engine: Engine, name: str) -> ScheduledRun:
    """The run of that name, which must be there; raises `StorageError`."""
    with storage_errors(engine.url), engine.connect() as connection:
        return _read(connection.execute(select(runs).where(runs.c.run == name)).one())


def _read(row: Row[Any]) -> ScheduledRun:
    facts = json.loads(row.facts)
    return ScheduledRun(
        row.run, row.job.removeprefix(PREFIX), row.started_at, row.ended_at, row.reason, facts
    )


def believe(runs: Iterable[ScheduledRun], at: datetime) -> list[ScheduledRun]:
    """Those of `runs` that were due by `at`: the others are of a clock that ran ahead.

    Else a job would not run again until that clock's time has come.
    """
    return [run for run in runs if run.was_for <= at + TOLERATED]


def known_since(engine: Engine, jobs: Iterable[str], now: datetime) -> Mapping[str, datetime]:
    """Since when each of `jobs` is known: from `now` on, where it was not."""
    names = list(jobs)
    rows = [{"job": job, "since": now} for job in names]
    with storage_errors(engine.url), engine.connect() as connection:
        writing = connection.execution_options(writes=True)
        with writing.begin():
            add_missing(writing, scheduled, rows)
            return {row.job: row.since for row in writing.execute(select(scheduled))}
