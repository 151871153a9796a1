"""How fast the embedded frontier is: prints numbers, asserts nothing.

Run: python -m tests.bench.frontier [URLS] [HOSTS]
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from crawler.frontier.protocol import Acknowledgement, Discovery, Ending
from crawler.frontier.sqlite import SqliteFrontier

CLAIMED = 64
ROUNDS = 300


def discoveries(urls: int, hosts: int) -> Iterator[Discovery]:
    for number in range(urls):
        host = f"www.site-{number * 7919 % hosts}.example"
        url = f"https://{host}/section/page-{number}.html"
        yield Discovery(url=url, key=url, host=f"{host}:443", depth=number % 5, via="")


def resident_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def serve(frontier: SqliteFrontier, now: float) -> tuple[int, float]:
    """Claims and acknowledgements in turn, each with one discovery that is known already."""
    handed_out, began = 0, time.perf_counter()
    for round_number in range(ROUNDS):
        moment = now + round_number
        claims = await frontier.claim(CLAIMED, moment)
        handed_out += len(claims)
        known = [Discovery(each.url, each.key, each.host) for each in claims]
        memory = {"etag": '"abc"', "interval": "604800.0"}
        endings = [
            Acknowledgement(each.key, Ending.KEPT, moment + 604_800, memory=memory)
            for each in claims
        ]
        await frontier.acknowledge(endings, known, moment)
    return handed_out, time.perf_counter() - began


async def measure(urls: int, hosts: int, folder: Path) -> None:
    now = 1_800_000_000.0
    path = folder / "frontier.db"
    frontier = await SqliteFrontier.open(path, now=now, host_budget=10_000)
    began = time.perf_counter()
    put = await frontier.put(discoveries(urls, hosts))
    took = time.perf_counter() - began
    print(f"put               {put:>9,} URLs   {put / took:>10,.0f} URLs/s")
    handed_out, took = await serve(frontier, now)
    print(f"claim+acknowledge {handed_out:>9,} URLs   {handed_out / took:>10,.0f} URLs/s")
    began = time.perf_counter()
    counts = await frontier.counts(now + ROUNDS)
    print(f"counts            {time.perf_counter() - began:>9.4f} s   {counts}")
    await frontier.claim(CLAIMED, now + ROUNDS)
    await frontier.close()
    began = time.perf_counter()
    frontier = await SqliteFrontier.open(path, now=now + 1000, rest=5.0, host_budget=10_000)
    await frontier.claim(CLAIMED, now + 1000)
    print(f"start-up          {time.perf_counter() - began:>9.3f} s")
    await frontier.close()
    print(f"resident, at most {resident_mib():>9.0f} MiB   file {path.stat().st_size >> 20} MiB")


def main() -> None:
    urls, hosts = (int(each) for each in (*sys.argv[1:], "1000000", "100000")[:2])
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(urls, hosts, Path(folder)))


if __name__ == "__main__":
    main()
