"""Crawls that are killed at any moment, again and again, and lose nothing.

`HEED_FULL_BARS=1` runs the full bar: 50 kills of a crawl of 2,000 URLs (some minutes).
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from tests.command import QUICK, environment, heed
from tests.crawls.corpus import Corpus
from tests.site import Answer, Routes, Site, page, served, text

FULL = bool(os.environ.get("HEED_FULL_BARS"))
HOSTS = 20
PAGES_A_HOST = 100 if FULL else 10
KILLS = 50 if FULL else 6
PAGES_A_RUN = 3 * HOSTS * PAGES_A_HOST // KILLS // 2
"""Kills come after up to so many pages: some find a run at its start, some well under way."""

START = 2.0
"""Seconds into a run at which some kills come whatever it has asked for by then."""

WORDS = "The harbour keeps its tide tables on the wall of the customs house. "
MARK = "KILLED_CRAWL"


def numbered(host: int) -> Routes:
    """A site whose pages are a binary tree of links, each with a text of its own."""

    def answer(target: str, _: Mapping[str, str]) -> Answer:
        name = target.strip("/") or "0"
        if target == "/robots.txt":
            return text("User-agent: *\nAllow: /\n")
        if not name.isdecimal() or int(name) >= PAGES_A_HOST:
            return text("", 404)
        number = int(name)
        links = (f"/{child}" for child in (2 * number + 1, 2 * number + 2) if child < PAGES_A_HOST)
        words = (f"{WORDS} Table {part} of {number} at {host}." for part in range(4))
        return page(f"{number} at {host}", *words, links=tuple(links))

    return answer


@dataclass
class KilledCrawl:
    """A crawl as its operator starts it, over and over."""

    sites: Sequence[Site]
    out: Path
    job: str = "kills"
    mark: str = field(default_factory=lambda: uuid4().hex)
    in_flight: int = 0
    """URLs handed out and not acknowledged at the kills so far."""

    @property
    def words(self) -> tuple[str | Path, ...]:
        seeds = (f"{site.origin}/" for site in self.sites)
        return ("crawl", *seeds, "--out", self.out, "--job", self.job, "--json", *QUICK)

    def pages(self) -> Counter[str]:
        """How often each page was asked for, by URL."""
        asked = [(site.origin, target) for site in self.sites for target in tuple(site.targets)]
        return Counter(
            origin + target for origin, target in asked if target == "/" or target[1:].isdecimal()
        )

    def run_and_kill(self, pages: int, seconds: float) -> bool:
        """Start it, and kill it `seconds` after so many pages; False where it ended first."""
        pause, until = threading.Event(), self.pages().total() + pages
        crawl = subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, "-m", "crawler.cli", *map(str, self.words)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment(**{MARK: self.mark}),
        )
        while crawl.poll() is None and self.pages().total() < until:
            pause.wait(0.005)
        pause.wait(seconds)
        crawl.kill()
        _, said = crawl.communicate()
        assert crawl.returncode in (0, -signal.SIGKILL), said.decode()
        self.in_flight += self.handed_out()
        return crawl.returncode != 0

    def handed_out(self) -> int:
        place = self.out / f"frontier-{self.job}.db"
        if not place.exists():
            return 0
        with sqlite3.connect(f"file:{place}?mode=ro", uri=True) as frontier:
            if not frontier.execute("SELECT 1 FROM sqlite_schema WHERE name = 'url'").fetchone():
                return 0
            found: int = frontier.execute("SELECT count(*) FROM url WHERE state = 2").fetchone()[0]
        frontier.close()
        return found

    def survivors(self) -> list[str]:
        """Processes of this crawl that live, by what they run."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={self.mark}".encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().decode().replace("\0", " "))
            except OSError:
                continue
        return found


@pytest.mark.slow
def test_kills_at_any_moment_lose_nothing_and_repeat_only_what_was_in_flight(
    tmp_path: Path,
) -> None:
    moments = random.Random(11)
    with served(*map(numbered, range(HOSTS))) as sites:
        crawl = KilledCrawl(sites, tmp_path / "out")
        kills = 0
        for number in range(KILLS):
            early = number % 10 == 1
            pages = 0 if early else moments.randrange(1, PAGES_A_RUN)
            kills += crawl.run_and_kill(pages, moments.random() * (START if early else 0.1))
            assert_gone(crawl)
        last = heed(*crawl.words, seconds=600)
        assert last.code == 0, last.err
        asked = crawl.pages()
    assert kills == KILLS
    wanted = {f"{site.origin}/{number or ''}" for site in sites for number in range(PAGES_A_HOST)}
    repeats = asked.total() - len(asked)
    said = f"{kills} kills, {len(asked)} URLs, {repeats} repeats, {crawl.in_flight} in flight"
    print(said)  # noqa: T201 (the bar's numbers, for whoever runs it with -s)
    assert set(asked) == wanted
    assert repeats <= crawl.in_flight <= KILLS * HOSTS
    corpus = Corpus(crawl.out)
    corpus.check()
    assert Counter(row["url"] for row in corpus.rows()) == Counter(wanted)
    assert {one.url for one in corpus.held() if one.kind == "response"} == wanted


def assert_gone(crawl: KilledCrawl) -> None:
    """Nothing that a killed crawl had started goes on for long."""
    pause = threading.Event()
    for _ in range(500):
        left = crawl.survivors()
        if not left:
            return
        pause.wait(0.02)
    raise AssertionError(left)
