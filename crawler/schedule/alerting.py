"""Whom to tell of what: the conditions of `[[alert]]`, each raised once an occurrence."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from crawler.clock import iso_milliseconds
from crawler.ledger.alerts import Alert, end_alerts, is_told, raise_alert
from crawler.ledger.scheduled_runs import ScheduledRun, read_runs
from crawler.metrics.logs import tell
from crawler.schedule.jobs import Plan
from crawler.schedule.refusals import find_new_refusals

SOUND: Final = frozenset({0, 1, 130, 143})
"""Exit codes of a run that did its work, or was asked to stop."""

RUNS_COMPARED: Final = 5
JUMP_FACTOR: Final = 2
JUMP_LEAST: Final = 20
"""Refusals jump where a run has so many more than the mean of those before, and twice it."""

LOW_SHARE: Final = 0.05
LOW_BYTES: Final = 2_000_000_000
"""A disk is low where less than this share is free, and less than so many bytes."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell of; `site` stands for whatever it is about."""

    kind: str
    subject: str
    occurrence: str
    text: str
    lines: tuple[str, ...] = ()


def notice_run(plan: Plan, engine: Engine, run: ScheduledRun, at: datetime) -> None:
    """Raise what the end of `run` gives reason to, for those who asked; raises `StorageError`."""
    wanted = {alert.on for alert in plan.configuration.document.alert}
    if "site_newly_refuses" in wanted:
        token = plan.configuration.document.identity.product_token
        for new in find_new_refusals(engine, run.started_at, token):
            notice = Notice("site_newly_refuses", new.site, new.occurrence, new.text, new.lines)
            _raise(plan, engine, notice, at)
    for notice in (*failures_of(run), *jumps_of(run, read_runs(engine, run.job))):
        if notice.kind in wanted:
            _raise(plan, engine, notice, at)


def failures_of(run: ScheduledRun) -> Iterator[Notice]:
    """Whether `run` failed: by its exit code, or because it was killed."""
    if run.exit in SOUND or (run.exit is None and run.reason != "killed"):
        return
    code = "its end was not seen" if run.exit is None else f"exit code {run.exit}"
    log = run.facts.get("log", "")
    text = f"job {run.job} failed ({run.reason}, {code}): see {log}"
    yield Notice("job_failed", run.job, run.run, text)


def jumps_of(run: ScheduledRun, runs: Sequence[ScheduledRun]) -> Iterator[Notice]:
    """Whether `run` had far more refusals than the job's last runs that did their work."""
    before = [one for one in runs if one.started_at < run.started_at and one.exit in SOUND]
    counted = [sum(one.refused.values()) for one in before[-RUNS_COMPARED:]]
    if not counted:
        return
    refused, mean = sum(run.refused.values()), sum(counted) / len(counted)
    if refused >= mean + JUMP_LEAST and refused >= JUMP_FACTOR * mean:
        text = f"job {run.job} had {refused} pages refused; its last runs had {mean:.0f} each"
        yield Notice("refusals_jumped", run.job, run.run, text)


def notice_disk(plan: Plan, engine: Engine, at: datetime) -> None:
    """Raise that the disk is low, once until it is not; raises `StorageError`."""
    if not any(alert.on == "disk_low" for alert in plan.configuration.document.alert):
        return
    free, total = disk_of(plan.folder)
    if not is_low(free, total):
        end_alerts(engine, "disk_low", str(plan.folder))
    elif not is_told(engine, "disk_low", str(plan.folder)):
        text = f"the disk of {plan.folder} has {free / 1e9:.1f} GB of {total / 1e9:.1f} GB left"
        notice = Notice("disk_low", str(plan.folder), at.isoformat(), text)
        _raise(plan, engine, notice, at)


def is_low(free: int, total: int) -> bool:
    """Whether so many free bytes of a disk are too few."""
    return free < LOW_BYTES and free < LOW_SHARE * total


def disk_of(folder: Path) -> tuple[int, int]:
    """Free and all bytes of the disk that `folder` is, or will be, on."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total


def _raise(plan: Plan, engine: Engine, notice: Notice, at: datetime) -> None:
    for asked in plan.configuration.document.alert:
        if asked.on != notice.kind:
            continue
        message: dict[str, Any] = {
            "on": notice.kind,
            "site" if notice.kind == "site_newly_refuses" else "subject": notice.subject,
            "at": iso_milliseconds(at),
            "text": f"Heed: {notice.text}",
            "lines": list(notice.lines),
        }
        alert = Alert(notice.kind, notice.subject, notice.occurrence, asked.webhook, at, message)
        if raise_alert(engine, alert):
            tell("alert_raised", on=notice.kind, site=notice.subject, text=notice.text)
