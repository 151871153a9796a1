"""A fleet on loopback: hosts with an access log, a frontier, a ledger, a store, and workers."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.command import environment
from tests.crawls.fleet_site import address
from tests.shared import ROOT
from tests.stores.servers import ENVIRONMENT, free_port
from tests.urlfrontier import FrontierService


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as its host saw it."""

    host: int
    path: str
    came: float
    answered: float

    @property
    def is_page(self) -> bool:
        """Whether it asked for a page, and for no site file."""
        return self.path == "/" or self.path[1:].isdecimal()


@dataclass
class Fleet:
    """Everything that workers of one crawl share, and how they are started."""

    folder: Path
    hosts: int
    pages: int
    frontier: FrontierService
    ledger: str
    out: str
    s3: str = ""
    delay: float = 1.0
    more: tuple[str, ...] = ()
    tired: bool = False
    latency: float = 0.0
    linger: float = 4.0
    port: int = field(default_factory=free_port)
    started: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def log(self) -> Path:
        """The hosts' access log."""
        return self.folder / "access.log"

    @property
    def urls(self) -> set[str]:
        """Every page there is."""
        return {
            f"{self.origin(host)}/{page or ''}"
            for host in range(self.hosts)
            for page in range(self.pages)
        }

    def origin(self, host: int) -> str:
        """Where a host's pages are."""
        return f"http://{address(host)}:{self.port}"

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve the hosts while the block lasts."""
        named = (self.port, self.hosts, self.pages, self.log, self.latency)
        tired = ("tired",) if self.tired else ()
        process = subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, "-m", "tests.crawls.fleet_site", *map(str, named), *tired], cwd=ROOT
        )
        pause = threading.Event()
        while not self.log.exists() or "ready" not in self.log.read_text():
            assert process.poll() is None
            pause.wait(0.05)
        try:
            yield
        finally:
            # A worker whose frontier is gone would wait for it for ever.
            for each in (process, *self.started):
                each.kill()
                each.wait()

    def start_worker(self, name: str, *more: str) -> "subprocess.Popen[bytes]":
        """A worker on a machine of its own, as far as its files show: the folder `name`."""
        place = self.folder / name
        place.mkdir(exist_ok=True)
        seeds = self.folder / "seeds.txt"
        seeds.write_text("".join(f"{self.origin(host)}/\n" for host in range(self.hosts)))
        words = (
            "crawl", "--seeds", str(seeds), "--frontier", self.frontier.url,
            "--ledger", self.ledger, "--out", self.out, "--job", "fleet", "--json",
            "--linger", str(self.linger), "--delay", str(self.delay),
            "--allow-net", "127.0.0.0/8", "-s", "HEED_EXTRACT_WORKERS=1", *self.more, *more,
        )  # fmt: skip
        store = {**ENVIRONMENT, "AWS_ENDPOINT_URL": self.s3} if self.s3 else {}
        with (place / "said.log").open("ab") as said:
            worker = subprocess.Popen(  # noqa: S603 (our own command)
                [sys.executable, "-m", "crawler.cli", *words],
                cwd=place,
                stdout=subprocess.PIPE,
                stderr=said,
                env=environment(PYTHONPATH=str(ROOT), **store),
            )
        self.started.append(worker)
        return worker

    def said(self, name: str) -> str:
        """What a worker told its operator."""
        return (self.folder / name / "said.log").read_text()

    def asked(self) -> list[Asked]:
        """Every request so far, by host and time."""
        lines = [line.split() for line in self.log.read_text().splitlines()]
        found = [Asked(int(h), p, float(c), float(a)) for h, p, c, a in
                 (line for line in lines if len(line) == 4)]  # fmt: skip
        return sorted(found, key=lambda one: (one.host, one.came))

    def of(self, host: int) -> list[Asked]:
        """Every request of a host, by time."""
        return [one for one in self.asked() if one.host == host]

    def pages_asked(self) -> Counter[str]:
        """How often each page was asked for."""
        return Counter(self.origin(one.host) + one.path for one in self.asked() if one.is_page)

    def shortest_gaps(self) -> dict[int, float]:
        """Of each host, the shortest time from an answer to the next request."""
        gaps: dict[int, float] = {}
        asked = self.asked()
        for one, after in pairwise(asked):
            if one.host == after.host:
                gaps[one.host] = min(gaps.get(one.host, 1e9), after.came - one.answered)
        return gaps


FULL = bool(os.environ.get("HEED_FULL_BARS"))
