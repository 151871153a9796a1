"""Lines of a crontab that hold on every machine, whatever its zone and its cron.

Only some crons can read a line in a zone of its own. So a line looks every quarter of an hour that
its minutes may fall on in any zone, and the command itself knows, from the ledger, whether its job
is due; that also makes up for what was missed.
"""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from crawler.schedule.exports.lines import read_line
from crawler.schedule.jobs import Plan

QUARTER: Final = 15
"""Minutes: the offsets of all zones from one another are whole numbers of these."""

HEADER: Final = """\
# Heed's jobs from {config}; install with: crontab {file}
# Each line looks whether its job is due in its own time zone, and ends at once where it is not.
# A job that has never run is due at the first look.
"""


def make_crontab(plan: Plan, heed: Path, file: str) -> Iterator[tuple[str, str]]:
    """The file's name and text; raises `ConfigurationError`."""
    config = plan.configuration.file.absolute()
    # A line whose log cannot be opened is not run.
    plan.folder.mkdir(parents=True, exist_ok=True)
    lines = [HEADER.format(config=config, file=file)]
    for job in plan.jobs:
        line = read_line(job, "cron", seconds=False)
        minutes = {
            (minute + step) % 60 for minute in line.minutes for step in range(0, 60, QUARTER)
        }
        when = "*" if len(minutes) == 60 else ",".join(map(str, sorted(minutes)))  # noqa: PLR2004 (minutes of an hour)
        words = [str(heed), "schedule", "--config", str(config), "--once", "--run", job.name]
        words += ["--log-format", "json"]
        log = shlex.quote(str(plan.folder / "cron.log"))
        # A percent sign ends a command of cron.
        command = f"{shlex.join(words)} >>{log} 2>&1".replace("%", r"\%")
        lines.append(f"# {job.kind} {job.name}: {job.timetable.cron} {job.timetable.zone}\n")
        lines.append(f"{when} * * * * {command}\n")
    yield file, "".join(lines)
