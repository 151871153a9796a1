"""What a second worker adds to a crawl, and what it costs which process.

Prints a table a case: pages a second with one worker and with two, and the processor time that
workers, frontier, ledger, store and hosts took a page, while the middle of the crawl lasted.
Run: python -m tests.bench.fleet [CASE …]
"""

import ctypes
import os
import sys
import tempfile
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Final

import pytest

from crawler.bench.meter import cpu_seconds, descendants
from tests.crawls.fleet import Fleet
from tests.postgres import postgres_server
from tests.stores.servers import make_bucket, rclone, speak_to
from tests.urlfrontier import frontier_service

SUBREAPER: Final = 36
EVERY: Final = 0.5
"""Seconds between two looks at the processes."""

MIDDLE: Final = (0.15, 0.85)
"""Of the pages: before, workers start; after, the last hosts keep nobody busy."""

KINDS: Final = {
    "crawler.cli": "workers",
    "multiprocessing": "extraction",
    "fleet_site": "hosts",
    "urlfrontier": "frontier",
    "postgres": "PostgreSQL",
    "rclone": "S3",
}
"""What a process is, by a word of its command line: the first that stands in it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A crawl whose hosts are not the limit; a page takes `latency` seconds."""

    says: str
    hosts: int
    pages: int
    latency: float
    concurrency: int


CASES: Final = {
    "flat-out": Case("whatever the processors give", 400, 4, 0.0, 64),
    "bounded": Case("8 hosts at once a worker, 1 s a page", 60, 12, 1.0, 8),
}


class Watch(threading.Thread):
    """Looks at all processes below this one until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.looks: list[tuple[float, dict[str, float]]] = []
        """When, and the processor seconds so far by kind; "machine" is what all on it took."""

    def run(self) -> None:
        seen: dict[int, tuple[str, float]] = {}
        while not self.over.wait(EVERY):
            for process in descendants(os.getpid()):
                if kind := kind_of(process):
                    # One that has just ended keeps what it was last seen to have taken.
                    before = seen.get(process, ("", 0.0))[1]
                    seen[process] = kind, max(before, cpu_seconds(process))
            taken = dict.fromkeys(KINDS.values(), 0.0)
            for kind, seconds in seen.values():
                taken[kind] += seconds
            taken |= {"all of these": sum(taken.values()), "machine": machine_seconds()}
            self.looks.append((time(), taken))

    def between(self, start: float, end: float) -> dict[str, float]:
        """Processor seconds by kind from the look nearest to `start` to that nearest to `end`."""
        first, last = (min(self.looks, key=lambda one: abs(one[0] - at)) for at in (start, end))
        scale = (end - start) / (last[0] - first[0])
        return {kind: (last[1][kind] - first[1][kind]) * scale for kind in last[1]}


def kind_of(process: int) -> str:
    """One of `KINDS`, or nothing."""
    try:
        said = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""
    return next((kind for word, kind in KINDS.items() if word in said), "")


def machine_seconds() -> float:
    """Processor seconds that everything on the machine took since it started."""
    user, nice, system, _, _, *interrupts = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Measured:
    """The middle of one crawl."""

    pages: int
    seconds: float
    taken: dict[str, float]

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.pages / self.seconds


def measure(case: Case, workers: int, place: Path) -> Measured:
    """Crawl with so many workers on servers of their own; exits where a page is missing."""
    with ExitStack() as lasting:
        frontier = lasting.enter_context(frontier_service(place / "frontier"))
        ledger = lasting.enter_context(postgres_server()).make_database()
        (place / "disk").mkdir()
        store = lasting.enter_context(rclone(place / "disk"))
        speak_to(store, lasting.enter_context(pytest.MonkeyPatch.context()))
        make_bucket("fleet")
        fleet = Fleet(
            place, case.hosts, case.pages, frontier, ledger, "s3://fleet", store, delay=0.0,
            latency=case.latency, more=("-s", f"HEED_CONCURRENCY={case.concurrency}"),
        )  # fmt: skip
        lasting.enter_context(fleet.serving())
        watch = Watch()
        watch.start()
        started = [fleet.start_worker(f"w{number}") for number in range(workers)]
        for worker in started:
            worker.communicate()
        watch.over.set()
        watch.join()
        if set(fleet.pages_asked()) != fleet.urls:
            sys.exit("Not every page was fetched: " + fleet.said("w0")[-2000:])
        ends = sorted(one.answered for one in fleet.asked() if one.is_page)
    first, last = (int(share * (len(ends) - 1)) for share in MIDDLE)
    seconds = ends[last] - ends[first]
    return Measured(last - first, seconds, watch.between(ends[first], ends[last]))


def most_by_cpu(of: Measured, workers: int) -> float:
    """Pages a second at which each worker fills a core, or all processes together all cores."""
    own, whole = of.taken["workers"], of.taken["all of these"]
    return of.pages * min(workers / own, (os.cpu_count() or 1) / whole)


def show(case: Case, one: Measured, two: Measured) -> None:
    """Print the table of a case."""
    print(f"\n{case.says}: {case.hosts} hosts, {case.pages} pages each")
    print(f"{'':<28}{'1 worker':>10}{'2 workers':>11}")
    ratio = f"{two.rate / one.rate:.2f} x"
    print(f"{'pages a second':<28}{one.rate:>10.1f}{two.rate:>11.1f}   {ratio}")
    for kind in (*KINDS.values(), "all of these"):
        shares = [1000 * of.taken[kind] / of.pages for of in (one, two)]
        print(f"{f'{kind}, CPU ms a page':<28}{shares[0]:>10.1f}{shares[1]:>11.1f}")
    for kind in ("all of these", "machine"):
        shares = [of.taken[kind] / of.seconds for of in (one, two)]
        print(f"{f'{kind}, cores busy':<28}{shares[0]:>10.2f}{shares[1]:>11.2f}")
    most = [most_by_cpu(of, number) for number, of in enumerate((one, two), 1)]
    ratio = f"{most[1] / most[0]:.2f} x"
    print(f"{'pages/s that cores allow':<28}{most[0]:>10.1f}{most[1]:>11.1f}   {ratio}")
    print(f"{'cores there are':<28}{os.cpu_count():>10}{os.cpu_count():>11}", flush=True)


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)  # PostgreSQL leaves the one that started it
    for name in sys.argv[1:] or CASES:
        results = []
        for number in (1, 2):
            with tempfile.TemporaryDirectory() as folder:
                results.append(measure(CASES[name], number, Path(folder)))
        show(CASES[name], *results)
