"""Scrapy item pipelines: a kept page to its WARC records, and later to its row."""

from dataclasses import replace
from typing import Final, TypeVar

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector

from crawler.capture.corpus import Corpus, corpus_of
from crawler.capture.documents import row_of
from crawler.capture.record import digest, make_record_id
from crawler.capture.soft_errors import Finding, SoftErrors, probe_url
from crawler.clock import moment
from crawler.records.document import Document
from crawler.records.page import Page, RecordPlace
from crawler.records.remembered import KeptPayload

Item = TypeVar("Item")

NEAR_EMPTY: Final = 50
"""Characters below which a text is counted as next to nothing; its page has a row all the same."""

BEFORE_OTHERS: Final = 1_000_000
"""Priority of a probe: what it tells is wanted for the pages that wait."""

NO_ROW: Final = {Finding.SOFT: "duplicate", Finding.PROBE: "empty"}
"""Why there is no row for a soft error (its text stands in rows already) and for a probe."""

NO_EXTRACTION: Final = "none"
FAILED: Final = "failed"
"""The extractor that an extraction names where none could read the page."""


class _CorpusPipeline:
    def __init__(self, crawler: Crawler, stats: StatsCollector) -> None:
        self._crawler = crawler
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "_CorpusPipeline":
        """Made by Scrapy."""
        return cls(crawler, crawler.stats)

    @property
    def _corpus(self) -> Corpus:
        return corpus_of(self._crawler)


class WarcPipeline(_CorpusPipeline):
    """Writes the records of a kept page and sets `page.place`; other items pass untouched."""

    async def process_item(self, item: Item) -> Item | Page:
        """Raises `StorageError` where the records cannot be written."""
        if not isinstance(item, Page):
            return item
        if item.decision.refusal(item.uses) is not None:
            # The gates have stopped it long before; a corpus is the last place to trust in that.
            raise DropItem(f"{item.url} is refused and must not be kept")
        return replace(item, place=await self._write(item))

    async def _write(self, page: Page) -> RecordPlace:
        payload = digest(page.exchange.body)
        kept = self._corpus.find_payload(payload)
        if kept is not None:
            self._stats.inc_value("warc/revisits")
            return await self._corpus.write(self._corpus.warcs.write_revisit, page, kept)
        new = KeptPayload(payload, make_record_id(), page.exchange.url, page.exchange.started_at)
        self._corpus.expect_payload(new)
        self._stats.inc_value("warc/responses")
        return await self._corpus.write(
            self._corpus.warcs.write_page, page, record_id=new.record_id, payload=payload
        )


class DocumentPipeline(_CorpusPipeline):
    """Writes the row of a page that has a text of its own, and says why others get none."""

    def __init__(self, crawler: Crawler, stats: StatsCollector) -> None:
        super().__init__(crawler, stats)
        self._soft_errors = SoftErrors()

    async def process_item(self, item: Item) -> Item:
        """Raises `StorageError` where the row cannot be written."""
        if isinstance(item, Page) and item.place is not None:
            await self._finish(item, item.place)
        return item

    async def _finish(self, page: Page, place: RecordPlace) -> None:
        row, outcome = None, ""
        if self._corpus.runtime.options.extract != NO_EXTRACTION:
            reason = self._why_no_row(page, place)
            row = None if reason else self._row_of(page, place)
            outcome = f"rows/skipped/{reason}" if reason else "rows/written"
        await self._corpus.settle_page(page, place, row)
        if outcome:
            self._stats.inc_value(outcome)

    def _why_no_row(self, page: Page, place: RecordPlace) -> str:
        """Empty where `page` gets a row, else the reason by the contract's words."""
        if place.revisit:
            kept = self._corpus.find_payload(place.payload_digest)
            return "revisit" if kept is not None and kept.url == page.exchange.url else "duplicate"
        if page.extraction is None:
            return "not_text"
        if page.extraction.extractor == FAILED:
            return "extraction_failed"
        text = page.extraction.text.strip()
        return self._why_not_its_own(page.url, text) if text else "empty"

    def _why_not_its_own(self, url: str, text: str) -> str:
        finding = self._soft_errors.judge(url, text)
        # The scope "seeds" promises that nothing but the seeds is asked for.
        may_ask = self._corpus.runtime.options.scope != "seeds"
        if finding is Finding.ASK and may_ask and self._crawler.engine is not None:
            probe = Request(probe_url(url), meta={"depth": 1}, priority=BEFORE_OTHERS)
            self._crawler.engine.crawl(probe)
        if len(text) < NEAR_EMPTY:
            self._stats.inc_value("rows/near_empty")
        if finding is Finding.SOFT:
            self._stats.inc_value("rows/soft_errors")
        return NO_ROW.get(finding, "")

    def _row_of(self, page: Page, place: RecordPlace) -> Document | None:
        if page.extraction is None:
            return None
        corpus = self._corpus
        now = moment(corpus.runtime.clock.now())
        return row_of(page, place, page.extraction, dump=corpus.names.crawl, added=now)
