"""The item pipeline between WARC and documents: gives a kept page its text."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from scrapy.statscollectors import StatsCollector
from w3lib.encoding import read_bom

from crawler.config import Options
from crawler.extract.pool import ExtractionError, ExtractionPool
from crawler.extract.worker import run
from crawler.policy.charset import SEVEN_BIT, declarations
from crawler.records.page import Extraction, Page
from crawler.runtime import Runtime, runtime_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
PLAIN_TYPES: Final = frozenset({"text/plain"})
HTML_BEGINNINGS: Final = (b"<!doctype html", b"<html", b"<head", b"<body")
LARGE: Final = 1 << 19
"""Bytes above which a page may take seconds. Such pages have processes of their own that stand
back, so that one host's large pages cost the others next to nothing."""

LARGE_NICENESS: Final = 15
LARGE_PATIENCE: Final = 120.0
"""Deadlines (an hour in all) that a large page may wait for what the others leave it; its own work
counts one. Before that `crawler.addon.PAGES_IN_MEMORY` are waiting, and the others get no more."""

SNIFFED: Final = 512
SNIFFED_IN_PLAIN: Final = 1_445
"""Bytes that tell whether plain text is any (WHATWG MIME Sniffing 5.2 and 7.2)."""
_BINARY: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
FAILED: Final = "failed"
"""The extractor that a page names whose text could not be had; its text is empty."""


class TextPipeline:
    """Sets `extraction` of HTML and plain text pages; others, and payloads kept before, pass."""

    def __init__(
        self, options: Options, stats: StatsCollector, runtime: Runtime | None = None
    ) -> None:
        self._runtime = runtime
        self._profile = options.extract
        self._pool = ExtractionPool(options.extract_workers, options.extract_deadline)
        self._large_pool = ExtractionPool(
            options.extract_workers,
            options.extract_deadline,
            patience=LARGE_PATIENCE,
            niceness=LARGE_NICENESS,
        )
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """The pipeline as the crawl's options want it."""
        runtime = runtime_of(crawler)
        return cls(runtime.options, crawler.stats, runtime)

    async def open_spider(self) -> None:
        """Start the workers while the first pages are fetched, if the job could be opened."""
        opened = self._runtime is None or self._runtime.failure is None
        if self._profile != "none" and opened:
            self._pool.warm_up()

    async def process_item(self, item: object) -> object:
        """The page with its extraction; whatever is no `Page` comes back as it is."""
        if not isinstance(item, Page) or self._profile == "none":
            return item
        if item.place is not None and item.place.revisit:
            return item
        profile = profile_of(item, self._profile)
        return (
            item if profile is None else replace(item, extraction=await self._read(item, profile))
        )

    async def _read(self, page: Page, profile: str) -> Extraction:
        declared = page.charset or page.content_type
        pool = self._large_pool if len(page.content) > LARGE else self._pool
        try:
            found = await pool.run(run, page.content, page.url, profile, declared)
        except ExtractionError as error:
            self._stats.inc_value("extract/failed")
            self._stats.inc_value(f"extract/failed/{error.reason}")
            return Extraction(text="", extractor=FAILED)
        self._stats.inc_value("extract/pages" if found.text else "extract/empty")
        return found

    async def close_spider(self) -> None:
        """Wait for the workers to end."""
        await self._pool.close()
        await self._large_pool.close()


def profile_of(page: Page, chosen: str) -> str | None:
    """By which profile `page` is read; None where it holds no text to read.

    A page that came without a type is HTML if it begins like one. What servers call plain text for
    want of a better name, a font or a disk image say, is none.
    """
    media_type = page.content_type.partition(";")[0].strip().lower()
    if media_type in PLAIN_TYPES:
        return None if _is_binary(page) else "plain"
    begins = page.content[:SNIFFED].lstrip().lower().startswith(HTML_BEGINNINGS)
    return chosen if media_type in HTML_TYPES or (not media_type and begins) else None


def _is_binary(page: Page) -> bool:
    marked, _ = read_bom(page.content)
    charsets = declarations(page.content, page.charset or page.content_type)
    if marked or any(name.startswith(SEVEN_BIT) for name in charsets):
        return False
    return _BINARY.search(page.content, 0, SNIFFED_IN_PLAIN) is not None
