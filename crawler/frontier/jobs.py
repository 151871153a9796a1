"""Jobs and their files: where a job's frontier lies, and how it is opened."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from crawler.config import Options
from crawler.errors import StorageError
from crawler.frontier.intake import OnLeftOut
from crawler.frontier.line import next_due
from crawler.frontier.protocol import Frontier
from crawler.frontier.queue_file import forget, is_locked, reading, size
from crawler.frontier.sqlite import SqliteFrontier
from crawler.frontier.urlfrontier.opening import open_distributed

if TYPE_CHECKING:  # whoever lists jobs needs nothing of Scrapy
    from crawler.runtime import Runtime

logger = logging.getLogger(__name__)

_PREFIX: Final = "frontier-"
_SUFFIX: Final = ".db"


def job_path(options: Options, job: str) -> Path:
    """The file of `job`'s frontier: as `--frontier` says, else beside the ledger."""
    if options.frontier:
        return Path(options.frontier)
    return job_folder(options) / f"{_PREFIX}{quote(job, safe='')}{_SUFFIX}"


def job_folder(options: Options) -> Path:
    """Where the frontiers of jobs lie: the ledger's folder, or that of the output."""
    if options.ledger and "://" not in options.ledger:
        return Path(options.ledger).parent
    return options.folder


def find_jobs(folder: Path) -> dict[str, Path]:
    """The jobs that have a frontier in `folder`, by name."""
    return {
        unquote(path.name.removeprefix(_PREFIX).removesuffix(_SUFFIX)): path
        for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}"))
    }


@dataclass(frozen=True, slots=True)
class Job:
    """How a job stands, running or not. Times are epoch seconds, None for never."""

    name: str
    path: Path
    running: bool
    queued: int
    in_flight: int
    """Handed out; where the job does not run, offered again by its next run."""
    done: Mapping[str, int]
    hosts: int
    last_run: float | None
    next_due: float | None
    size: int
    """Bytes that its frontier takes."""


def read_jobs(options: Options, now: float) -> list[Job]:
    """Every job whose frontier lies where `options` say; raises `StorageError`."""
    return [_read_job(name, path, now) for name, path in find_jobs(job_folder(options)).items()]


def _read_job(name: str, path: Path, now: float) -> Job:
    running = is_locked(path)
    with reading(path) as db:
        begun = db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'mark'").fetchone()
        tally: dict[str, int] = dict(db.execute("SELECT name, number FROM tally")) if begun else {}
        last = db.execute("SELECT value FROM mark WHERE name = 'now'").fetchone() if begun else None
        due = next_due(db, now) if begun else None
    return Job(
        name=name,
        path=path,
        running=running,
        queued=tally.get("queued", 0),
        in_flight=tally.get("in_flight", 0),
        done={
            key.removeprefix("done/"): number
            for key, number in sorted(tally.items())
            if key.startswith("done/") and number
        },
        hosts=tally.get("hosts", 0),
        last_run=last[0] if last and last[0] else None,
        next_due=due,
        size=size(path),
    )


async def open_frontier(runtime: "Runtime", on_left_out: OnLeftOut) -> Frontier:
    """The frontier of the runtime's job; raises `ConfigurationError` or `StorageError`."""
    options = runtime.options
    if options.is_fleet:
        return await open_distributed(runtime, on_left_out)
    try:
        return await _open_file(runtime, on_left_out)
    except OSError as error:
        path, why = job_path(options, runtime.job), error.strerror or error
        raise StorageError(
            f"The frontier {str(path)!r} cannot be opened: {why}; name another with --frontier."
        ) from None


async def _open_file(runtime: "Runtime", on_left_out: OnLeftOut) -> Frontier:
    options, now = runtime.options, runtime.clock.now()
    path = job_path(options, runtime.job)
    if options.fresh:
        forget(path)
    elif not path.exists() and runtime.ledger.knows_job(runtime.job):
        logger.warning(
            "The frontier of job %s is gone from %s: it begins anew with its seeds, and pages that "
            "it has kept get no second row unless they have changed.",
            runtime.job,
            path,
        )
    frontier = await SqliteFrontier.open(
        path,
        now=now,
        rest=options.delay,
        host_budget=options.host_budget,
        on_left_out=on_left_out,
    )
    if options.recrawl:
        await frontier.make_due(now)
    return frontier
