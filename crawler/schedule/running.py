"""One run of one job: its lock, its process, its record, and what is to be told of it.

This process only waits: the crawl or audit runs in a session of its own, holds the lock with it,
and writes to files. So nothing is lost when one of the two is killed: what goes on goes on under
the lock, and the next run writes the end that nobody could.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any, Final

from crawler.clock import SystemClock, moment
from crawler.errors import StorageError
from crawler.ledger.scheduled_runs import (
    PREFIX,
    ScheduledRun,
    believe,
    name_run,
    read_run,
    read_runs,
)
from crawler.ledger.store import SqlLedger
from crawler.metrics.logs import LogFormat, tell
from crawler.schedule.alerting import notice_run
from crawler.schedule.jobs import Job, Plan
from crawler.schedule.lock import JobLock, take
from crawler.schedule.webhooks import deliver
from crawler.stores.locks import is_held

KILLED: Final = "killed"
TOLD: Final = "told"
REASONS: Final = {0: "done", 1: "finding", 2: "configuration", 130: "stopped", 143: "stopped"}
SIGNALLED: Final = 128
LOOK_AGAIN: Final = 0.5
"""Seconds between looks at the locks of other jobs."""

PAUSE: Final = Event()

LOGS_KEPT: Final = 100
"""Of each job: the newest ones."""


@dataclass
class Stopping:
    """Passes the signals that ask this process to end on to the one it waits for."""

    process: "subprocess.Popen[bytes] | None" = None
    asked: list[int] = field(default_factory=list)

    @property
    def exit_code(self) -> int | None:
        """What a process that was asked to end ends with."""
        return SIGNALLED + self.asked[0] if self.asked else None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen while the block runs."""
        kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        for number in kept:
            signal.signal(number, self._pass_on)
        try:
            yield
        finally:
            for number, before in kept.items():
                signal.signal(number, before)

    def _pass_on(self, number: int, _: FrameType | None) -> None:
        self.asked.append(number)
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Run:
    """A run under way: its name in the ledger, and the files that it writes to."""

    name: str
    job: Job
    started_at: datetime
    due: datetime | None
    home: Path
    """The folder of heed.toml: where a path starts that nothing else is said of."""

    @property
    def log(self) -> Path:
        """What it says to people and machines while it runs."""
        return self._file("log")

    @property
    def answer(self) -> Path:
        """What it prints: one JSON object in the end."""
        return self._file("json")

    def _file(self, suffix: str) -> Path:
        stamp = f"{self.started_at:%Y%m%dT%H%M%S.%f}"
        return self.job.logs / f"{stamp}.{suffix}"


def now() -> datetime:
    """The wall's time: a scheduler lives for months, in which clocks are corrected."""
    return moment(SystemClock().now())


def run_job(plan: Plan, job: Job, due: datetime | None, form: LogFormat) -> int | None:
    """Run `job` to its end; None where it is under way already, or was run for `due`.

    Returns its exit code, 130 or 143 where this process was asked to end. Raises `StorageError`.
    """
    lock = _take_turn(plan, job)
    if lock is None:
        tell("run_skipped", job=job.name, reason="it is under way")
        return None
    ledger = SqlLedger(plan.ledger)
    try:
        _close_dead_runs(plan, ledger, job)
        if due is not None and _was_run(ledger, job, due):
            tell("run_skipped", job=job.name, reason=f"it was run for {due.isoformat()}")
            return None
        code = _record(plan, ledger, lock, job, due, form)
        asyncio.run(deliver(ledger.engine, plan.folder, now()))
        return code
    finally:
        ledger.close()
        lock.release()


def _take_turn(plan: Plan, job: Job) -> JobLock | None:
    """The job's lock, once no other job asks the same sites; None where the job runs already.

    Of two that wait for one another the one that stands first in the file keeps its lock.
    """
    rivals = plan.rivals(job)
    earlier = rivals[: sum(plan.jobs.index(rival) < plan.jobs.index(job) for rival in rivals)]
    told = False
    while True:
        lock = take(job.lock)
        if lock is None or not (busy := [one.name for one in rivals if is_held(one.lock)]):
            return lock
        if not told:
            tell("run_waits", job=job.name, reason=f"{', '.join(busy)} asks the same sites")
            told = True
        if any(one.name in busy for one in earlier):
            lock.release()
            PAUSE.wait(LOOK_AGAIN)
            continue
        while any(is_held(one.lock) for one in rivals):
            PAUSE.wait(LOOK_AGAIN)
        return lock


def _was_run(ledger: SqlLedger, job: Job, due: datetime) -> bool:
    dues = (run.due for run in believe(read_runs(ledger.engine, job.name), now()))
    return any(done is not None and done >= due for done in dues)


def _close_dead_runs(plan: Plan, ledger: SqlLedger, job: Job) -> None:
    """Who holds the lock knows that no run of the job lives: do what its dead ones could not."""
    for run in read_runs(ledger.engine, job.name):
        if run.ended_at is None:
            counts = read_counts(Path(run.facts.get("answer", "")))
            reason = REASONS[0] if counts else KILLED
            tell("run_found_dead", job=job.name, run=run.run)
            _end(plan, ledger, run.run, reason, {"counts": counts, "end": "not seen"})
        elif not run.facts.get(TOLD):
            _tell_of(plan, ledger, run)


def _record(
    plan: Plan, ledger: SqlLedger, lock: JobLock, job: Job, due: datetime | None, form: LogFormat
) -> int:
    started = now()
    run = Run(name_run(job.name, due or started), job, started, due, plan.configuration.folder)
    facts: dict[str, object] = {
        "kind": job.kind,
        "due": due.isoformat() if due else None,
        "command": ["heed", *job.commands[0]],
        "log": str(run.log),
        "answer": str(run.answer),
    }
    ledger.start_run(run.name, f"{PREFIX}{job.name}", started, facts)
    ledger.commit()
    shown = {key: facts[key] for key in ("kind", "due", "command", "log")}
    tell("run_started", job=job.name, run=run.name, **shown)
    stopping = Stopping()
    with stopping.listening():
        code = _run_commands(run, lock, stopping, form)
        reason = REASONS.get(code, KILLED if code > SIGNALLED else "failed")
        counts = read_counts(run.answer)
        ended = _end(plan, ledger, run.name, reason, {"exit": code, "counts": counts})
    seconds = round(ended.seconds or 0.0, 3)
    tell("run_ended", job=job.name, run=run.name, exit=code, reason=reason, seconds=seconds)
    _prune(job.logs)
    return stopping.exit_code or code


def _end(
    plan: Plan, ledger: SqlLedger, name: str, reason: str, facts: Mapping[str, object]
) -> ScheduledRun:
    """Write a run's end, and tell of it."""
    at = now()
    ledger.end_run(name, at, reason, facts)
    ledger.commit()
    ended = read_run(ledger.engine, name)
    _tell_of(plan, ledger, ended)
    return ended


def _tell_of(plan: Plan, ledger: SqlLedger, run: ScheduledRun) -> None:
    """Raise what an ended run gives reason to, and note that this was done: a kill may undo it."""
    ended_at = run.ended_at or now()
    notice_run(plan, ledger.engine, run, ended_at)
    ledger.end_run(run.run, ended_at, run.reason, {TOLD: True})
    ledger.commit()


def _run_commands(run: Run, lock: JobLock, stopping: Stopping, form: LogFormat) -> int:
    """Each command in turn, while the one before ended well; the exit code of the last one."""
    code = 0
    for number, words in enumerate(run.job.commands):
        if code > 1 or stopping.asked:
            break
        # What is printed after the first command is for people.
        with _opened(run.log) as log, _opened(run.answer) as answer:
            process = subprocess.Popen(  # noqa: S603 (our own command)
                [sys.executable, "-m", "crawler.cli", *words],
                stdin=subprocess.DEVNULL,
                stdout=log if number else answer,
                stderr=log,
                cwd=run.home,
                env={**os.environ, "HEED_LOG_FORMAT": form.value},
                start_new_session=True,
                pass_fds=(lock.fileno,),
            )
        stopping.process = process
        lock.note(runner=os.getpid(), job=process.pid)
        if stopping.asked:
            process.send_signal(signal.SIGTERM)
        ended = process.wait()
        code = SIGNALLED - ended if ended < 0 else max(code, ended)
    return code


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        why = error.strerror or error
        raise StorageError(
            f"The log {str(path)!r} cannot be written: {why}; make room or see to its permissions."
        ) from error
    with file:
        yield file


def read_counts(answer: Path) -> Mapping[str, Any]:
    """Numbers, and numbers by name, of the last object that a run printed; {} for none."""
    try:
        lines = answer.read_text("utf-8", "replace").strip().split("\n")
        said = json.loads(lines[-1])
    except (OSError, ValueError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {key: value for key, value in said.items() if _counts(value)}


def _counts(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(one, int | float) for one in value.values())
    return isinstance(value, int | float) and not isinstance(value, bool)


def _prune(folder: Path) -> None:
    """Keep the newest logs; names begin with the time."""
    for suffix in ("log", "json"):
        for old in sorted(folder.glob(f"*.{suffix}"))[:-LOGS_KEPT]:
            old.unlink(missing_ok=True)


def last_run(runs: list[ScheduledRun], job: str) -> ScheduledRun | None:
    """The newest of `runs` that is of `job`."""
    return next((run for run in reversed(runs) if run.job == job), None)
