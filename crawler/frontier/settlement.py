"""How each fetch ends for the frontier: kept, not modified, refused, passed, failed, again later.

| what happened | ending | wanted again |
|---|---|---|
| an item of the page was stored | kept | adaptive, HTTP freshness at least |
| 304 | not modified | the same, the interval grown |
| 2xx, nothing stored | passed | the same |
| a sitemap, 2xx or 304 | passed, not modified | adaptive, within a day |
| a site's words forbid it | refused | the interval grown |
| 429 and 5xx, no answer | retry, at last failed | base * 2**n, at last the interval grown twice |
| the host rests or keeps its delay | deferred | when the host may be asked |
| 410 | passed | never |
| any other status | passed | the interval grown twice |
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from twisted.python.failure import Failure

from crawler.errors import AwayError, StorageError
from crawler.frontier.failures import Settler, retry_or_fail
from crawler.frontier.memory import conditions, remember
from crawler.frontier.packing import PRIVATE
from crawler.frontier.protocol import Ending
from crawler.frontier.receipt import Receipt
from crawler.frontier.revisit import SITEMAPS, Revisits, interval_in
from crawler.records.keys import CHANGED_KEY, PARENT_KEY, RECEIPT_KEY, SEED_KEY, SITEMAP_KEY
from crawler.records.page import Page
from crawler.runtime import Runtime, runtime_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

NOT_MODIFIED: Final = 304
ASK_AGAIN: Final = frozenset({429, *range(500, 600)})
SITEMAP_LINKS: Final = 50_000
"""What one sitemap may list (sitemaps.org); the bound for anything that is no HTML page."""


class SettlementMiddleware:
    """Downloader middleware nearest the engine: conditions before, statuses after."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Made by Scrapy."""
        return cls(runtime_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Ask for the page only if it changed, where the last visit left something to go by."""
        receipt = receipt_of(request)
        if receipt is not None:
            for name, value in conditions(receipt.claim.memory):
                request.headers.setdefault(name, value)

    async def process_response(self, request: Request, response: Response) -> Response:
        """End what is settled by its status."""
        receipt = receipt_of(request)
        if receipt is None or 200 <= response.status < 300:  # noqa: PLR2004 (RFC 9110 15.3)
            return response
        now, revisits = self._runtime.clock.now(), Revisits()
        reason = f"status {response.status}"
        if response.status == NOT_MODIFIED:
            rhythm = _rhythm_of(request)
            due, memory = remember(receipt.claim.memory, response, None, now, rhythm)
            receipt.end(Ending.NOT_MODIFIED, due, memory=memory)
        elif response.status in ASK_AGAIN:
            retry_or_fail(receipt, reason, self._runtime)
        else:
            interval = revisits.absent(response.status, interval_in(receipt.claim.memory))
            receipt.end(Ending.PASSED, None if interval is None else now + interval, reason)
        return response


class ReceiptMiddleware:
    """Spider middleware nearest the engine: ties what a callback yields to its claim."""

    def __init__(self, crawler: "Crawler", runtime: Runtime) -> None:
        self._crawler = crawler
        self._runtime = runtime

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Made by Scrapy."""
        middleware = cls(crawler, runtime_of(crawler))
        crawler.signals.connect(middleware.item_scraped, signals.item_scraped)
        crawler.signals.connect(middleware.item_dropped, signals.item_dropped)
        crawler.signals.connect(middleware.item_error, signals.item_error)
        return middleware

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Mark every request that a spider starts with as a seed, ranked as they come."""
        rank = 0
        try:
            async for output in start:
                if isinstance(output, Request):
                    output.meta.setdefault(SEED_KEY, rank)
                    rank += 1
                yield output
        finally:
            # A crawl that was stopped may be gone by the time its seeds are let go of, and a
            # project may have set a scheduler of its own, which does not wait for them.
            if hasattr(self._crawler.engine.scheduler, "seeds_ended"):
                self._settler().seeds_ended()

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """Hold the claim's receipt for each output, and end the exchange when all are out."""
        receipt = receipt_of(response)
        if receipt is None:
            async for output in result:
                yield output
            return
        html = isinstance(response, HtmlResponse)
        receipt.outlinks = self._runtime.options.max_outlinks if html else SITEMAP_LINKS
        items = 0
        try:
            async for output in result:
                if output is not None:
                    receipt.hold()
                    if isinstance(output, Request):
                        adopt(output, receipt)
                    else:
                        items += 1
                yield output
        finally:
            if not items:
                self._end_unstored(receipt, response)
            receipt.finish()

    def process_spider_exception(self, response: Response, exception: Exception) -> None:
        """A callback broke: the claim has failed, and the exception goes its way."""
        receipt = receipt_of(response)
        if receipt is None:
            return
        if isinstance(exception, StorageError):
            self._settler().fail(exception)
            return
        if not isinstance(exception, IgnoreRequest):
            retry_or_fail(receipt, f"callback: {type(exception).__name__}", self._runtime)
        receipt.finish()

    def item_scraped(self, item: object, response: object) -> None:
        """Every pipeline has stored the item."""
        self._end_stored(item, response)

    def item_dropped(self, item: object, response: object) -> None:
        """A pipeline had enough of the item, which was seen all the same."""
        self._end_stored(item, response)

    def item_error(self, response: object, failure: Failure) -> None:
        """A pipeline broke; what the machine cannot keep is never acknowledged."""
        receipt = receipt_of(response)
        if isinstance(failure.value, AwayError) and receipt is not None:
            receipt.end(Ending.DEFERRED, self._runtime.clock.now(), str(failure.value))
            receipt.release()
        elif isinstance(failure.value, StorageError):
            self._settler().fail(failure.value)
        elif receipt is not None:
            retry_or_fail(receipt, f"pipeline: {type(failure.value).__name__}", self._runtime)
            receipt.release()

    def _end_stored(self, item: object, response: object) -> None:
        receipt = receipt_of(response)
        if receipt is None or not isinstance(response, Response):
            return
        place = item.place if isinstance(item, Page) else None
        due, memory = remember(
            receipt.claim.memory,
            response,
            place.payload_digest if place is not None else None,
            self._runtime.clock.now(),
            Revisits(),
        )
        receipt.end(Ending.KEPT, due, memory=memory)
        receipt.release()

    def _end_unstored(self, receipt: Receipt, response: Response) -> None:
        now = self._runtime.clock.now()
        rhythm = _rhythm_of(response.request)
        due, memory = remember(receipt.claim.memory, response, None, now, rhythm)
        receipt.end_otherwise(Ending.PASSED, due, "nothing to store", memory)

    def _settler(self) -> Settler:
        return settler_of(self._crawler)


def _rhythm_of(request: Request | None) -> Revisits:
    is_sitemap = request is not None and SITEMAP_KEY in request.meta
    return SITEMAPS if is_sitemap else Revisits()


def receipt_of(source: object) -> Receipt | None:
    """The receipt in the meta of a request, or of a response's or failure's request."""
    request = source if isinstance(source, Request) else getattr(source, "request", None)
    if not isinstance(request, Request):
        return None
    receipt = request.meta.get(RECEIPT_KEY)
    return receipt if isinstance(receipt, Receipt) else None


def settler_of(crawler: "Crawler") -> Settler:
    """The scheduler of a running crawl."""
    scheduler: Any = crawler.engine.scheduler
    settler: Settler = scheduler
    return settler


def adopt(request: Request, parent: Receipt) -> None:
    """Make `request` a child of the claim: nothing of its parent's meta is its own."""
    for key in [key for key in request.meta if str(key).startswith(PRIVATE) and key != CHANGED_KEY]:
        del request.meta[key]
    request.meta[PARENT_KEY] = parent
