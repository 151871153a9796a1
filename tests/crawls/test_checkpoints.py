"""Kills exactly between the steps by which a page comes to be kept: none is lost or doubled.

`HEED_FULL_BARS=1` stops a crawl after each of `stopping.STEPS` in turn.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.command import environment, heed
from tests.crawls.corpus import Corpus
from tests.crawls.stopping import STEPS
from tests.crawls.test_kills import MARK, PAGES_A_HOST, KilledCrawl, assert_gone, numbered
from tests.site import served

FULL = bool(os.environ.get("HEED_FULL_BARS"))
HOSTS = 8
TIMES = {
    **dict.fromkeys(("marks set", "ledger committed", "files on disk"), 2),
    **dict.fromkeys(("a page's records", "a page's row", "a page's text"), 12),
}
"""For the how manyth time a step is meant: a run comes to some before it has fetched anything, and
files are to hold something that is acknowledged."""

LATE = ("WARC files closed", "rows closed", "a file indexed and listed")
"""Steps at the end of a run: there is little left for those that come after them."""

OFTEN = ("a page's row", "files on disk", "a file mended", "marks set", "ledger committed", LATE[1])
"""Those that every run of the suite tries; all of them are the full bar."""


def stop(crawl: KilledCrawl, step: str, count: int) -> None:
    """Run `crawl` until it is killed at the step, or has come to its end without it."""
    done = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-m", "tests.crawls.stopping", step, str(count), *map(str, crawl.words)],
        capture_output=True,
        env=environment(**{MARK: crawl.mark}),
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, (step, done.stderr.decode())
    crawl.in_flight += crawl.handed_out()
    assert_gone(crawl)


@pytest.mark.slow
def test_a_kill_between_any_two_steps_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with served(*map(numbered, range(HOSTS))) as sites:
        crawl = KilledCrawl(sites, tmp_path / "out")
        for step in STEPS if FULL else OFTEN:
            stop(crawl, step, TIMES.get(step, 1))
            assert step in LATE or len(crawl.pages()) < HOSTS * PAGES_A_HOST
        last = heed(*crawl.words)
        assert last.code == 0, last.err
        asked = crawl.pages()
    wanted = {f"{site.origin}/{number or ''}" for site in sites for number in range(PAGES_A_HOST)}
    assert set(asked) == wanted
    assert asked.total() - len(asked) <= crawl.in_flight
    corpus = Corpus(crawl.out)
    corpus.check()
    assert Counter(row["url"] for row in corpus.rows()) == Counter(wanted)
    verified = heed("verify", crawl.out)
    assert verified.code == 0, verified.out
