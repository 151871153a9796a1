"""One crawl in one event loop: start it, show it, end it in order, say what it came to."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging

from crawler.addon import assemble
from crawler.cli.progress import Progress
from crawler.cli.summary import Resting, Summary
from crawler.cli.tally import SKIP_REASONS, Tally
from crawler.clock import Clock, SystemClock, moment
from crawler.config import Options
from crawler.frontier.canonical import CanonicalUrl, canonicalise
from crawler.runtime import Runtime, runtime_of

SETTINGS_MODULE: Final = "settings.base"
LEFT_OUT: Final = "frontier/left_out/"
EXIT_BY_SIGNAL: Final = {signal.SIGINT: 130, signal.SIGTERM: 143}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run."""

    options: Options
    spider: str
    seeds: tuple[str, ...]
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended."""

    summary: Summary
    exit_code: int


def run(plan: Plan, console: Console) -> Ending:
    """Run `plan` to its end; SIGINT and SIGTERM end it in order. Raises `HeedError`."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(crawl(plan, console))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def crawl(plan: Plan, console: Console) -> Ending:
    """`run` inside a loop that is there already."""
    settings = Settings()
    settings.setmodule(SETTINGS_MODULE, priority="project")
    configure_logging(settings)
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler(plan.spider)
    clock = plan.clock or SystemClock()
    runtime = assemble(crawler, plan.options, clock)
    tally, began = Tally(), clock.now()
    tally.connect(crawler)
    stop = Stop(crawler, runtime)
    task = runner.crawl(crawler, seeds=plan.seeds, follow=plan.options.scope != "seeds")
    shown = asyncio.ensure_future(Progress(tally, crawler, clock, console).show())
    try:
        with stop.listening():
            await task
    finally:
        shown.cancel()
        with suppress(asyncio.CancelledError):
            await shown
    return _ending(plan, crawler, tally, clock.now() - began, stop)


class Stop:
    """Turns the first SIGINT or SIGTERM into an orderly end, and a second into a quick one."""

    def __init__(self, crawler: Crawler, runtime: Runtime) -> None:
        self._crawler = crawler
        self._runtime = runtime
        self._asked: asyncio.Task[None] | None = None
        self.code = 0

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen while the block runs."""
        loop = asyncio.get_running_loop()
        for number in EXIT_BY_SIGNAL:
            loop.add_signal_handler(number, self._ask, number)
        try:
            yield
        finally:
            for number in EXIT_BY_SIGNAL:
                loop.remove_signal_handler(number)

    def _ask(self, number: signal.Signals) -> None:
        if self._asked is not None:
            return
        self.code = EXIT_BY_SIGNAL[number]
        self._runtime.pace.drain()
        self._asked = asyncio.ensure_future(self._crawler.stop_async())


def _ending(plan: Plan, crawler: Crawler, tally: Tally, seconds: float, stop: Stop) -> Ending:
    stats = crawler.stats.get_stats()
    failure = runtime_of(crawler).failure
    if failure is not None:
        raise failure
    refused = dict(_refused_seeds(plan.seeds, tally))
    summary = Summary(
        tally=tally,
        job=runtime_of(crawler).job,
        out=plan.options.out,
        reason=str(stats.get("finish_reason", "")),
        seconds=seconds,
        rows_written=int(stats.get("rows/written", 0)),
        rows_skipped={one: int(stats.get(f"rows/skipped/{one}", 0)) for one in SKIP_REASONS},
        left_out={
            key.removeprefix(LEFT_OUT): int(count)
            for key, count in stats.items()
            if key.startswith(LEFT_OUT)
        },
        resting=tuple(
            Resting(host, moment(until), reason)
            for host, until, reason in runtime_of(crawler).pace.resting()
        ),
        seeds_refused=refused,
    )
    return Ending(summary, stop.code or (2 if len(refused) == len(plan.seeds) else 0))


def _refused_seeds(seeds: tuple[str, ...], tally: Tally) -> Iterator[tuple[str, str]]:
    """Seeds that could not even be asked, and why."""
    for seed in seeds:
        found = canonicalise(seed)
        if not isinstance(found, CanonicalUrl):
            yield seed, f"it is no URL to crawl ({found.reason})"
        elif found.url in tally.addresses_refused:
            yield seed, tally.addresses_refused[found.url]
