"""One crawl in one event loop: start it, show it, end it in order, say what it came to."""

import asyncio
import gc
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.log import configure_logging

from crawler.addon import assemble
from crawler.cli.progress import Progress
from crawler.cli.refused_seeds import find_refused_seeds
from crawler.cli.summary import Resting, Summary, how_to_resume
from crawler.cli.tally import NOTICED, SKIP_REASONS, Tally
from crawler.clock import Clock, SystemClock, moment
from crawler.config import Options
from crawler.errors import HeedError
from crawler.metrics.crawl_events import EventLog
from crawler.metrics.logs import LogFormat, configure_logs
from crawler.runtime import Runtime, runtime_of

SETTINGS_MODULE: Final = "settings.base"
LEFT_OUT: Final = "frontier/left_out/"
OBJECTS_BETWEEN_COLLECTIONS: Final = 10_000
"""A page makes thousands of objects and hardly a cycle: Python's own 700 look in vain."""

EXIT_BY_SIGNAL: Final = {signal.SIGINT: 130, signal.SIGTERM: 143}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run."""

    options: Options
    spider: str
    seeds: tuple[str, ...]
    clock: Clock | None = None
    log_format: LogFormat = LogFormat.TEXT


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended."""

    summary: Summary
    exit_code: int


def run(plan: Plan, console: Console) -> Ending:
    """Run `plan` to its end; SIGINT and SIGTERM end it in order. Raises `HeedError`."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(crawl(plan, console))


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the fastest event loop there is; None means asyncio's own."""
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
    configure_logs(plan.log_format)
    for name in ("scrapy.core.scraper", "scrapy.core.engine", "scrapy.utils.signal"):
        logging.getLogger(name).addFilter(_is_news)
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler(plan.spider)
    clock = plan.clock or SystemClock()
    runtime = assemble(crawler, plan.options, clock)
    tally, began = Tally(), clock.now()
    tally.connect(crawler)
    EventLog(crawler).connect()
    stop = Stop(crawler, runtime)
    task = runner.crawl(crawler, seeds=plan.seeds, follow=plan.options.scope != "seeds")
    shown = asyncio.ensure_future(Progress(tally, crawler, clock, console).show())
    # What is loaded by now stays to the end and need not be looked through again and again.
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    try:
        with stop.listening():
            await task
    finally:
        shown.cancel()
        with suppress(asyncio.CancelledError):
            await shown
    if stop.signal is not None:
        resume = how_to_resume(plan.options)
        said = f"heed: Ended by {stop.signal.name}, everything fetched is kept; {resume}"
        console.print(said, highlight=False, soft_wrap=True)
    return _ending(plan, crawler, tally, clock.now() - began, stop)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether the operator does not hear of it anyway: a command ends in its `HeedError`."""
    return not (record.exc_info and isinstance(record.exc_info[1], HeedError))


class Stop:
    """Turns the first SIGINT or SIGTERM into an orderly end, and a second into a quick one."""

    def __init__(self, crawler: Crawler, runtime: Runtime) -> None:
        self._crawler = crawler
        self._runtime = runtime
        self._asked: asyncio.Task[None] | None = None
        self.signal: signal.Signals | None = None
        self._started = asyncio.Event()
        crawler.signals.connect(self._engine_started, signals.engine_started)

    @property
    def code(self) -> int:
        """The exit code that this comes to."""
        return EXIT_BY_SIGNAL[self.signal] if self.signal is not None else 0

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
            self._runtime.fetcher.interrupt()
            return
        self.signal = signal.Signals(number)
        self._asked = asyncio.ensure_future(self._end())

    async def _end(self) -> None:
        hanging_up = asyncio.ensure_future(self._runtime.wind_down())
        try:
            await self._started.wait()
            await self._end_engine()
        finally:
            hanging_up.cancel()

    async def _end_engine(self) -> None:
        engine = self._crawler.engine
        slot = engine._slot  # noqa: SLF001 (there is no public way to see that it closes)
        if slot is not None and slot.closing is not None:
            # It ends by itself: stopped now, it would not wait until everything is written down.
            await maybe_deferred_to_future(slot.closing)
            return
        # It may have come to its end in this moment.
        with suppress(RuntimeError):
            await engine.stop_async()

    def _engine_started(self) -> None:
        """Before this an engine cannot be stopped."""
        self._started.set()


def _ending(plan: Plan, crawler: Crawler, tally: Tally, seconds: float, stop: Stop) -> Ending:
    stats = crawler.stats.get_stats()
    failure = runtime_of(crawler).failure
    if failure is not None:
        raise failure
    reason = str(stats.get("finish_reason", ""))
    refused = dict(find_refused_seeds(plan.seeds, plan.spider, tally))
    summary = Summary(
        tally=tally,
        job=runtime_of(crawler).job,
        out=plan.options.out,
        reason=reason,
        seconds=seconds,
        rows_written=int(stats.get("rows/written", 0)),
        rows_skipped={one: int(stats.get(f"rows/skipped/{one}", 0)) for one in SKIP_REASONS},
        rows_noticed={one: int(stats.get(f"rows/{one}", 0)) for one in NOTICED},
        left_out={
            key.removeprefix(LEFT_OUT): int(count)
            for key, count in stats.items()
            if key.startswith(LEFT_OUT)
        },
        resting=tuple(
            Resting(host, moment(until), reason)
            for host, until, reason in _resting(runtime_of(crawler))
        ),
        seeds_refused=refused,
        resume="" if reason == "finished" else how_to_resume(plan.options),
    )
    return Ending(summary, stop.code or (2 if refused and len(refused) == len(plan.seeds) else 0))


def _resting(runtime: Runtime) -> list[tuple[str, float, str]]:
    """Every host that rests, by the pace or by the job, each until the later of both."""
    found = {host: (host, until, why) for host, until, why in runtime.pace.resting()}
    for host, until, why in runtime.blocked:
        if host not in found or found[host][1] < until:
            found[host] = (host, until, why)
    return sorted(found.values())
