"""`heed jobs`, as it is typed: jobs at rest, under way, and none at all."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.command import QUICK, environment, heed, heed_under_way
from tests.crawls.test_stops import Lane, reaches, routes, words
from tests.site import page, served

WORDS = "A page of some words about a harbour, its wall and its lamps. " * 3


def listed(out: Path) -> list[dict[str, Any]]:
    run = heed("jobs", "--out", out, "--json")
    assert run.code == 0, run.err
    return [json.loads(line) for line in run.out.splitlines()]


def test_a_folder_without_jobs_says_so(tmp_path: Path) -> None:
    run = heed("jobs", "--out", tmp_path)
    assert run.code == 0
    assert run.out.startswith(f"No job has its frontier below {tmp_path}. ")
    assert "--frontier urlfrontier://" in run.out


def test_jobs_are_listed_with_how_they_stand(tmp_path: Path) -> None:
    site = {"/": page("Front", WORDS, links=("/a", "/b", "/gone")), "/a": page("A", WORDS + "a")}
    with served({**site, "/b": page("B", WORDS + "b")}) as (one,):
        for name, more in (("whole", ()), ("cut", ("--max-pages", "1"))):
            run = heed("crawl", one.origin, "--out", tmp_path, "--job", name, *more, *QUICK)
            assert run.code == 0, run.err
    cut, whole = listed(tmp_path)
    assert (cut["job"], cut["running"], cut["queued"]) == ("cut", False, 3)
    assert cut["done"] == {"kept": 1}
    assert (whole["job"], whole["queued"], whole["in_flight"]) == ("whole", 0, 0)
    assert whole["done"] == {"kept": 3, "passed": 1}
    assert whole["hosts"] == 1
    assert whole["bytes"] >= Path(whole["frontier"]).stat().st_size
    assert whole["next_due"] > whole["last_run"] >= cut["last_run"][:4]
    shown = heed("jobs", "--out", tmp_path)
    assert "3 kept, 1 passed" in " ".join(shown.out.split())


def test_a_job_under_way_is_seen_and_not_disturbed(tmp_path: Path) -> None:
    lane, out = Lane(), tmp_path / "out"
    with served(routes(lane)) as (site,), heed_under_way(*words(site, out)) as crawl:
        assert reaches(crawl, lane.reached)
        (job,) = listed(out)
        lane.slow.set()
        _, said = crawl.communicate(timeout=120)
        assert crawl.returncode == 0, said
    assert (job["running"], job["in_flight"]) == (True, 1)
    (job,) = listed(out)
    assert (job["running"], job["in_flight"], job["queued"]) == (False, 0, 0)


def test_a_frontier_of_a_newer_heed_is_named(tmp_path: Path) -> None:
    code = f"import sqlite3; sqlite3.connect({str(tmp_path / 'frontier-new.db')!r})"
    make = [sys.executable, "-c", f"{code}.execute('PRAGMA user_version = 99')"]
    subprocess.run(make, check=True, env=environment())  # noqa: S603
    run = heed("jobs", "--out", tmp_path)
    assert run.code == 2
    assert "frontier-new.db" in run.err
    assert "newer Heed" in run.err
