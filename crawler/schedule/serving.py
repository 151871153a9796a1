"""The scheduler: looks at the clock and the ledger, and starts what is due. It keeps no state.

What was run is in the ledger, what runs holds its lock: so a scheduler that was killed goes on
where it was, and however many occurrences were missed, one run makes up for them.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.errors import StorageError
from crawler.ledger.ahead import TOLERATED
from crawler.ledger.opening import open_engine
from crawler.ledger.scheduled_runs import ScheduledRun, believe, known_since, read_runs
from crawler.metrics.exposition import Seen, serve_metrics
from crawler.metrics.logs import LogFormat, logger, tell
from crawler.schedule.alerting import notice_disk
from crawler.schedule.digest import write_digest
from crawler.schedule.jobs import Job, Plan
from crawler.schedule.lock import holders, take
from crawler.schedule.running import SIGNALLED, last_run, now
from crawler.schedule.standing import look_for_metrics
from crawler.schedule.timetable import Occurrence
from crawler.schedule.webhooks import deliver
from crawler.stores.locks import is_held

if TYPE_CHECKING:
    from sqlalchemy import Engine

LONGEST_SLEEP: Final = 15.0
"""Seconds after which the clock is looked at again whatever happens: clocks are corrected."""

ADOPTED_SLEEP: Final = 1.0
"""Seconds between looks at a run that is not this process's own child."""

RETRY_AFTER: Final = timedelta(seconds=60)
"""How long a run that could not even be recorded is left alone."""

CHORES_EVERY: Final = timedelta(seconds=60)
SILENCE: Final = 120.0
"""Seconds without a look at the clock after which a scheduler counts as stuck."""

LOOKED_BACK: Final = timedelta(days=400)


def scheduler_lock(plan: Plan) -> Path:
    """The file that the scheduler of `plan` holds and touches while it lives."""
    return plan.folder / "scheduler.lock"


def is_alive(plan: Plan, at: datetime) -> bool:
    """Whether a scheduler of `plan` lives and has looked at the clock lately."""
    lock = scheduler_lock(plan)
    return is_held(lock) and at.timestamp() - lock.stat().st_mtime < SILENCE


def due_now(
    job: Job, runs: list[ScheduledRun], since: datetime | None, at: datetime
) -> Occurrence | None:
    """The occurrence that `job` has to make up for at `at`; None where it is up to date.

    `since` is from when on an occurrence counts as missed; None makes a job due that never ran.
    """
    dues = [run.was_for for run in believe(runs, at) if run.job == job.name]
    done = max(dues) if dues else since
    if done is not None and done > at + TOLERATED:
        done = None
    last = job.timetable.last(at)
    if done is None:
        return Occurrence(at, at)
    return last if last is not None and last.due > done else None


class Scheduler:
    """Runs `plan` until it is asked to end."""

    def __init__(self, plan: Plan, form: LogFormat) -> None:
        self._plan = plan
        self._form = form
        self._engine: Engine = open_engine(plan.ledger)
        self._own: dict[str, asyncio.subprocess.Process] = {}
        self._waits: set[asyncio.Task[None]] = set()
        self._adopted: set[str] = set()
        self._failed: dict[str, datetime] = {}
        self._chores_at: datetime | None = None
        self._delivery: asyncio.Task[None] | None = None
        self._stirred = asyncio.Event()
        self._asked: int | None = None

    async def serve(self) -> int:
        """Start what is due, until SIGINT or SIGTERM; the exit code. Raises `HeedError`."""
        lock = take(scheduler_lock(self._plan))
        if lock is None:
            raise StorageError(
                f"Another scheduler runs the jobs of {str(self._plan.folder)!r}: "
                "end that one first, or give this one another [output] ledger."
            )
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop, number)
        names = [job.name for job in self._plan.jobs]
        listen = self._plan.configuration.document.metrics.listen
        metrics = serve_metrics(listen, self._look_for_metrics) if listen else None
        tell("schedule_started", config=str(self._plan.configuration.file), jobs=names)
        try:
            since = known_since(self._engine, names, now())
            while self._asked is None:
                lock.beat()
                await self._look_again(since)
            return await self._drain()
        finally:
            if metrics is not None:
                metrics.shutdown()
                metrics.server_close()
            self._engine.dispose()
            lock.release()

    def _stop(self, number: int) -> None:
        self._asked = number
        self._stirred.set()

    def _look_for_metrics(self) -> Seen:
        return look_for_metrics(self._plan, self._engine, now())

    async def _look_again(self, since: Mapping[str, datetime]) -> None:
        try:
            await self._look(since)
        except StorageError as error:
            # A ledger that is away for a while must not end what runs for months.
            logger.error("%s", error)
        self._stirred.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stirred.wait(), self._pause())

    async def _look(self, since: Mapping[str, datetime]) -> None:
        at = now()
        runs = read_runs(self._engine, since=at - LOOKED_BACK)
        for job in self._plan.jobs:
            if job.name in self._own or not self._may_start(job, at):
                continue
            occurrence = due_now(job, runs, since.get(job.name, at), at)
            if occurrence is not None and not self._is_adopted(job, runs):
                await self._start(job, occurrence)
        # Not beyond the next time either: the clock may have been set back.
        if self._chores_at is None or not at < self._chores_at <= at + CHORES_EVERY:
            self._chores_at = at + CHORES_EVERY
            self._do_chores(at)

    def _may_start(self, job: Job, at: datetime) -> bool:
        """Not at once after it could not start, nor while another job asks the same sites."""
        failed = self._failed.get(job.name)
        if failed is not None and failed <= at < failed + RETRY_AFTER:
            return False
        rivals = self._plan.rivals(job)
        return not any(one.name in self._own or is_held(one.lock) for one in rivals)

    def _is_adopted(self, job: Job, runs: list[ScheduledRun]) -> bool:
        """Whether a process that is not ours runs the job: it is waited for."""
        if not is_held(job.lock):
            self._adopted.discard(job.name)
            return False
        if job.name not in self._adopted:
            self._adopted.add(job.name)
            last = last_run(runs, job.name)
            tell("run_adopted", job=job.name, run=last.run if last else "")
        return True

    async def _start(self, job: Job, occurrence: Occurrence) -> None:
        words = ["schedule", "--config", str(self._plan.configuration.file.absolute())]
        words += ["--run", job.name, "--due", occurrence.due.isoformat()]
        self._own[job.name] = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "crawler.cli",
            *words,
            env={**os.environ, "HEED_LOG_FORMAT": self._form.value},
            start_new_session=True,
        )
        waiting = asyncio.create_task(self._wait(job, occurrence, process))
        self._waits.add(waiting)
        waiting.add_done_callback(self._waits.discard)

    async def _wait(
        self, job: Job, occurrence: Occurrence, process: asyncio.subprocess.Process
    ) -> None:
        """Until it ended; a run that left no record could not start, and is tried again later."""
        await process.wait()
        del self._own[job.name]
        self._failed[job.name] = now()
        with suppress(StorageError):
            if any(run.due == occurrence.due for run in read_runs(self._engine, job.name)):
                del self._failed[job.name]
        self._stirred.set()

    def _pause(self) -> float:
        """Seconds until something has to be looked at."""
        at = now()
        starts = [job.timetable.next(at) for job in self._plan.jobs]
        waits = [(one.starts - at).total_seconds() for one in starts if one is not None]
        longest = ADOPTED_SLEEP if self._adopted else LONGEST_SLEEP
        return max(0.05, min([longest, *waits]))

    def _do_chores(self, at: datetime) -> None:
        notice_disk(self._plan, self._engine, at)
        write_digest(self._plan, self._engine, at)
        # Beside the rest: a webhook that hangs must not keep a job, or the end, waiting.
        if self._delivery is None or self._delivery.done():
            self._delivery = asyncio.create_task(self._deliver(at))

    async def _deliver(self, at: datetime) -> None:
        try:
            await deliver(self._engine, self._plan.folder, at)
        except StorageError as error:
            logger.error("%s", error)

    async def _drain(self) -> int:
        """Ask every run to end, and wait until each has."""
        asked = []
        for job in self._plan.jobs:
            held = holders(job.lock)
            pid = held.get("runner") or held.get("job")
            if (own := self._own.get(job.name)) is not None:
                pid = own.pid
            if pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
                asked.append(job.name)
        number = self._asked or signal.SIGTERM
        tell("schedule_stopped", signal=signal.Signals(number).name, runs=asked)
        # No event tells that another process let go of a lock.
        while self._own or any(is_held(job.lock) for job in self._plan.jobs):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        return SIGNALLED + number
