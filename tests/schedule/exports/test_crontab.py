"""A crontab that cron takes, and whose lines look when their job is due, in any zone."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ConfigurationError
from crawler.schedule.exports.crontab import make_crontab
from crawler.schedule.timetable import Timetable
from tests.schedule.exports.plans import one_line, plan_in

CRONTAB = shutil.which("crontab") or ""


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_each_job_has_a_line_that_asks_whether_it_is_due(tmp_path: Path) -> None:
    plan = plan_in(tmp_path / "100% here")
    ((name, text),) = make_crontab(plan, Path("/opt/heed/bin/heed"), "heed.crontab")
    assert name == "heed.crontab"
    found = lines(text)
    assert len(found) == 3
    for job, line in zip(plan.jobs, found, strict=True):
        next(CronSim(" ".join(line.split()[:5]), datetime(2026, 1, 1, tzinfo=UTC)))
        assert f"--once --run {job.name} " in line
        assert "'" + str(tmp_path).replace("%", r"\%") in line
        assert r"100\% here" in line
    assert plan.folder.is_dir()


@pytest.mark.skipif(not CRONTAB, reason="cron is not installed")
def test_cron_itself_takes_the_file(tmp_path: Path) -> None:
    ((_, text),) = make_crontab(plan_in(tmp_path), Path("/opt/heed/bin/heed"), "heed.crontab")
    (tmp_path / "heed.crontab").write_text(text)
    command = [CRONTAB, "-T", str(tmp_path / "heed.crontab")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if "invalid option" in checked.stderr:
        pytest.skip("this cron cannot check a file")
    assert checked.returncode == 0, checked.stderr


@given(
    minute=st.integers(0, 59),
    job=st.sampled_from(["UTC", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    machine=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Chatham"]),
)
def test_a_line_looks_within_the_minute_that_its_job_is_due_in(
    minute: int, job: str, machine: str
) -> None:
    due = Timetable(f"{minute} 2 * * *", job, 0, "one").next(datetime(2026, 7, 1, tzinfo=UTC))
    assert due is not None
    looks = ",".join(str(one) for one in sorted({(minute + step) % 60 for step in (0, 15, 30, 45)}))
    line = Timetable(f"{looks} * * * *", machine, 0, "one")
    look = line.next(due.due - timedelta(seconds=1))
    assert look is not None
    assert look.due == due.due


def test_seconds_are_more_than_cron_knows(tmp_path: Path) -> None:
    plan = one_line(tmp_path, "*/5 * * * * *")
    with pytest.raises(ConfigurationError, match="names seconds, which cron does not know"):
        list(make_crontab(plan, Path("/opt/heed/bin/heed"), "heed.crontab"))
