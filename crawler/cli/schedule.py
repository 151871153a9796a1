"""`heed schedule`: the crawls and audits of `heed.toml`, each when it is due."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.selecting import read_date
from crawler.clock import iso_milliseconds
from crawler.config.file import FILE, read_file
from crawler.errors import ConfigurationError, StorageError
from crawler.metrics.logs import LogFormat, configure_logs

if TYPE_CHECKING:
    from crawler.schedule.jobs import Job, Plan


class Export(StrEnum):
    """Who else can start the jobs on time."""

    SYSTEMD = "systemd"
    CRON = "cron"
    K8S = "k8s"


def schedule(
    config: Annotated[Path, typer.Option(help="What to run, and when.")] = Path(FILE),
    once: Annotated[bool, typer.Option("--once", help="Run what is due now, and end.")] = False,
    run: Annotated[
        str | None, typer.Option(metavar="NAME", help="Run this one now; with --once if due.")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the jobs, run none.")] = False,
    export: Annotated[Export | None, typer.Option(help="Write files for another timer.")] = None,
    out: Annotated[Path, typer.Option(help="Where --export writes.")] = Path("exported"),
    image: Annotated[str, typer.Option(help="Image that --export k8s names.")] = "heed:0.1.0",
    log_format: Annotated[
        LogFormat, typer.Option(envvar="HEED_LOG_FORMAT", help="text, or json: a line an event.")
    ] = LogFormat.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="With --list: one object a job.")] = False,
    due: Annotated[str | None, typer.Option(hidden=True, help="Occurrence of --run.")] = None,
) -> None:
    """Run the crawls and audits of heed.toml on their cron lines, until SIGTERM or Ctrl-C."""
    from crawler.schedule.jobs import make_plan

    plan = make_plan(read_file(config))
    if export is not None:
        _write(out, _exported(plan, export, image))
        return
    if listing:
        _list(plan, as_json=as_json)
        return
    configure_logs(log_format, aloud=True)
    jobs = (plan.job(run),) if run else plan.jobs
    if not jobs:
        raise ConfigurationError(f"{config} has no job: give it a [[crawl]] or an [[audit]].")
    if once or run:
        occurrence = read_date(due, "--due")
        raise typer.Exit(_run(plan, jobs, log_format, only_due=once, due=occurrence))
    from crawler.schedule.serving import Scheduler

    raise typer.Exit(asyncio.run(Scheduler(plan, log_format).serve()))


def _run(
    plan: "Plan",
    jobs: "tuple[Job, ...]",
    form: LogFormat,
    *,
    only_due: bool,
    due: datetime | None,
) -> int:
    """Run `jobs` in turn; the first exit code that tells of trouble or of a stop."""
    from crawler.ledger.opening import open_engine
    from crawler.ledger.scheduled_runs import read_runs
    from crawler.schedule.running import now, run_job
    from crawler.schedule.serving import due_now

    worst = 0
    for job in jobs:
        if only_due:
            engine = open_engine(plan.ledger)
            occurrence = due_now(job, read_runs(engine, job.name), None, now())
            engine.dispose()
            if occurrence is None:
                continue
            due = occurrence.due
        code = run_job(plan, job, due, form) or 0
        worst = max(worst, code)
        if code in (130, 143):
            return code
    return worst


def _exported(plan: "Plan", export: Export, image: str) -> Iterator[tuple[str, str]]:
    heed = Path(sys.executable).with_name("heed")
    if export is Export.SYSTEMD:
        from pwd import getpwuid

        from crawler.schedule.exports.systemd import make_units

        return make_units(plan, heed, getpwuid(os.getuid()).pw_name)
    if export is Export.CRON:
        from crawler.schedule.exports.crontab import make_crontab

        return make_crontab(plan, heed, "heed.crontab")
    from crawler.schedule.exports.kubernetes import make_manifests

    return make_manifests(plan, image)


def _write(folder: Path, files: Iterator[tuple[str, str]]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files:
            (folder / name).write_text(text, "utf-8")
            print(f"wrote {folder / name}")
    except OSError as error:
        why = error.strerror or error
        raise StorageError(f"{folder} cannot be written to: {why}; choose --out DIR.") from None


def _list(plan: "Plan", *, as_json: bool) -> None:
    from crawler.schedule.running import now

    for job in plan.jobs:
        following = job.timetable.next(now())
        at = iso_milliseconds(following.starts) if following else ""
        if as_json:
            told = {
                "job": job.name,
                "kind": job.kind,
                "cron": job.timetable.cron,
                "timezone": job.timetable.zone,
                "next_start": at,
                "command": ["heed", *job.commands[0]],
            }
            print(json.dumps(told, ensure_ascii=False))
        else:
            print(f"{job.name} ({job.kind}): {job.timetable.cron} {job.timetable.zone}, next {at}")
