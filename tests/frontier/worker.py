"""A process that works off a frontier until it is killed; run as `-m tests.frontier.worker`.

Arguments: the frontier's file, the log's file, the number of URLs. The log gets a line for every
claim before it is acknowledged: `claimed KEY`, and `ended KEY` after.
"""

import os
import sys
from pathlib import Path

from crawler.clock import SystemClock
from crawler.frontier.protocol import Acknowledgement, Discovery, Ending
from crawler.frontier.queue import HostQueue

HOSTS = 20
AT_ONCE = 8


def discovery(number: int) -> Discovery:
    """URL number such and such of the job."""
    url = f"https://host-{number % HOSTS}.example/{number}"
    return Discovery(url=url, key=url, host=f"host-{number % HOSTS}.example:443")


def work(path: Path, log: Path, urls: int) -> None:
    """Put the first URL; each that ends discovers the next ones, until all are done."""
    clock = SystemClock()
    queue = HostQueue(path, now=clock.now())
    queue.put([discovery(0)])
    with log.open("ab", buffering=0) as lines:
        while claims := queue.claim(AT_ONCE, clock.now()):
            for claim in claims:
                lines.write(f"claimed {claim.key}\n".encode())
            numbers = [int(claim.key.rpartition("/")[2]) for claim in claims]
            found = [discovery(n * 2 + 1 + more) for n in numbers for more in (0, 1)]
            queue.acknowledge(
                [Acknowledgement(claim.key, Ending.KEPT) for claim in claims],
                [each for each in found if int(each.key.rpartition("/")[2]) < urls],
                clock.now(),
            )
            for claim in claims:
                lines.write(f"ended {claim.key}\n".encode())
    queue.close()


if __name__ == "__main__":
    work(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.flush()
    os._exit(0)
