"""The live line of a crawl: on a terminal redrawn in place, elsewhere a plain line now and then."""

import asyncio
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.text import Text
from scrapy.crawler import Crawler

from crawler.cli.tally import Tally
from crawler.clock import Clock

TERMINAL_GAP: Final = 0.25
PLAIN_GAP: Final = 10.0
MEGABYTE: Final = 1_000_000


class Progress:
    """Shows a `Tally` while its crawl runs; `queued` tells how much waits."""

    def __init__(self, tally: Tally, crawler: Crawler, clock: Clock, console: Console) -> None:
        self._tally = tally
        self._crawler = crawler
        self._clock = clock
        self._console = console
        self._began = clock.now()

    async def show(self) -> None:
        """Go on showing until cancelled."""
        if not self._console.is_terminal:
            while True:
                await asyncio.sleep(PLAIN_GAP)
                self._console.print(self._line(), highlight=False, soft_wrap=True)
        with Live(console=self._console, transient=True, auto_refresh=False) as live:
            while True:
                live.update(Text(self._line(), no_wrap=True, overflow="ellipsis"), refresh=True)
                await asyncio.sleep(TERMINAL_GAP)

    def _line(self) -> str:
        tally, seconds = self._tally, max(self._clock.now() - self._began, 0.001)
        refused = ", ".join(f"{name} {count}" for name, count in tally.refused.most_common(3))
        queued = self._crawler.stats.get_value("frontier/queued", 0)
        return (
            f"{tally.pages_fetched} pages ({tally.pages_fetched / seconds:.1f}/s) · "
            f"{tally.pages_kept} kept · {len(tally.hosts)} hosts · "
            f"{sum(tally.refused.values())} refused{f' ({refused})' if refused else ''} · "
            f"{tally.bytes / MEGABYTE:.1f} MB · {queued} queued"
        )
