"""A service and a timer for each job: hardened, and made up for when the machine was off."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from crawler.schedule.exports.lines import Line, read_line
from crawler.schedule.jobs import Job, Plan

WEEKDAYS: Final = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
SERVICE: Final = """\
[Unit]
Description=Heed {kind} {name}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={user}
ExecStart={heed} schedule --config {config} --run {name} --log-format json
# Only the runner is told to stop; it passes that on, and waits for records in flight.
KillMode=mixed
TimeoutStopSec=180
# 1 is a finding, 143 an orderly stop.
SuccessExitStatus=1 143
Nice=10
UMask=0027
ProtectSystem=strict
ReadWritePaths={writable}
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
"""
TIMER: Final = """\
[Unit]
Description=When Heed's {kind} {name} is due

[Timer]
{calendar}
RandomizedDelaySec={jitter:g}
AccuracySec=1s
# What was missed while the machine was off is made up for once.
Persistent=yes

[Install]
WantedBy=timers.target
"""


def make_units(plan: Plan, heed: Path, user: str) -> Iterator[tuple[str, str]]:
    """File names and texts of every job's units; raises `ConfigurationError`."""
    folders = sorted({str(plan.folder.parent), *_outputs(plan)})
    for folder in folders:
        # A unit cannot be confined to a folder that is not there.
        Path(folder).mkdir(parents=True, exist_ok=True)
    for job in plan.jobs:
        service = SERVICE.format(
            kind=job.kind,
            name=job.name,
            user=user,
            heed=_escaped(str(heed)),
            config=_escaped(str(plan.configuration.file.absolute())),
            writable=" ".join(map(_escaped, folders)),
        )
        calendar = "\n".join(f"OnCalendar={one}" for one in calendars(job))
        timer = TIMER.format(
            kind=job.kind, name=job.name, calendar=calendar, jitter=job.timetable.jitter
        )
        yield f"heed-{job.name}.service", service
        yield f"heed-{job.name}.timer", timer


def _outputs(plan: Plan) -> Iterator[str]:
    """Folders that jobs write to."""
    document = plan.configuration.document
    paths = [document.output.path, *(crawl.path for crawl in document.crawl)]
    paths += [audit.report for audit in document.audit]
    for path in paths:
        placed = plan.configuration.place(path)
        if placed and "://" not in placed:
            yield placed


def calendars(job: Job) -> Iterator[str]:
    """The cron line of `job` as systemd writes times; two where either of two days will do."""
    line = read_line(job, "systemd", seconds=True)
    days, weekdays = _numbers(line.days, 31), _weekdays(line)
    if line.days_and_weekdays:
        yield _calendar(line, weekdays, days, job.timetable.zone)
        return
    yield _calendar(line, "", days, job.timetable.zone)
    yield _calendar(line, weekdays, "*", job.timetable.zone)


def _calendar(line: Line, weekdays: str, days: str, zone: str) -> str:
    date = f"*-{_numbers(line.months, 12)}-{days}"
    clock = ":".join(
        (_numbers(line.hours, 24), _numbers(line.minutes, 60), _numbers(line.seconds, 60))
    )
    return f"{weekdays} {date} {clock} {zone}".strip()


def _numbers(numbers: tuple[int, ...], all_of_them: int) -> str:
    if len(numbers) == all_of_them:
        return "*"
    return ",".join(f"{number:02d}" for number in numbers)


def _weekdays(line: Line) -> str:
    if len(line.weekdays) == len(WEEKDAYS):
        return ""
    return ",".join(WEEKDAYS[number] for number in line.weekdays)


def _escaped(path: str) -> str:
    """A path as one word of a unit file, its specifiers and spaces taken literally."""
    plain = path.replace("\\", "\\\\").replace("%", "%%").replace('"', '\\"')
    return f'"{plain}"' if " " in plain else plain
