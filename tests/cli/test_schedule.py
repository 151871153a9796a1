"""`heed schedule` as typed: what it lists, what it exports, and what it cannot do."""

import json
from pathlib import Path

import pytest

from tests.command import heed
from tests.schedule.exports.plans import JOBS, plan_in

NAMES = {"nightly", "half.hourly", "weekly_audit"}


def test_the_jobs_are_listed_with_what_they_run_and_when(tmp_path: Path) -> None:
    plan_in(tmp_path)
    run = heed("schedule", "--config", tmp_path / "heed.toml", "--list", "--json")
    assert run.code == 0, run.err
    jobs = {job["job"]: job for job in map(json.loads, run.out.splitlines())}
    assert set(jobs) == NAMES
    assert (jobs["nightly"]["kind"], jobs["nightly"]["timezone"]) == ("crawl", "Europe/Berlin")
    assert jobs["nightly"]["command"][:2] == ["heed", "crawl"]
    assert str(tmp_path / "seeds.txt") in jobs["nightly"]["command"]
    assert jobs["weekly_audit"]["command"][:3] == ["heed", "audit", "a.example"]
    assert all(job["next_start"].endswith("Z") for job in jobs.values())


@pytest.mark.parametrize(("timer", "files"), [("systemd", 6), ("cron", 1), ("k8s", 1)])
def test_every_export_writes_files_and_names_them(timer: str, files: int, tmp_path: Path) -> None:
    plan_in(tmp_path)
    words = ("--config", tmp_path / "heed.toml", "--export", timer, "--out", tmp_path / "out")
    run = heed("schedule", *words)
    assert run.code == 0, run.err
    written = sorted((tmp_path / "out").iterdir())
    assert len(written) == files
    assert sorted(run.out.splitlines()) == [f"wrote {file}" for file in written]


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (JOBS, ("--run", "daily"), "'daily' is no job"),
        ("", (), "has no job"),
        (JOBS.replace("15 2 * * mon-fri", "*/5 * * * * *"), ("--export", "cron"), "names seconds"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    text: str, words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    plan_in(tmp_path, text)
    run = heed("schedule", "--config", tmp_path / "heed.toml", *words)
    assert run.code == 2
    assert said in run.err
    assert run.err.count("\n") == 1
