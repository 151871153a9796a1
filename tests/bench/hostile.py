"""How much one hostile host slows two hundred good ones: prints numbers, asserts nothing.

Run: python -m tests.bench.hostile [GOOD_HOSTS] [ROW …]

Each row of the mock site is crawled beside the good hosts; the time that counts is the one at
which the last good page was asked for. Between the measurements stands one without any row, since
machines are slower at one time than at another.
"""

import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path
from statistics import mean
from typing import Final

from crawler.clock import SystemClock
from tests.crawls.compressed import CompressedClock, run_crawl
from tests.mocksite import mocksite
from tests.site import Answer, page, served

GOOD_HOSTS: Final = 200
PAGES: Final = 5
ROWS: Final = (
    "hang-before-headers", "drip-body", "trap-maze", "endless-chunked", "gzip-bomb", "attr-bomb",
    "deep-html", "trap-linkfarm",
)  # fmt: skip
PROSE: Final = (
    "The harbour master writes down every ship that comes in before the tide turns. " * 20
)


class Good:
    """Small sites that note when they were asked last."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.first = self.last = 0.0
        links = tuple(f"/{number}" for number in range(1, PAGES))
        self.pages = {"/": page("Front", PROSE, links=links)}
        self.pages |= {link: page(link, PROSE + link) for link in links}

    def answer(self, target: str, _: Mapping[str, str]) -> Answer:
        """A page, or 404 for site files."""
        self.last = self.clock.now()
        self.first = self.first or self.last
        return self.pages.get(target, Answer(status=404))


def measure(hosts: int, rows: tuple[str, ...]) -> float:
    """Seconds until the last good page was asked for, with hosts that behave as `rows` say."""
    good = Good()
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        sites = stack.enter_context(served(*([good.answer] * hosts)))
        hostile = stack.enter_context(mocksite(rows)) if rows else None
        seeds = [site.origin + "/" for site in sites]
        seeds += [seed for row in rows for seed in (hostile.seeds(row) if hostile else ())]
        run_crawl(
            tuple(seeds), CompressedClock(), out=str(Path(folder) / "out"), job="bench",
            delay=0.0, linger=0.0, max_time=300.0, read_timeout=10.0, total_timeout=20.0,
            host_budget=100, extract="fast", allow_net=(ip_network("127.0.0.0/8"),),
        )  # fmt: skip
    return good.last - good.first


def main() -> None:
    """Measure each row between two runs without any."""
    words = sys.argv[1:]
    hosts = int(words[0]) if words else GOOD_HOSTS
    before = measure(hosts, ())
    print(f"no hostile host      {before:6.1f} s for {hosts * PAGES} pages of {hosts} hosts")
    for row in words[1:] or ROWS:
        beside = measure(hosts, (row,))
        after = measure(hosts, ())
        slower = 100 * (beside / mean((before, after)) - 1)
        print(f"{row:20} {beside:6.1f} s  {slower:+5.1f} %  (alone {before:.1f} and {after:.1f} s)")
        before = after


if __name__ == "__main__":
    main()
