"""Units that systemd takes, and that are due when the cron line is."""

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.errors import ConfigurationError
from crawler.schedule.exports.systemd import calendars, make_units
from tests.command import environment
from tests.schedule.exports.plans import one_line, plan_in

HEED = Path(sys.executable).with_name("heed")
ANALYZE = shutil.which("systemd-analyze") or ""
needs_systemd = pytest.mark.skipif(not ANALYZE, reason="systemd is not installed")


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (systemd's own checker)
        [ANALYZE, *words], capture_output=True, text=True, check=False, env=environment(TZ="UTC")
    )


@needs_systemd
def test_systemd_takes_every_unit_without_a_word(tmp_path: Path) -> None:
    plan = plan_in(tmp_path / "with space")
    units = tmp_path / "units"
    units.mkdir()
    for name, text in make_units(plan, HEED, "root"):
        (units / name).write_text(text)
    listed = sorted(map(str, units.iterdir()))
    assert len(listed) == 6
    checked = analyze("verify", "--man=no", *listed)
    assert (checked.returncode, checked.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize(
    ("cron", "zone"),
    [
        ("15 2 * * *", "Europe/Berlin"),
        ("*/20 1-5 * * mon-fri", "UTC"),
        ("0 4 13 * fri", "UTC"),
        ("0 0 1 1,7 *", "Asia/Kathmandu"),
        ("5 6 * * 7", "America/New_York"),
        ("*/2 * */9 * sun", "UTC"),
        ("30 15 10 * * *", "UTC"),
    ],
)
def test_a_calendar_is_next_due_when_the_cron_line_is(cron: str, zone: str, tmp_path: Path) -> None:
    (job,) = one_line(tmp_path, cron, zone).jobs
    start = datetime(2026, 12, 31, 23, 45, 30, tzinfo=UTC)
    found = []
    for calendar in calendars(job):
        base = f"--base-time={start:%Y-%m-%d %H:%M:%S} UTC"
        said = analyze("calendar", base, calendar).stdout
        elapse = re.search(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC\n *From now", said)
        assert elapse is not None, said
        found.append(datetime.fromisoformat(f"{elapse[1]}+00:00"))
    following = job.timetable.next(start)
    assert following is not None
    assert min(found) == following.due


def test_a_day_that_systemd_has_no_word_for_is_named(tmp_path: Path) -> None:
    (job,) = one_line(tmp_path, "0 0 L * *").jobs
    with pytest.raises(ConfigurationError, match="'0 0 L \\* \\*' names a last or nth day"):
        list(calendars(job))
