"""Two jobs that share an output folder, alive and dead, and leave each other's files whole."""

import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.command import environment, heed
from tests.crawls.corpus import Corpus
from tests.crawls.test_kills import MARK, PAGES_A_HOST, KilledCrawl, assert_gone, numbered
from tests.site import served

KILLS = 3
HOSTS = 6


def start(crawl: KilledCrawl) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 (our own command)
        [sys.executable, "-m", "crawler.cli", *map(str, crawl.words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(**{MARK: crawl.mark}),
    )


def kill_when(crawl: KilledCrawl, process: "subprocess.Popen[bytes]", pages: int) -> None:
    pause = threading.Event()
    while process.poll() is None and crawl.pages().total() < pages:
        pause.wait(0.005)
    process.kill()
    _, said = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), said.decode()
    crawl.in_flight += crawl.handed_out()
    assert_gone(crawl)


@pytest.mark.slow
def test_two_jobs_on_one_folder_that_die_together_lose_and_repeat_nothing(tmp_path: Path) -> None:
    moments = random.Random(7)
    with served(*map(numbered, range(HOSTS))) as sites:
        half = len(sites) // 2
        one = KilledCrawl(sites[:half], tmp_path / "out", "one")
        two = KilledCrawl(sites[half:], tmp_path / "out", "two")
        for _ in range(KILLS):
            more = moments.randrange(1, half * PAGES_A_HOST // KILLS)
            both = [(each, each.pages().total() + more, start(each)) for each in (one, two)]
            for crawl, until, process in both:
                kill_when(crawl, process, until)
        # The first to start finishes what both have left, while the other is dead.
        ends = [heed(*crawl.words, seconds=300) for crawl in (one, two)]
        asked = [one.pages(), two.pages()]
    assert [end.code for end in ends] == [0, 0], [end.err for end in ends]
    for crawl, pages in zip((one, two), asked, strict=True):
        assert len(pages) == half * PAGES_A_HOST
        assert pages.total() - len(pages) <= crawl.in_flight
    corpus = Corpus(tmp_path / "out")
    corpus.check()
    assert Counter(row["url"] for row in corpus.rows()) == Counter([*asked[0], *asked[1]])
