"""Claims fetched ahead, and what is told of those that are left."""

import asyncio
from pathlib import Path

from crawler.clock import SystemClock
from crawler.frontier.prefetch import Prefetch
from crawler.frontier.protocol import Counts, Discovery
from crawler.frontier.sqlite import SqliteFrontier


async def test_what_is_left_is_told_while_there_is_more_than_can_be_asked_for(
    tmp_path: Path,
) -> None:
    clock = SystemClock()
    frontier = await SqliteFrontier.open(tmp_path / "frontier.db", now=clock.now())
    hosts = [f"{number}.example" for number in range(20)]
    await frontier.put(Discovery(f"http://{host}/", f"http://{host}/", host) for host in hosts)
    told: asyncio.Queue[Counts | None] = asyncio.Queue()
    prefetch = Prefetch(frontier, clock, hosts=3, wake=told.put_nowait)
    prefetch.seeds_ended()
    filling = asyncio.ensure_future(prefetch.run())
    async with asyncio.timeout(30):
        counts = await told.get()
    assert counts is not None
    assert (counts.queued, counts.in_flight) == (17, 3)
    prefetch.stop()
    await filling
    await frontier.close()
