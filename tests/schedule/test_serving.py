"""The scheduler over its life: due on time, never twice, whatever is killed.

`HEED_FULL_BARS=1` runs the full bar: cron lines each minute, over seven minutes.
"""

import os
import signal
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from crawler.ledger.scheduled_runs import ScheduledRun
from crawler.schedule.jobs import Job
from crawler.schedule.serving import due_now
from crawler.schedule.timetable import Timetable
from tests.command import heed
from tests.schedule.operating import PAUSE, Operator, crawl, overlaps, stop, until
from tests.shared import ROOT
from tests.site import Site, page, served

pytestmark = pytest.mark.slow

FULL = bool(os.environ.get("HEED_FULL_BARS"))
MINUTES = 7
WORDS = "The harbour keeps its tide tables on the wall of the customs house. " * 3
PAGES = {"/": page("Front", WORDS, links=("/a",)), "/a": page("A", WORDS + "a")}
METRICS = "127.0.0.1:19464"
JOBS = ("first", "second", "third")


def scheduled(operator: Operator, sites: list[Site], cron: str) -> None:
    audit = f'[[audit]]\nname = "third"\nsites = ["{sites[2].origin}"]\ncron = "{cron}"\n'
    jobs = [crawl(name, site, cron) for name, site in zip(JOBS[:2], sites, strict=False)]
    operator.write(*jobs, audit, f'[metrics]\nlisten = "{METRICS}"\n')


def metrics() -> dict[tuple[str, str], float]:
    """Samples by name and job."""
    with urllib.request.urlopen(f"http://{METRICS}/metrics", timeout=10) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        return {
            (sample.name, sample.labels.get("job", "")): sample.value
            for family in families
            for sample in family.samples
        }


def pages(site: Site) -> int:
    return sum(target in PAGES for target in site.targets)


def ended(operator: Operator, job: str) -> list[ScheduledRun]:
    return [run for run in operator.runs(job) if run.ended_at is not None]


def each_has(operator: Operator, number: int) -> bool:
    return all(len(ended(operator, job)) >= number for job in JOBS)


def assert_agrees(operator: Operator, sites: list[Site]) -> None:
    """Records, metrics and access logs tell the same; metrics lie between two looks at records."""
    before = {job: len(ended(operator, job)) for job in JOBS}
    seen = metrics()
    after = {job: len(ended(operator, job)) for job in JOBS}
    for job in JOBS:
        assert before[job] <= seen["heed_runs_total", job] <= after[job]
    for job, site in zip(JOBS[:2], sites, strict=False):
        assert seen["heed_pages_fetched_total", job] == pages(site) == len(PAGES)


def test_jobs_run_when_due_and_a_killed_scheduler_goes_on(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    with served(PAGES, PAGES, PAGES) as sites:
        scheduled(operator, sites, "*/4 * * * * *")
        scheduler = operator.started()
        until(lambda: each_has(operator, 1), scheduler)
        assert operator.heed("status", "--alive").code == 0
        until(lambda: any(run.ended_at is None for run in operator.runs()), scheduler)
        assert stop(scheduler, signal.SIGKILL) == -signal.SIGKILL
        assert operator.heed("status", "--alive").code == 1
        known = len(operator.runs())
        again = operator.started()
        until(lambda: len(operator.runs()) > known + 2 and each_has(operator, 2), again)
        other = heed("schedule", "--config", operator.config)
        assert other.code == 2
        assert "Another scheduler" in other.err
        assert_agrees(operator, sites)
        assert stop(again) == 143
        runs = operator.runs()
    assert overlaps(runs) == []
    assert all(run.ended_at is not None for run in runs)
    assert {run.reason for run in runs} <= {"done", "stopped"}
    for job in JOBS:
        dues = [run.due for run in runs if run.job == job]
        assert all(due is not None and due.second % 4 == 0 for due in dues)
        assert len(set(dues)) == len(dues)
        assert sorted(dues) == dues  # type: ignore[type-var]  # none is None
    told = [event["event"] for event in operator.events()]
    assert told.count("schedule_started") == 2
    assert told.count("schedule_stopped") == 1
    assert told.count("run_started") == len(runs)


@pytest.mark.slow
@pytest.mark.skipif(not FULL, reason="takes seven minutes: HEED_FULL_BARS=1")
def test_cron_lines_each_minute_are_neither_missed_nor_doubled(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    begun = datetime.now(UTC)  # noqa: TID251 (what the machine's clock made due)
    with served(PAGES, PAGES, PAGES) as sites:
        scheduled(operator, sites, "* * * * *")
        scheduler = operator.started()
        kills = 0
        for minute in range(1, MINUTES + 1):
            until_full = lambda number=minute: each_has(operator, number)  # noqa: E731
            for _ in range(3):
                try:
                    until(until_full, scheduler)
                    break
                except AssertionError as error:
                    assert "never" in str(error)  # noqa: PT017 (a minute is longer than a wait)
            if minute in {2, 4, 5}:
                stop(scheduler, signal.SIGKILL)
                kills += 1
                PAUSE.wait(5 * minute)
                scheduler = operator.started()
        assert_agrees(operator, sites)
        assert stop(scheduler) == 143
        runs = operator.runs()
    assert overlaps(runs) == []
    for job in JOBS:
        dues = [run.due for run in runs if run.job == job]
        first = min(due for due in dues if due is not None)
        assert first - begun < timedelta(seconds=61)
        assert dues == [first + timedelta(minutes=number) for number in range(len(dues))]
        assert len(dues) >= MINUTES
    print(f"{kills} kills, {len(runs)} runs, {[pages(site) for site in sites]} pages")  # noqa: T201 (the bar's numbers)


NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AHEAD = timedelta(days=1_000)


def run_due(due: datetime) -> ScheduledRun:
    return ScheduledRun("r", "nightly", due, due, "done", {"due": due.isoformat()})


@pytest.mark.parametrize(
    ("runs", "since", "due"),
    [
        ([], NOW - timedelta(days=9), NOW.replace(hour=3)),
        ([], NOW - timedelta(hours=1), None),
        ([], None, NOW),
        ([run_due(NOW.replace(hour=3))], None, None),
        ([run_due(NOW.replace(hour=3) - timedelta(days=40))], None, NOW.replace(hour=3)),
        ([run_due(NOW + AHEAD)], NOW - timedelta(days=9), NOW.replace(hour=3)),
        ([run_due(NOW + AHEAD), run_due(NOW.replace(hour=3))], None, None),
        ([run_due(NOW + AHEAD)], NOW + AHEAD, NOW),
    ],
)
def test_one_run_makes_up_for_all_that_were_missed(
    runs: list[ScheduledRun], since: datetime | None, due: datetime | None
) -> None:
    job = Job("nightly", "crawl", Timetable("0 3 * * *", "UTC", 0, "nightly"), (), Path())
    found = due_now(job, runs, since, NOW)
    assert (found.due if found else None) == due


def test_a_job_runs_again_once_a_clock_that_ran_ahead_is_right(tmp_path: Path) -> None:
    with served(PAGES) as (site,):
        operator = Operator(tmp_path)
        operator.write(crawl("nightly", site, "0 3 * * *"))
        once = ("schedule", "--once", "--config", operator.config)
        for seconds in (AHEAD.total_seconds(), 0):
            done = heed(str(seconds), *once, module="tests.crawls.shifted", PYTHONPATH=str(ROOT))
            assert done.code == 0, done.err
    assert len(ended(operator, "nightly")) == 2
