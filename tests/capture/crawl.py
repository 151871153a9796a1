"""A crawl of pages that are there already: only the pipelines and the extension are at work.

Run as a program: prints its statistics as JSON. It is a process of its own because an event loop
that Scrapy has installed cannot be taken down again.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response
from scrapy.signals import item_dropped, item_error, item_scraped

from crawler.capture.record import digest
from crawler.config import read_options
from crawler.policy.model import State
from crawler.records.events import CHECKPOINT, EXCHANGE_PASSED, SITE_FILE_READ
from crawler.records.page import Extraction, Page
from crawler.records.remembered import KeptPayload
from crawler.runtime import Runtime, attach
from tests.capture.ledger import PayloadLedger
from tests.capture.samples import StandingClock, a_page, a_statement, an_exchange

TEXT = Extraction("Some text.", "trafilatura")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True)
class Other:
    """An item that is no page."""

    name: str


class DropMarked:
    """Stands where the text pipeline stands, and drops what asks for it."""

    def process_item(self, item: object) -> object:
        """Drop the page, or hand it on."""
        if isinstance(item, Page) and item.charset == "drop":
            raise DropItem("asked for")
        return item


def page(body: bytes, url: str = "https://site.example/1", **more: Any) -> Page:  # noqa: ANN401
    more.setdefault("extraction", TEXT)
    return a_page(an_exchange(body, url=url), **more)


def pages() -> list[object]:
    return [
        page(b"one"),
        page(b"one", "https://site.example/1b"),
        page(b"one"),
        page(b"two", "https://site.example/2", extraction=Extraction(" \n", "trafilatura")),
        page(b"three", "https://site.example/3", extraction=Extraction("", "failed")),
        page(b"GIF", "https://site.example/4", extraction=None, content_type="image/gif"),
        page(b"five", "https://site.example/5", charset="drop"),
        page(b"five", "https://site.example/5b"),
        page(b"no", "https://site.example/6", statements=(a_statement(State.DISALLOW),)),
        Other("untouched"),
    ]


class Ready(Spider):
    """Yields ready-made pages, and sends what the gates would send."""

    name = "ready"

    async def start(self) -> AsyncIterator[Any]:
        """Send the events, then ask for the first page."""
        signals = self.crawler.signals
        signals.send_catch_log(
            SITE_FILE_READ, resource=None, origin="https://site.example",
            exchanges=(an_exchange(b"User-agent: *", url="https://site.example/robots.txt"),),
        )  # fmt: skip
        moved = an_exchange(b"", status=301, reason="Moved")
        signals.send_catch_log(EXCHANGE_PASSED, exchange=moved, at=NOW)
        same = an_exchange(b"", status=304, reason="Not Modified")
        kept = KeptPayload(digest(b"x"), "<urn:uuid:9>", same.url, NOW)
        signals.send_catch_log(EXCHANGE_PASSED, exchange=same, at=NOW, kept=kept)
        signals.send_catch_log(EXCHANGE_PASSED, exchange=replace(same, reason="Alone"), at=NOW)
        for signal in (item_scraped, item_dropped, item_error):
            signals.connect(self.go_on, signal)
        yield self.ask(0)

    def ask(self, number: int) -> Request:
        """Ask for the page of that number."""
        return Request(f"data:text/plain,{number}", callback=self.parse)

    def go_on(self) -> None:
        """Note that the page is through the pipelines."""
        self.settled.set()

    async def parse(self, response: Response) -> AsyncIterator[object]:
        """Yield one page, and when it is settled ask for the next; at the end, a checkpoint."""
        number = int(response.text)
        self.settled = asyncio.Event()
        yield pages()[number]
        await self.settled.wait()
        if number + 1 < len(pages()):
            yield self.ask(number + 1)
        else:
            results = await self.crawler.signals.send_catch_log_async(CHECKPOINT)
            print(  # noqa: T201 (the parent reads it)
                json.dumps([str(one) if isinstance(one, Exception) else one for _, one in results])
            )


def main(out: Path, target: str = "") -> None:
    """Crawl into `out`, and from there to the store that `target` names."""
    process = AsyncCrawlerProcess(
        {
            "ITEM_PIPELINES": {
                "crawler.capture.pipeline.WarcPipeline": 100,
                "tests.capture.crawl.DropMarked": 200,
                "crawler.capture.pipeline.DocumentPipeline": 300,
            },
            "EXTENSIONS": {"crawler.capture.extension.CaptureExtension": 0},
            "CONCURRENT_REQUESTS": 1,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
        }
    )
    crawler: Crawler = process.create_crawler(Ready)
    ledger = PayloadLedger()
    nothing: Any = None
    options = read_options({"HEED_CRAWL_NAME": "C", "HEED_OUT": target or str(out)})
    runtime = Runtime(options, StandingClock(), out, "job", ledger, nothing, nothing)
    attach(crawler, runtime)
    process.crawl(crawler)
    process.start()
    stats = crawler.stats.get_stats()
    wanted = {key: value for key, value in stats.items() if key.startswith(("warc/", "rows/"))}
    wanted["items"] = stats.get("item_scraped_count")
    wanted["reason"] = stats.get("finish_reason")
    wanted["failure"] = str(runtime.failure or "")
    wanted["payloads"] = len(ledger.payloads)
    print(json.dumps(wanted))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
