"""PURE: from hosts, pages, delay and workers to time, bytes, memory and the limit that binds.

A crawl takes as long as the slowest of four things: the largest host at its polite pace, the hosts
that may be under way at once, the processors, the network. More workers help with the last three
and never with the first.
"""

from dataclasses import dataclass, field
from math import ceil
from typing import Final

from crawler.planning.costs import (
    CPU_SECONDS,
    EXTRACTOR_MEMORY,
    FRONTIER_BYTES_A_URL,
    HOST_MEMORY,
    INDEX_BYTES,
    LEDGER_BYTES_A_HOST,
    LEDGER_BYTES_A_PAGE,
    PAGE_BYTES,
    QUEUE_MEMORY,
    ROW_BYTES,
    STORED_SHARE,
    WHOLE_SECONDS,
    WORKER_MEMORY,
    Machine,
)
from crawler.policy.pace import HostPace, delay
from crawler.policy.reading import site_file_paths

SITE_FILES: Final = 1 + len(site_file_paths())
"""Requests that a host's site files take: robots.txt and those that obey it."""

HOSTS_REMEMBERED: Final = 4_096
MEAN_JITTER: Final = 0.5
EMBEDDED, FLEET = "embedded", "fleet"
LIMITS: Final = {
    "politeness": "the largest host at its polite pace: only fewer pages of it, or more time, help",
    "hosts at once": "the hosts that may be under way at once: raise HEED_CONCURRENCY, add workers",
    "processors": "the processors: add workers or cores, or a cheaper --extract",
    "network": "the network: add workers with lines of their own",
}


@dataclass(frozen=True, slots=True)
class Crawl:
    """What is to be planned; seconds and bytes. `largest` is the pages of the largest host."""

    hosts: int
    pages: int
    largest: int
    delay: float = 5.0
    latency: float = 0.5
    workers: int = 1
    concurrency: int = 64
    extract: str = "accurate"
    page_bytes: int = PAGE_BYTES
    links_a_page: float = 3.0
    """URLs queued for each page that is fetched."""
    loopback: bool = False
    fleet: bool = False
    machine: Machine = field(default_factory=Machine)

    @property
    def gap(self) -> float:
        """Seconds between two requests to a host, mean jitter included."""
        pace = HostPace(base=self.delay, latency=self.latency, loopback=self.loopback)
        return delay(pace, MEAN_JITTER)

    @property
    def at_once(self) -> int:
        """Hosts that may be under way at once."""
        return min(self.workers * self.concurrency, self.hosts)

    @property
    def requests(self) -> int:
        """Every request, site files included."""
        return self.pages + self.hosts * SITE_FILES


@dataclass(frozen=True, slots=True)
class Plan:
    """What it comes to: seconds by limit, bytes by place, bytes of memory by process."""

    requests: int
    seconds: dict[str, float]
    tail: float
    """Seconds that the hosts which begin last take after their first page."""
    stored: dict[str, int]
    memory: dict[str, int]

    @property
    def limit(self) -> str:
        """The limit that binds."""
        return max(self.seconds, key=lambda name: self.seconds[name])

    @property
    def duration(self) -> float:
        """Seconds that the crawl takes: what binds, and the last host's way after it began."""
        return max(self.seconds[self.limit], self.seconds["hosts at once"] + self.tail)


def plan(crawl: Crawl) -> Plan:
    """Plan `crawl`."""
    waits = crawl.hosts > crawl.at_once
    tail = (crawl.largest - 1) * (crawl.gap + crawl.latency) if waits else 0.0
    return Plan(crawl.requests, _seconds(crawl), tail, _stored(crawl), _memory(crawl))


def _seconds(crawl: Crawl) -> dict[str, float]:
    machine, turn = crawl.machine, crawl.gap + crawl.latency
    late = WHOLE_SECONDS if crawl.fleet else 0.0
    # A host's site files and first page are one claim, whose gaps are waited for in its place; its
    # later pages wait in the line of hosts and need a place only while they are asked for.
    busy = crawl.hosts * SITE_FILES * turn + crawl.pages * crawl.latency
    # Nobody waits after the last request of a host.
    alone = (SITE_FILES + crawl.largest) * turn + crawl.largest * late - crawl.gap
    cpu = crawl.pages * CPU_SECONDS[crawl.extract]
    return {
        "politeness": alone,
        "hosts at once": busy / crawl.at_once,
        "processors": cpu / (crawl.workers * machine.cores),
        "network": crawl.pages * crawl.page_bytes / (crawl.workers * machine.bandwidth),
    }


def _stored(crawl: Crawl) -> dict[str, int]:
    queued = ceil(crawl.pages * max(crawl.links_a_page, 1.0))
    kind = FLEET if crawl.fleet else EMBEDDED
    rows = 0 if crawl.extract == "none" else crawl.pages * ROW_BYTES
    return {
        "received": crawl.pages * crawl.page_bytes,
        "warc": round(crawl.pages * crawl.page_bytes * STORED_SHARE),
        "documents": rows,
        "index": crawl.pages * INDEX_BYTES,
        "ledger": crawl.hosts * LEDGER_BYTES_A_HOST + crawl.pages * LEDGER_BYTES_A_PAGE,
        "frontier": queued * FRONTIER_BYTES_A_URL[kind],
    }


def _memory(crawl: Crawl) -> dict[str, int]:
    remembered = min(crawl.hosts, HOSTS_REMEMBERED) * HOST_MEMORY
    extractors = 0 if crawl.extract == "none" else crawl.machine.cores * EXTRACTOR_MEMORY
    kind = FLEET if crawl.fleet else EMBEDDED
    return {
        "each worker": WORKER_MEMORY + extractors + remembered,
        "frontier": crawl.hosts * QUEUE_MEMORY[kind],
    }
