"""Scrapy's scheduler over a `Frontier`: durable, by host, acknowledged when all is on disk.

A URL's way: `enqueue_request` admits it into its parent's receipt, the parent's checkpoint puts it
into the frontier, a later claim brings it back, `next_request` makes a request of it again.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Self

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.exceptions import CloseSpider, DontCloseSpider
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.defer import Deferred

from crawler.errors import HeedError, StorageError
from crawler.frontier.admission import Admission
from crawler.frontier.checkpoint import Checkpoints
from crawler.frontier.failures import retry_or_fail, settle_failures, unwrap_errback
from crawler.frontier.jobs import open_frontier
from crawler.frontier.left_out import LeftOut
from crawler.frontier.packing import unpack
from crawler.frontier.prefetch import Prefetch
from crawler.frontier.protocol import Claim, Counts, Discovery, Ending, Frontier
from crawler.frontier.receipt import Receipt
from crawler.frontier.revisit import Revisits
from crawler.frontier.scope import Scope
from crawler.records.keys import CLAIM_KEY, HOPS_KEY, PARENT_KEY, RECEIPT_KEY, SEED_KEY, SITEMAP_KEY
from crawler.runtime import Runtime, runtime_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class FrontierScheduler(BaseScheduler):
    """Hands out what is due, a host at a time; ends the crawl when nothing more is."""

    frontier: Frontier
    _admission: Admission
    _prefetch: Prefetch
    _checkpoints: Checkpoints

    def __init__(self, crawler: "Crawler", runtime: Runtime) -> None:
        self._crawler = crawler
        self._runtime = runtime
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: set[Receipt] = set()
        self._fetched = 0
        self._closing = False
        self._closer: asyncio.Task[None] | None = None
        self._left_out = LeftOut(crawler)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Made by Scrapy."""
        scheduler = cls(crawler, runtime_of(crawler))
        crawler.signals.connect(scheduler.response_downloaded, signals.response_downloaded)
        crawler.signals.connect(scheduler.spider_opened, signals.spider_opened)
        crawler.signals.connect(scheduler.spider_idle, signals.spider_idle)
        return scheduler

    def open(self, spider: Spider) -> Deferred[None]:
        """Open the job's frontier and begin to claim."""
        return deferred_from_coro(self._open_job(spider))

    def close(self, reason: str) -> Deferred[None]:
        """Acknowledge what is complete; everything else is offered again next time."""
        return deferred_from_coro(self._close_job(reason))

    def has_pending_requests(self) -> bool:
        """Whether `next_request` has something at this moment."""
        return hasattr(self, "_prefetch") and bool(self._prefetch.ready) and self._may_hand_out()

    def next_request(self) -> Request | None:
        """The next claim as a request, None where none is at hand."""
        if not self.has_pending_requests():
            return None
        return self._request_of(self._prefetch.ready.popleft())

    def enqueue_request(self, request: Request) -> bool:
        """Take in what was discovered; False for what is known or left out."""
        unwrap_errback(request)
        parent: Receipt | None = request.meta.pop(PARENT_KEY, None)
        if parent is not None:
            try:
                return self._take_child(request, parent)
            finally:
                parent.release()
        receipt: Receipt | None = request.meta.get(RECEIPT_KEY)
        if receipt is not None and not receipt.complete:
            return self._take_successor(request, receipt)
        found = self._admission.admit_orphan(request)
        if found is not None:
            self._checkpoints.add_orphan(found)
            self._prefetch.seed_came()
        return found is not None

    def response_downloaded(self, request: Request) -> None:
        """An answer to a page's request came."""
        receipt: Receipt | None = request.meta.get(RECEIPT_KEY)
        if receipt is not None and not receipt.fetched:
            receipt.fetched = True
            self._fetched += SITEMAP_KEY not in request.meta

    def spider_opened(self) -> None:
        """A job that could not be opened ends here: Scrapy wants to open all before it closes."""
        if self._runtime.failure is not None:
            raise CloseSpider("storage")

    def seeds_ended(self) -> None:
        """The spider has no more seeds."""
        if hasattr(self, "_prefetch"):
            self._prefetch.seeds_ended()

    def spider_idle(self) -> None:
        """Nothing is in flight: go on, wait, or let the engine end the crawl."""
        if self._closing or self._runtime.failure is not None:
            return
        for receipt in tuple(self._open):
            retry_or_fail(receipt, "lost on its way", self._runtime)
            receipt.abandon()
        if self._checkpoints.pending:
            raise DontCloseSpider
        if self._is_limit_reached():
            raise CloseSpider("max_pages")
        if self._prefetch.ready or not self._prefetch.exhausted or self._is_due_soon():
            raise DontCloseSpider

    def fail(self, error: HeedError) -> None:
        """End the crawl: the machine cannot keep what is fetched."""
        if self._runtime.failure is None:
            self._runtime.failure = error
            self._close_spider("storage")

    async def _open_job(self, spider: Spider) -> None:
        options, clock = self._runtime.options, self._runtime.clock
        try:
            self.frontier = await open_frontier(self._runtime, self._left_out.from_afar())
        except HeedError as error:
            self._runtime.failure = error
            return
        self._admission = Admission(Scope(options.scope, options), spider, self._left_out.tell)
        self._prefetch = Prefetch(self.frontier, clock, options.concurrency, self._wake)
        self._checkpoints = Checkpoints(
            self._runtime, self._crawler.signals, self.frontier, self._prefetch.ended
        )
        self._spawn(self._prefetch.run())
        self._spawn(self._checkpoints.run())
        if options.max_time is not None:
            self._spawn(self._end_in(options.max_time))

    async def _close_job(self, reason: str) -> None:
        self._closing = True
        try:
            if hasattr(self, "frontier"):
                await self._end_job(reason)
        except HeedError as error:
            self._runtime.failure = self._runtime.failure or error

    async def _end_job(self, reason: str) -> None:
        try:
            if self._runtime.failure is None and reason != "storage":
                await self._checkpoints.flush()
                await self._prefetch.give_back()
                now = self._runtime.clock.now()
                self._show(await self.frontier.counts(now))
                self._runtime.blocked = await self.frontier.resting(now)
        finally:
            tasks = tuple(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.frontier.close()

    def _take_child(self, request: Request, parent: Receipt) -> bool:
        if parent.outlinks == 0:
            self._left_out.tell("outlinks")
            return False
        found = self._admission.admit_child(request, parent.claim)
        if found is None:
            return False
        if parent.outlinks is not None:
            parent.outlinks -= 1
        parent.discover(found)
        return True

    def _take_successor(self, request: Request, receipt: Receipt) -> bool:
        """A downloader middleware put another request in the place of the claim's own."""
        now = self._runtime.clock.now()
        found: Discovery | None = None
        redirected = int(request.meta.get(HOPS_KEY, 0)) > receipt.claim.hops
        if request.url == receipt.claim.url and not redirected:
            # Like any other retry: in its time, and a few times at most.
            retry_or_fail(receipt, "a middleware asked for it again", self._runtime)
        else:
            found = self._admission.admit_redirect(request, receipt.claim)
            receipt.end(Ending.PASSED, now + Revisits().first, "redirect")
        if found is not None:
            receipt.discover(found)
        receipt.finish()
        return found is not None

    def _request_of(self, claim: Claim) -> Request:
        receipt = Receipt(claim, self._complete)
        self._open.add(receipt)
        meta: dict[str, object] = {
            CLAIM_KEY: claim, RECEIPT_KEY: receipt, HOPS_KEY: claim.hops, "depth": claim.depth
        }  # fmt: skip
        if claim.depth == 0:
            meta[SEED_KEY] = claim.rank
        spider = self._crawler.spider
        request = self._admission.take_unpacked(claim.key)
        if request is not None:
            request = request.replace(meta={**request.meta, **meta})
        elif spider is not None:
            request = self._unpacked(claim, spider, meta)
        else:
            request = Request(claim.url, meta=meta)
        settle_failures(request, receipt, self, self._runtime)
        return request

    def _unpacked(self, claim: Claim, spider: Spider, meta: dict[str, object]) -> Request:
        try:
            return unpack(claim.url, claim.request, spider, meta)
        except (ValueError, NameError, AttributeError, ImportError):
            self._left_out.tell("lost_callback")
            return Request(claim.url, meta=meta)

    def _complete(self, receipt: Receipt) -> None:
        self._open.discard(receipt)
        self._count(f"frontier/ended/{receipt.acknowledgement.ending.value}")
        self._checkpoints.add(receipt)

    def _may_hand_out(self) -> bool:
        limit = self._runtime.options.max_pages
        if limit is None:
            return True
        under_way = sum(not receipt.fetched for receipt in self._open)
        return self._fetched + under_way < limit

    def _is_limit_reached(self) -> bool:
        limit = self._runtime.options.max_pages
        return limit is not None and self._fetched >= limit

    def _is_due_soon(self) -> bool:
        due, options = self._prefetch.next_due, self._runtime.options
        return due is not None and due <= self._runtime.clock.now() + options.linger

    def _wake(self, counts: Counts | None) -> None:
        """Make the engine look again; it offers no public way, and its heartbeat takes 5 s."""
        if counts is not None:
            self._show(counts)
        slot = self._crawler.engine._slot  # noqa: SLF001
        if slot is not None:
            slot.nextcall.schedule()

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.ensure_future(self._watch(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except HeedError as error:
            self.fail(error)
        except Exception as error:
            logger.exception("The frontier's work ended unforeseen")
            self.fail(StorageError(f"The frontier's work ended unforeseen: {error!r}."))

    async def _end_in(self, seconds: float) -> None:
        await self._runtime.clock.sleep(seconds)
        self._close_spider("max_time")
        await self._runtime.wind_down()

    def _close_spider(self, reason: str) -> None:
        """Begin to; a task of its own, since closing ends all those of `_tasks`."""
        engine = self._crawler.engine
        if engine.spider is not None:
            self._closer = asyncio.ensure_future(engine.close_spider_async(reason=reason))

    def _show(self, counts: Counts) -> None:
        if self._crawler.stats is not None:
            self._crawler.stats.set_value("frontier/queued", counts.queued)
            self._crawler.stats.set_value("frontier/hosts", counts.hosts)

    def _count(self, key: str, number: int = 1) -> None:
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value(key, number)
