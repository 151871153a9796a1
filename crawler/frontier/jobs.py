"""Jobs and their files: where a job's frontier lies, and how it is opened."""

from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from crawler.config import Options
from crawler.errors import ConfigurationError
from crawler.frontier.intake import OnLeftOut
from crawler.frontier.protocol import Frontier
from crawler.frontier.queue_file import forget
from crawler.frontier.sqlite import SqliteFrontier
from crawler.runtime import Runtime

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


async def open_frontier(runtime: Runtime, on_left_out: OnLeftOut) -> Frontier:
    """The frontier of the runtime's job; raises `ConfigurationError` or `StorageError`."""
    options = runtime.options
    if "://" in options.frontier:
        raise ConfigurationError(
            f"--frontier {options.frontier!r} names no frontier that this Heed has: "
            "give the path of a file, or leave it out."
        )
    path, now = job_path(options, runtime.job), runtime.clock.now()
    if options.fresh:
        forget(path)
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
