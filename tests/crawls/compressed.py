"""Whole crawls in compressed time: the crawler's clock runs faster, or leaps, and forgets nothing.

Rules are kept in the crawl's own seconds, so an access log is read in these before it is judged.
"""

import asyncio
import time
from dataclasses import replace
from io import StringIO
from typing import Any

from rich.console import Console

from crawler.cli.running import Plan, crawl
from crawler.cli.seeds import ports_named
from crawler.config import Options
from tests.mocksite import Log


class CompressedClock:
    """A `Clock` on which `speed` seconds pass in one of the machine's; `leap` skips some."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._began = time.monotonic()
        self._epoch = time.time()
        self._leaps: list[tuple[float, float]] = []

    def now(self) -> float:
        """Epoch seconds of the crawl."""
        return self.at(time.monotonic())

    async def sleep(self, seconds: float) -> None:
        """Wait so many of the crawl's seconds."""
        await asyncio.sleep(max(0.0, seconds) / self._speed)

    def leap(self, seconds: float) -> None:
        """Let so many seconds be over at once."""
        self._leaps.append((time.monotonic(), seconds))

    def at(self, monotonic: float) -> float:
        """What this clock showed at a moment of the machine's monotonic clock."""
        leapt = sum(seconds for moment, seconds in self._leaps if moment <= monotonic)
        return self._epoch + (monotonic - self._began) * self._speed + leapt


def in_crawl_time(log: Log, clock: CompressedClock) -> Log:
    """`log` with every event at the moment that the crawl's clock showed."""
    entries = (replace(one, monotonic=clock.at(one.monotonic)) for one in log.entries)
    return replace(log, entries=tuple(entries))


def run_crawl(
    seeds: tuple[str, ...], clock: CompressedClock, spider: str = "seeds", **options: object
) -> dict[str, Any]:
    """Crawl `seeds` to the end of what is due; returns the summary as JSON. Raises `HeedError`.

    `options` are fields of `Options` by name.
    """
    chosen = Options.model_validate({"seed_ports": ports_named(seeds), **options})
    plan = Plan(chosen, spider, seeds, clock=clock)
    ending = asyncio.run(crawl(plan, Console(file=StringIO())))
    return ending.summary.as_json()
