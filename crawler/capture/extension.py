"""Scrapy extension: site files, redirects and errors to their WARC files; checkpoints; the end."""

import asyncio
from collections.abc import Mapping
from typing import Final

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from twisted.python.failure import Failure

from crawler.capture.corpus import Corpus, corpus_of, is_begun
from crawler.capture.names import CRAWLDIAGNOSTICS, ROBOTSTXT
from crawler.capture.record import digest
from crawler.errors import AwayError, StorageError
from crawler.policy.model import Decision
from crawler.records.events import CHECKPOINT, EXCHANGE_PASSED, SITE_FILE_READ
from crawler.records.exchange import Exchange
from crawler.records.page import Page, Way
from crawler.records.remembered import KeptPayload
from crawler.runtime import runtime_of

NOT_MODIFIED: Final = 304
STORAGE: Final = "storage"
"""The reason with which a crawl ends whose corpus cannot be written."""


class CaptureExtension:
    """Listens to what is fetched beside pages, and keeps a crawl's corpus in order."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "CaptureExtension":
        """Made by Scrapy."""
        extension = cls(crawler)
        for receiver, signal in (
            (extension.spider_opened, signals.spider_opened),
            (extension.site_file_read, SITE_FILE_READ),
            (extension.exchange_passed, EXCHANGE_PASSED),
            (extension.item_dropped, signals.item_dropped),
            (extension.item_error, signals.item_error),
            (extension.checkpoint, CHECKPOINT),
            (extension.spider_closed, signals.spider_closed),
        ):
            crawler.signals.connect(receiver, signal)
        return extension

    @property
    def _corpus(self) -> Corpus:
        return corpus_of(self._crawler)

    def spider_opened(self) -> None:
        """Repair what a killed run left, before anything is fetched."""
        runtime = runtime_of(self._crawler)
        if runtime.failure is not None:
            # Another process may be running this job: its open files are not ours to mend.
            return
        try:
            corpus_of(self._crawler)
        except StorageError as error:
            runtime.failure = error
            raise CloseSpider(STORAGE) from error

    def site_file_read(self, exchanges: tuple[Exchange, ...]) -> None:
        """Keep every hop of the way to a site file."""
        for exchange in exchanges:
            self._corpus.write_later(self._corpus.warcs.write_exchange, ROBOTSTXT, exchange)

    def exchange_passed(
        self,
        exchange: Exchange,
        kept: KeptPayload | None = None,
        decision: Decision | None = None,
        way: Way | None = None,
    ) -> None:
        """Keep an answer that is no page; `kept` is the payload that a 304 says still holds."""
        warcs = self._corpus.warcs
        if exchange.status == NOT_MODIFIED and kept is not None:
            self._corpus.write_later(warcs.write_not_modified, exchange, kept, decision, way)
            self._count("warc/revisits")
            self._count("rows/skipped/revisit")
        else:
            self._corpus.write_later(
                warcs.write_exchange, CRAWLDIAGNOSTICS, exchange, decision, way
            )

    def _count(self, key: str) -> None:
        self._crawler.stats.inc_value(key)

    def item_dropped(self, item: object) -> None:
        """A page that comes to nothing must not make a duplicate of the next one like it."""
        if isinstance(item, Page):
            self._corpus.forget_payload(digest(item.exchange.body), item.exchange.url)

    def item_error(self, item: object, failure: Failure) -> None:
        """The same for one that failed; a disk that fails ends the crawl."""
        self.item_dropped(item)
        away = isinstance(failure.value, AwayError)
        if isinstance(failure.value, StorageError) and not away and self._closing is None:
            self._closing = asyncio.ensure_future(self._close_spider())

    async def _close_spider(self) -> None:
        if self._crawler.engine is not None:
            await self._crawler.engine.close_spider_async(reason=STORAGE)

    async def checkpoint(self) -> Mapping[str, int]:
        """Put everything on disk; raises `StorageError`."""
        return await self._corpus.checkpoint()

    async def spider_closed(self) -> None:
        """Finish and index every file."""
        if not is_begun(self._crawler):
            return
        try:
            await self._corpus.close()
        except StorageError as error:
            runtime = runtime_of(self._crawler)
            runtime.failure = runtime.failure or error
