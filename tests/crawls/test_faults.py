"""Every behaviour of the fault table, crawled whole: the access log and the output are judged.

Waits are not shortened by softer rules. A crawl ends as it does for an operator, with hosts that
rest left for later; then the clock leaps, and the same job is run again, until all is done.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

import pytest

from tests.crawls.compressed import CompressedClock, in_crawl_time, run_crawl
from tests.mocksite import NETWORK, MockSite, Terms, behaviours, find_banned, mocksite

BUDGET: Final = 50
ALL: Final = tuple(behaviours())
LEAPS: Final = (70.0, 150.0, 400.0, 1000.0, 3600.0)
"""Seconds between the runs of one job: longer than back-off asks after 1, 2, 3 … failures."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are crawled together, and how."""

    rows: tuple[str, ...]
    speed: float = 1.0
    delay: float = 0.0
    leaps: tuple[float, ...] = ()
    again: bool = False
    """Whether every run wants everything again (`--recrawl`)."""
    settings: Mapping[str, Any] = field(default_factory=dict)


PACED: Final = Batch(("politeness", "robots-crawl-delay"), speed=2.0, delay=1.0, leaps=(400.0,))
ENDLESS: Final = Batch(
    tuple(name for name in ALL if name.startswith("trap-")), settings={"host_budget": BUDGET}
)
DURABLE: Final = Batch(("durable",))
TWICE: Final = Batch(("etag", "robots-200-then-503"), leaps=(400.0,), again=True)
WHOLE: Final = Batch(("cl-and-te",))
"""Its page is good, though made of the words that no broken page may leave behind."""

SINGLED_OUT: Final = (PACED, ENDLESS, DURABLE, TWICE, WHOLE)
TAKEN: Final = {name for batch in SINGLED_OUT for name in batch.rows}
REST: Final = Batch(tuple(name for name in ALL if name not in TAKEN), leaps=LEAPS)
BATCHES: Final = {name: batch for batch in (*SINGLED_OUT, REST) for name in batch.rows}


@dataclass(frozen=True, slots=True)
class Crawled:
    """A batch that was crawled: the site with its log, the clock, the output, the summaries."""

    site: MockSite
    clock: CompressedClock
    out: Path
    runs: list[dict[str, Any]]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Crawled]]:
    """Crawled rows by name, each batch crawled when the first of its rows is asked for."""
    with ExitStack() as stack:
        yield _Batches(stack, tmp_path_factory)


class _Batches(dict[str, Crawled]):
    def __init__(self, stack: ExitStack, folders: pytest.TempPathFactory) -> None:
        super().__init__()
        self._stack = stack
        self._folders = folders

    def __missing__(self, name: str) -> Crawled:
        batch = BATCHES[name]
        site = self._stack.enter_context(mocksite(batch.rows))
        done = _crawl(batch, site, self._folders.mktemp("faults") / "out")
        self.update(dict.fromkeys(batch.rows, done))
        return done


def _crawl(batch: Batch, site: MockSite, out: Path) -> Crawled:
    clock = CompressedClock(batch.speed)
    seeds = tuple(seed for name in batch.rows for seed in _seeds(site, name))
    runs = []
    for leap in (0.0, *batch.leaps):
        clock.leap(leap)
        runs.append(
            run_crawl(
                seeds, clock, out=str(out), job="faults", delay=batch.delay, linger=1.0,
                allow_net=(ip_network(NETWORK),), allow_ports=site.ports, read_timeout=2.0,
                total_timeout=4.0, extract_deadline=5.0, recrawl=batch.again, **batch.settings,
            )
        )  # fmt: skip
    return Crawled(site, clock, out, runs)


def _seeds(site: MockSite, name: str) -> list[str]:
    """Where a crawl of the row starts; redirects at the start, since these may leave their host."""
    if not name.startswith("redir-"):
        return site.seeds(name)
    origin = site.url(name).rstrip("/")
    return [*site.seeds(name), *(origin + link for link in site.row(name).links)]


@pytest.mark.parametrize("name", ALL)
def test_a_fault_makes_the_crawler_neither_rude_nor_unsafe_nor_stuck(
    name: str, crawled: dict[str, Crawled]
) -> None:
    done = crawled[name]
    terms = Terms(delay=BATCHES[name].delay, budget=BUDGET)
    log = in_crawl_time(done.site.log(name, terms), done.clock)
    assert done.site.judge(name, log) == []
    assert find_banned(done.site.row(name), done.out) == []
