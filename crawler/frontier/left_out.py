"""Tells which URLs do not belong to the crawl: counted by reason, and of seeds each one by rank."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crawler.frontier.intake import OnLeftOut
from crawler.records.events import SEED_LEFT_OUT

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class LeftOut:
    """Counts in the stats of `crawler`, and sends its `SEED_LEFT_OUT`."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler

    def tell(self, reason: str, seed: int | None = None) -> None:
        """One URL is left out for `reason`; `seed` is its rank where it is one."""
        self._tell_all(reason, 1, () if seed is None else (seed,))

    def from_afar(self) -> OnLeftOut:
        """What a frontier may call from a thread of its own."""
        loop = asyncio.get_running_loop()

        def tell(reason: str, number: int, seeds: Sequence[int]) -> None:
            loop.call_soon_threadsafe(self._tell_all, reason, number, seeds)

        return tell

    def _tell_all(self, reason: str, number: int, seeds: Sequence[int]) -> None:
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value(f"frontier/left_out/{reason}", number)
        for rank in seeds:
            self._crawler.signals.send_catch_log(SEED_LEFT_OUT, rank=rank, reason=reason)
