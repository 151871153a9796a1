"""One run of one job: its record against the access log, and what kills and stops leave."""

import os
import signal
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from crawler.schedule.lock import holders
from crawler.stores.locks import is_held
from tests.schedule.operating import BASICS, Operator, crawl, stop, until
from tests.site import Answer, page, served, text

pytestmark = pytest.mark.slow

WORDS = "The harbour keeps its tide tables on the wall of the customs house. " * 3


class Slow:
    """A site whose second page is not served before it is let go."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def __call__(self, target: str, _: Mapping[str, str]) -> Answer:
        if target == "/":
            return page("Front", WORDS, links=("/slow", "/last"))
        if target == "/slow":
            self.asked.set()
            self.let_go.wait(180)
            return page("Slow", WORDS + "slow")
        return page("Last", WORDS + "last") if target == "/last" else text("", 404)


def pages_asked(targets: list[str]) -> int:
    return sum(target in {"/", "/a", "/slow", "/last"} for target in targets)


def test_a_run_is_recorded_as_the_access_log_has_it(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    site = {"/": page("Front", WORDS, links=("/a",)), "/a": page("A", WORDS + "a")}
    with served(site) as (one,):
        operator.write(crawl("nightly", one))
        done = operator.heed("schedule", "--run", "nightly")
        assert done.code == 0, done.err
        again = operator.heed("schedule", "--once")
    assert again.code == 0, again.err
    (run,) = operator.runs()
    assert (run.job, run.exit, run.reason, run.due) == ("nightly", 0, "done", None)
    assert run.ended_at is not None
    assert run.ended_at > run.started_at
    assert run.counts["pages_fetched"] == pages_asked(one.targets) == 2
    assert run.counts["rows_written"] == 2
    assert Path(run.facts["log"]).is_file()
    assert "--job" in run.facts["command"]
    shown = operator.status()["jobs"][0]
    assert (shown["job"], shown["running"], shown["exit"]) == ("nightly", False, 0)
    assert not is_held(tmp_path / "corpus" / "schedule" / "nightly.lock")


def test_what_a_fleet_does_elsewhere_is_asked_of_its_frontier(tmp_path: Path) -> None:
    operator, place = Operator(tmp_path), "urlfrontier://127.0.0.1:7071"
    basics = BASICS.replace("[output]", f'[output]\nfrontier = "{place}"')
    operator.config.write_text(basics, "utf-8")
    assert f"heed jobs --frontier {place} has all" in operator.heed("status").out


def test_a_job_under_way_is_not_run_twice_and_outlives_its_runner(tmp_path: Path) -> None:
    operator, slow = Operator(tmp_path), Slow()
    lock = tmp_path / "corpus" / "schedule" / "nightly.lock"
    with served(slow) as (one,):
        operator.write(crawl("nightly", one))
        runner = operator.started("--run", "nightly")
        until(slow.asked.is_set, runner)
        second = operator.heed("schedule", "--run", "nightly")
        assert second.code == 0
        assert "run_skipped" in second.err
        assert operator.status()["jobs"][0]["running"]
        assert stop(runner, signal.SIGKILL) == -signal.SIGKILL
        # The crawl goes on without its runner, and holds the lock.
        assert set(holders(lock)) == {"job"}
        slow.let_go.set()
        until(lambda: not is_held(lock))
        assert operator.runs()[0].ended_at is None
        third = operator.heed("schedule", "--run", "nightly")
        assert third.code == 0, third.err
    dead, last = operator.runs()
    assert (dead.reason, dead.exit, dead.facts["end"]) == ("done", None, "not seen")
    assert dead.counts["pages_fetched"] == 3
    assert (last.reason, last.counts["pages_fetched"]) == ("done", 0)
    assert pages_asked(one.targets) == 3


def test_a_killed_crawl_is_recorded_as_killed_and_gone_on_with(tmp_path: Path) -> None:
    operator, slow = Operator(tmp_path), Slow()
    lock = tmp_path / "corpus" / "schedule" / "nightly.lock"
    with served(slow) as (one,):
        operator.write(crawl("nightly", one))
        runner = operator.started("--run", "nightly")
        until(slow.asked.is_set, runner)
        os.kill(holders(lock)["job"], signal.SIGKILL)
        assert runner.wait(timeout=180) == 128 + signal.SIGKILL
        slow.let_go.set()
        assert operator.heed("schedule", "--run", "nightly").code == 0
    killed, last = operator.runs()
    assert (killed.reason, killed.exit) == ("killed", 137)
    assert (last.reason, last.counts["pages_fetched"]) == ("done", 2)


def test_a_runner_that_is_asked_to_stop_lets_the_crawl_end_in_order(tmp_path: Path) -> None:
    operator, slow = Operator(tmp_path), Slow()
    with served(slow) as (one,):
        operator.write(crawl("nightly", one))
        runner = operator.started("--run", "nightly")
        until(slow.asked.is_set, runner)
        runner.send_signal(signal.SIGTERM)
        slow.let_go.set()
        assert runner.wait(timeout=180) == 143
    (run,) = operator.runs()
    assert (run.reason, run.exit) == ("stopped", 143)
    assert run.counts["pages_fetched"] in {1, 2}
