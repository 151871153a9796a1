"""How everything scheduled stands: jobs, hosts that rest, refusals, throughput, disk."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine

from crawler.config import PREFIX, read_options
from crawler.frontier.jobs import find_jobs, job_folder
from crawler.frontier.line import resting
from crawler.frontier.queue_file import reading
from crawler.ledger.alerts import read_outgoing
from crawler.ledger.scheduled_runs import ScheduledRun, read_runs
from crawler.metrics.exposition import Seen
from crawler.schedule.alerting import disk_of
from crawler.schedule.jobs import Plan
from crawler.schedule.running import last_run
from crawler.stores.locks import is_held

RECENT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class JobStanding:
    """One job: whether it runs, what its last run came to, when it is due next."""

    name: str
    kind: str
    running: bool
    next_start: datetime | None
    last: ScheduledRun | None


@dataclass(frozen=True, slots=True)
class Resting:
    """A host that is left alone until then, and why; times are epoch seconds."""

    job: str
    host: str
    until: float
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The whole picture at one moment."""

    jobs: tuple[JobStanding, ...]
    resting: tuple[Resting, ...]
    refused: Counter[str]
    """Pages by signal, in the runs of the last week."""
    pages: int
    seconds: float
    """What those runs fetched, and how long they took together."""
    disk_free: int
    disk_total: int
    alerts_waiting: int


def look(plan: Plan, engine: Engine, at: datetime) -> Standing:
    """How `plan` stands at `at`; raises `StorageError`."""
    runs = read_runs(engine)
    ended = [run for run in runs if run.seconds is not None and run.started_at >= at - RECENT]
    refused: Counter[str] = Counter()
    for run in ended:
        refused.update(run.refused)
    free, total = disk_of(plan.folder)
    return Standing(
        jobs=tuple(_job_standings(plan, runs, at)),
        resting=tuple(find_resting(plan, at)),
        refused=refused,
        pages=sum(run.counts.get("pages_fetched", 0) for run in ended),
        seconds=sum(run.seconds or 0.0 for run in ended),
        disk_free=free,
        disk_total=total,
        alerts_waiting=len(read_outgoing(engine)),
    )


def _job_standings(plan: Plan, runs: Sequence[ScheduledRun], at: datetime) -> Sequence[JobStanding]:
    found = []
    for job in plan.jobs:
        following = job.timetable.next(at)
        found.append(
            JobStanding(
                job.name,
                job.kind,
                is_held(job.lock),
                following.starts if following else None,
                last_run(list(runs), job.name),
            )
        )
    return found


def find_resting(plan: Plan, at: datetime) -> Sequence[Resting]:
    """Hosts with URLs waiting that no crawl may ask before a later time, and why."""
    options = read_options(
        {PREFIX + "LEDGER": plan.ledger, PREFIX + "OUT": str(plan.folder.parent)}
    )
    found = []
    for name, path in find_jobs(job_folder(options)).items():
        with reading(path) as frontier:
            if not frontier.execute("SELECT 1 FROM sqlite_schema WHERE name = 'host'").fetchone():
                continue
            found += [Resting(name, *row) for row in resting(frontier, at.timestamp())]
    return found


def look_for_metrics(plan: Plan, engine: Engine, at: datetime) -> Seen:
    """What `plan`'s metrics count; raises `StorageError`."""
    standing = look(plan, engine, at)
    return Seen(
        runs=read_runs(engine),
        running=frozenset(job.name for job in standing.jobs if job.running),
        next_starts={job.name: job.next_start for job in standing.jobs},
        hosts_parked=len({one.host for one in standing.resting}),
        disk_free=standing.disk_free,
        alerts_waiting=standing.alerts_waiting,
    )
