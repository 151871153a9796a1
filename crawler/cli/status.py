"""`heed status`: what runs, what rests and why, who refuses, how fast it goes, how much room."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.clock import SystemClock, iso_milliseconds, moment
from crawler.config.file import FILE, read_file
from crawler.errors import ConfigurationError
from crawler.frontier.urlfrontier.place import SCHEME

if TYPE_CHECKING:
    from crawler.schedule.standing import JobStanding, Standing

GIGABYTE = 1_000_000_000


def status(
    config: Annotated[Path, typer.Option(help="What is scheduled.")] = Path(FILE),
    digest: Annotated[
        str | None, typer.Option(metavar="DATE", help="Print that day's digest (Markdown).")
    ] = None,
    alive: Annotated[
        bool, typer.Option("--alive", help="Exit 1 unless a scheduler lives (health checks).")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell how the jobs of heed.toml stand: runs, hosts that rest, refusals, throughput, disk."""
    from crawler.ledger.opening import open_engine
    from crawler.schedule.digest import make_digest
    from crawler.schedule.jobs import make_plan
    from crawler.schedule.standing import look

    plan = make_plan(read_file(config))
    if alive:
        from crawler.schedule.serving import is_alive

        lives = is_alive(plan, moment(SystemClock().now()))
        print(f"A scheduler of {config} {'lives' if lives else 'does not live'}.")
        raise typer.Exit(0 if lives else 1)
    day = _day(digest) if digest is not None else None
    engine = open_engine(plan.ledger)
    if day is not None:
        print(make_digest(plan, engine, day), end="")
        return
    standing = look(plan, engine, moment(SystemClock().now()))
    print(json.dumps(_as_json(standing), ensure_ascii=False) if as_json else _in_words(standing))
    frontier = plan.configuration.document.output.frontier
    if frontier.startswith(SCHEME) and not as_json:
        print(f"of a fleet: these are this machine's runs; heed jobs --frontier {frontier} has all")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(
            f"--digest {text!r} is no date: write it like 2026-01-31."
        ) from None


def _as_json(standing: "Standing") -> dict[str, object]:
    return {
        "jobs": [_job_as_json(job) for job in standing.jobs],
        "resting": [
            {
                "job": one.job,
                "host": one.host,
                "until": iso_milliseconds(moment(one.until)),
                "reason": one.reason,
            }
            for one in standing.resting
        ],
        "refused": dict(standing.refused),
        "pages": standing.pages,
        "seconds": round(standing.seconds, 3),
        "disk_free": standing.disk_free,
        "disk_total": standing.disk_total,
        "alerts_waiting": standing.alerts_waiting,
    }


def _job_as_json(job: "JobStanding") -> dict[str, object]:
    last = job.last
    return {
        "job": job.name,
        "kind": job.kind,
        "running": job.running,
        "next_start": iso_milliseconds(job.next_start) if job.next_start else "",
        "last_start": iso_milliseconds(last.started_at) if last else "",
        "last_end": iso_milliseconds(last.ended_at) if last and last.ended_at else "",
        "exit": last.exit if last else None,
        "reason": last.reason if last else "",
        "counts": dict(last.counts) if last else {},
        "log": last.facts.get("log", "") if last else "",
    }


def _in_words(standing: "Standing") -> str:
    lines = [_job_in_words(job) for job in standing.jobs]
    for one in standing.resting:
        until = f"{moment(one.until):%Y-%m-%d %H:%M}Z"
        lines.append(f"resting: {one.host} until {until}: {one.reason} (job {one.job})")
    if standing.refused:
        listed = ", ".join(f"{name} {number}" for name, number in standing.refused.most_common())
        lines.append(f"refused in the last week: {listed}")
    if standing.seconds:
        rate = standing.pages / standing.seconds
        lines.append(f"throughput of the last week's runs: {standing.pages} pages, {rate:.2f}/s")
    free, total = standing.disk_free / GIGABYTE, standing.disk_total / GIGABYTE
    lines.append(f"disk: {free:.1f} GB of {total:.1f} GB free")
    if standing.alerts_waiting:
        lines.append(f"alerts not delivered yet: {standing.alerts_waiting}")
    return "\n".join(lines)


def _job_in_words(job: "JobStanding") -> str:
    state = "running" if job.running else "at rest"
    next_start = f"{job.next_start:%Y-%m-%d %H:%M:%S}Z" if job.next_start else "never"
    last = job.last
    if last is None:
        return f"{job.name} ({job.kind}, {state}): never run; next {next_start}"
    counts = ", ".join(
        f"{value} {key.replace('_', ' ')}"
        for key, value in last.counts.items()
        if key in ("pages_fetched", "pages_kept", "rows_written", "audited")
    )
    ended = last.reason or ("under way" if job.running else "end not seen")
    return (
        f"{job.name} ({job.kind}, {state}): last {last.started_at:%Y-%m-%d %H:%M:%S}Z {ended}"
        f"{f', {counts}' if counts else ''}; next {next_start}"
    )
