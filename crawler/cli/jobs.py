"""`heed jobs`: the crawls that can go on, and how each of them stands."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.clock import SystemClock, iso_milliseconds, moment
from crawler.config import DEFAULT_FOLDER, PREFIX, read_options

if TYPE_CHECKING:
    from crawler.frontier.jobs import Job

MEGABYTE = 1_000_000
FLEETS = "Jobs of a fleet are told by their frontier: heed jobs --frontier urlfrontier://host:port"


def jobs(
    out: Annotated[str, typer.Option(help="Folder that the jobs write to.")] = DEFAULT_FOLDER,
    ledger: Annotated[str, typer.Option(help="Their ledger, where it is not in OUT.")] = "",
    frontier: Annotated[
        str, typer.Option(help="urlfrontier://host:port,…: the jobs of that fleet instead.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a job.")] = False,
) -> None:
    """List the jobs of a folder: counts by state, last run, next due, size; running ones too.

    A job whose frontier is a URLFrontier is in no folder: --frontier asks that service.
    """
    if frontier:
        _tell_fleet(frontier, as_json=as_json)
        return
    from crawler.frontier.jobs import read_jobs

    options = read_options({PREFIX + "OUT": out, PREFIX + "LEDGER": ledger})
    found = read_jobs(options, SystemClock().now())
    for job in found:
        print(json.dumps(_as_json(job), ensure_ascii=False) if as_json else _in_words(job))
    if not found and not as_json:
        print(f"No job has its frontier below {out}. {FLEETS}")


def _tell_fleet(frontier: str, *, as_json: bool) -> None:
    from crawler.frontier.urlfrontier.opening import read_distributed

    found = asyncio.run(read_distributed(frontier))
    for one in found:
        if as_json:
            told = {"job": one.name, "queued": one.queued, "in_flight": one.in_flight}
            more = {"done": {"done": one.done}, "hosts": one.queues, "frontier": frontier}
            print(json.dumps(told | more, ensure_ascii=False))
        else:
            print(
                f"{one.name} (of a fleet): {one.queued} queued, {one.in_flight} in flight, "
                f"{one.done} done, {one.queues} domain{'s' if one.queues != 1 else ''}"
            )
    if not found and not as_json:
        print(f"{frontier} has no job.")


def _as_json(job: "Job") -> dict[str, object]:
    return {
        "job": job.name,
        "running": job.running,
        "queued": job.queued,
        "in_flight": job.in_flight,
        "done": dict(job.done),
        "hosts": job.hosts,
        "last_run": _time(job.last_run),
        "next_due": _time(job.next_due),
        "bytes": job.size,
        "frontier": str(job.path),
    }


def _in_words(job: "Job") -> str:
    """Two lines: how much is in which state; when it ran, when it wants to, how big it is."""
    counts = [(job.queued, "queued"), (job.in_flight, "in flight")]
    counts += [(number, ending.replace("_", " ")) for ending, number in job.done.items()]
    listed = ", ".join(f"{number} {state}" for number, state in counts)
    hosts = f"{job.hosts} host{'s' if job.hosts != 1 else ''}"
    return (
        f"{job.name} ({'running' if job.running else 'at rest'}): {listed}\n"
        f"    last run {_minute(job.last_run)}, next due {_minute(job.next_due)}, "
        f"{hosts}, {job.size / MEGABYTE:.1f} MB"
    )


def _time(epoch: float | None) -> str:
    return "" if epoch is None else iso_milliseconds(moment(epoch))


def _minute(epoch: float | None) -> str:
    return "never" if epoch is None else f"{moment(epoch):%Y-%m-%d %H:%M}Z"
