"""Crawls that are asked to end: in order, soon, and so that they can go on."""

import json
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.command import QUICK, heed, heed_under_way
from tests.crawls.corpus import Corpus
from tests.site import Answer, Routes, Site, page, served, text

WORDS = "The lighthouse counts the ships that pass and the nights that they do not. "
PAGES = 30


class Lane:
    """A site of linked pages, one of which keeps its visitor waiting until it is let go."""

    def __init__(self) -> None:
        self.slow = threading.Event()
        self.reached = threading.Event()

    def answer(self, target: str, _: Mapping[str, str]) -> Answer:
        """Pages by number; `/slow` when its time has come."""
        if target == "/slow":
            self.reached.set()
            self.slow.wait(60)
            return page("Slow", WORDS * 3 + "slow")
        name = target.strip("/") or "0"
        if not name.isdecimal():
            return text("", 404)
        number = int(name)
        links = ("/slow",) if number == 5 else ()
        after = (f"/{number + 1}",) if number + 1 < PAGES else ()
        return page(f"Page {number}", WORDS * 3 + f"number {number}", links=(*links, *after))


def words(site: Site, out: Path) -> tuple[str | Path, ...]:
    return ("crawl", site.origin, "--out", out, "--json", *QUICK)


def reaches(crawl: subprocess.Popen[str], event: threading.Event) -> bool:
    """Whether the crawl comes to `event` before it ends."""
    while crawl.poll() is None:
        if event.wait(0.02):
            return True
    return event.is_set()


def routes(lane: Lane) -> Routes:
    return lane.answer


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=str)
@pytest.mark.parametrize("times", [1, 2])
def test_a_crawl_that_is_asked_to_end_does_so_in_order_though_a_page_is_slow(
    number: signal.Signals, code: int, times: int, tmp_path: Path
) -> None:
    lane, out = Lane(), tmp_path / "out"
    with served(routes(lane)) as (site,):
        with heed_under_way(*words(site, out)) as crawl:
            assert reaches(crawl, lane.reached)
            for _ in range(times):
                crawl.send_signal(number)
            # The page would take a minute: whoever waits for it does not end within this.
            _, said = crawl.communicate(timeout=30)
        assert crawl.returncode == code, said
        assert f"Ended by {number.name}" in said
        assert "run the same command again" in said
        assert "Traceback" not in said
        corpus = Corpus(out)
        corpus.check()
        before = {row["url"] for row in corpus.rows()}
        assert before
        lane.slow.set()
        again = heed(*words(site, out))
        assert again.code == 0, again.err
        assert site.targets.count("/slow") == 2
        assert all(site.targets.count(f"/{number}") == 1 for number in range(1, PAGES))
    corpus.check()
    assert len({row["url"] for row in corpus.rows()}) == PAGES + 1
    assert sum(1 for _ in corpus.rows()) == PAGES + 1
    assert again.summary["rows_written"] == PAGES + 1 - len(before)


@pytest.mark.slow
def test_a_crawl_whose_time_is_over_does_not_wait_for_a_slow_page(tmp_path: Path) -> None:
    lane, out = Lane(), tmp_path / "out"
    with served(routes(lane)) as (site,):
        run = heed(*words(site, out), "--max-time", "5", seconds=45)
        lane.slow.set()
        assert run.code == 0, run.err
        assert run.summary["ended"] == "max_time"
        again = heed(*words(site, out))
        assert again.code == 0, again.err
    Corpus(out).check()
    assert {row["url"] for row in Corpus(out).rows()} >= {f"{site.origin}/slow"}


@pytest.mark.slow
def test_a_signal_that_meets_a_crawl_in_the_act_of_ending_lets_it_end(tmp_path: Path) -> None:
    lane, out = Lane(), tmp_path / "out"
    with (
        served(routes(lane)) as (site,),
        heed_under_way(*words(site, out), "--max-time", "4") as crawl,
    ):
        assert reaches(crawl, lane.reached)
        # Its time is over by then, and it waits for the slow page as long as patience lasts.
        with pytest.raises(subprocess.TimeoutExpired):
            crawl.wait(4.5)
        crawl.send_signal(signal.SIGINT)
        printed, said = crawl.communicate(timeout=60)
        lane.slow.set()
    assert crawl.returncode == 130, said
    assert json.loads(printed)["ended"] == "max_time"
    Corpus(out).check()
