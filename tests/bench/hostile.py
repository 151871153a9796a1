"""How much one hostile host slows two hundred good ones: prints numbers, asserts nothing.

Run: python -m tests.bench.hostile [--hosts 200] [--rounds 3] [ROW …]

Each row of the mock site is crawled beside the good hosts, in turn with crawls of these alone,
since machines are slower at one time than at another; what is compared is the fastest of each,
since whatever else a machine does only ever adds. The time that counts is the one from the first
to the last request for a good page. Beside it stands the
time that the crawl's own process was at work: nothing else on the machine disturbs that.
"""

import argparse
import tempfile
import time
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench.good_hosts import good_hosts
from tests.crawls.compressed import CompressedClock, run_crawl
from tests.mocksite import mocksite

ROWS: Final = (
    "hang-before-headers", "drip-body", "trap-maze", "endless-chunked", "gzip-bomb", "attr-bomb",
    "deep-html", "trap-linkfarm", "robots-endless", "robots-drip", "header-bomb",
)  # fmt: skip


class Measure(NamedTuple):
    """Seconds: until the last good page was asked for, and of this process at work till the end."""

    good: float
    work: float


def measure(hosts: int, row: str = "") -> Measure:
    """One crawl of the good hosts, and of one that behaves as `row` says."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        hostile = stack.enter_context(mocksite([row])).seeds(row) if row else []
        with good_hosts(hosts) as good:
            seeds = tuple(origin + "/" for origin in good.origins)
            middle = len(seeds) // 2
            began = time.process_time()
            run_crawl(
                (*seeds[:middle], *hostile, *seeds[middle:]), CompressedClock(),
                out=str(Path(folder) / "out"), job="bench", delay=0.0, linger=0.0,
                max_time=300.0, read_timeout=10.0, total_timeout=20.0, host_budget=100,
                extract="fast", allow_net=(ip_network("127.0.0.0/8"),),
            )  # fmt: skip
            work = time.process_time() - began
    return Measure(good.span, work)


def main() -> None:
    """Measure each row in turn with crawls without any."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.hostile", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW")
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    for row in asked.rows or ROWS:
        pairs = [(measure(asked.hosts), measure(asked.hosts, row)) for _ in range(asked.rounds)]
        alone = Measure(*(min(each) for each in zip(*(one for one, _ in pairs), strict=True)))
        beside = Measure(*(min(each) for each in zip(*(one for _, one in pairs), strict=True)))
        slower = 100 * (beside.good / alone.good - 1)
        print(
            f"{row:20} alone {alone.good:5.1f} s, beside {beside.good:5.1f} s: {slower:+5.1f} %"
            f"  (at work {alone.work:5.1f} s, {beside.work:5.1f} s)",
            flush=True,
        )


if __name__ == "__main__":
    main()
