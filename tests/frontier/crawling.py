"""Runs a real Scrapy crawl over the frontier's components alone; the rest of Heed stands still."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.http import HtmlResponse, Response

from crawler.clock import SystemClock
from crawler.config import read_options
from crawler.errors import StorageError
from crawler.fetch.fetcher import HttpFetcher
from crawler.gates.pacing import HostPaces
from crawler.ledger.store import SqlLedger
from crawler.policy.decide import decide
from crawler.policy.model import Outcome, Profile, State, Use
from crawler.records.keys import HOPS_KEY, RECEIPT_KEY
from crawler.runtime import DeferredError, FetchFailedError, RefusedError, Runtime, attach

SETTINGS: Final[dict[str, Any]] = {
    "SCHEDULER": "crawler.frontier.scheduler.FrontierScheduler",
    "TWISTED_REACTOR_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "ROBOTSTXT_OBEY": False,
    "REDIRECT_ENABLED": False,
    "RETRY_ENABLED": False,
    "LOG_ENABLED": False,
    "DOWNLOAD_HANDLERS": {
        "http": "scrapy.core.downloader.handlers._aiohttp.AiohttpDownloadHandler",
        "https": None,
    },
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.frontier.settlement.SettlementMiddleware": 50,
        "tests.frontier.crawling.Gate": 100,
    },
    "SPIDER_MIDDLEWARES": {"crawler.frontier.settlement.ReceiptMiddleware": 10},
}


class FullLedger(SqlLedger):
    """A ledger on a disk that is full while `full` says so."""

    full = True

    def commit(self, wait: float = 0.0) -> None:
        """Fails."""
        if self.full:
            raise StorageError("The ledger is on a full disk.")
        super().commit(wait)


class Gate:
    """Raises what the real gates raise, by path; follows redirects as they do."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Gate":
        """Made by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Refuse, defer or fail."""
        if "/refused" in request.url:
            raise refusal_of(request.url)
        if "/deferred" in request.url:
            host = request.url.split("/")[2]
            raise DeferredError(host, SystemClock().now() + 1000, "it asked for rest")
        if "/unreachable" in request.url:
            raise FetchFailedError(Outcome.TIMEOUT, "no answer within 30 s")

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        """Refuse, or follow a redirect."""
        if "/after" in request.url:
            raise refusal_of(request.url)
        location = response.headers.get("Location")
        if not location:
            return response
        meta = {RECEIPT_KEY: request.meta[RECEIPT_KEY], HOPS_KEY: request.meta[HOPS_KEY] + 1}
        target = response.urljoin(location.decode())
        return request.replace(url=target, headers={}, meta=meta)


def refusal_of(url: str) -> RefusedError:
    """What the gate raises for a URL that may not be crawled."""
    decision = decide(url, (), Profile.STRICT)
    states = {**decision.states, Use.CRAWL: State.DISALLOW}
    return RefusedError(replace(decision, states=states), Use.CRAWL)


class LinkSpider(Spider):
    """Follows every link and gives an item a page."""

    name = "links"

    def __init__(self, seeds: Iterable[str] = (), name: str | None = None) -> None:
        super().__init__(name)
        self.seeds = tuple(seeds)

    async def start(self) -> AsyncIterator[Any]:
        """The seeds."""
        for url in self.seeds:
            yield Request(url)

    def parse(self, response: Response) -> Iterator[Any]:
        """An item and the links."""
        yield {"url": response.url}
        if isinstance(response, HtmlResponse):
            for link in response.css("a::attr(href)").getall():
                yield response.follow(link)


@dataclass
class Crawl:
    """What a crawl came to."""

    runtime: Runtime
    stats: dict[str, Any]
    items: list[dict[str, str]] = field(default_factory=list)

    @property
    def reason(self) -> str:
        """Why it ended."""
        return str(self.stats["finish_reason"])


async def crawl(
    folder: Path,
    *seeds: str,
    spider: type[Spider] = LinkSpider,
    ledger: SqlLedger | None = None,
    settings: Mapping[str, Any] | None = None,
    **options: object,
) -> Crawl:
    """Crawl `seeds` with the job in `folder` until it ends by itself."""
    runner = AsyncCrawlerRunner({**SETTINGS, **(settings or {})})
    crawler = runner.create_crawler(spider)
    given = {"delay": 0, "linger": 0, "out": str(folder), "backoff_base": 100, **options}
    chosen = read_options({f"HEED_{name.upper()}": value for name, value in given.items()})
    clock = SystemClock()
    ledger = ledger or SqlLedger(str(folder / "ledger.db"))
    pace = HostPaces(chosen, clock, ledger)
    runtime = Runtime(
        options=chosen,
        clock=clock,
        out=folder,
        job="test",
        ledger=ledger,
        pace=pace,
        fetcher=HttpFetcher(chosen, clock, pace, lambda _: ()),
    )
    attach(crawler, runtime)
    items: list[dict[str, str]] = []

    def keep(item: dict[str, str]) -> None:
        items.append(item)

    crawler.signals.connect(keep, signals.item_scraped)
    async with asyncio.timeout(60):
        await runner.crawl(crawler, seeds=seeds)
    if isinstance(ledger, FullLedger):
        ledger.full = False
    ledger.close()
    assert crawler.stats is not None
    return Crawl(runtime, crawler.stats.get_stats(), items)
