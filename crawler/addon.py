"""The one place that wires Scrapy components: put `HeedAddon` into `ADDONS` and be polite.

Order numbers are architecture, so each stands here with its reason.
"""

import logging
from typing import TYPE_CHECKING, Final, Self
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

from crawler.clock import Clock, SystemClock, moment
from crawler.config import Options, read_options
from crawler.errors import BusyError, StorageError
from crawler.fetch.fetcher import HttpFetcher
from crawler.frontier.patience import AT_ONCE
from crawler.gates.neighbours import Alone, neighbours_on
from crawler.gates.pacing import HostPaces
from crawler.identity.fields import make_identity
from crawler.ledger.ahead import set_back
from crawler.ledger.store import SqlLedger
from crawler.runtime import Runtime, attach, is_attached, runtime_of
from crawler.stores.slots import Slot, take_slot

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

DOWNLOADER_MIDDLEWARES: Final = {
    # Nearest the engine: sees the last word on every request, whatever raised it.
    "crawler.frontier.settlement.SettlementMiddleware": 50,
    # A redirect is only followed once the gate has let the redirecting answer pass.
    "crawler.gates.redirects.RedirectGate": 90,
    # Before anything else touches a request, and after everything has touched a response.
    "crawler.gates.policy_gate.PolicyGate": 100,
}
SPIDER_MIDDLEWARES: Final = {
    # Nearest the engine: what comes out here is what is really scheduled and stored.
    "crawler.frontier.settlement.ReceiptMiddleware": 10,
}
ITEM_PIPELINES: Final = {
    # The evidence first: a row without its record would prove nothing.
    "crawler.capture.pipeline.WarcPipeline": 300,
    "crawler.extract.pipeline.TextPipeline": 500,
    "crawler.capture.pipeline.DocumentPipeline": 700,
}
EXTENSIONS: Final = {
    # First, because every other component asks for the runtime that it makes.
    "crawler.addon.RuntimeExtension": 0,
    "crawler.capture.extension.CaptureExtension": 200,
}
REPLACED: Final = {
    # The gate does their work, and does it fail-closed or with evidence (scrapy.md).
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware",
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware",
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware",
    # Retries go through the frontier with a due time, never at once.
    "scrapy.downloadermiddlewares.retry.RetryMiddleware",
    # It keeps pages before they are judged; what did not change is asked for conditionally.
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware",
    # Bodies are decoded within bounds by the download handler.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware",
    # One identity for the whole crawl, set by the fetcher; no cookies, no credentials.
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware",
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware",
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware",
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware",
}
HANDLER: Final = "crawler.fetch.handler.HeedDownloadHandler"
HANDLERS: Final = {
    "http": HANDLER,
    "https": HANDLER,
    # A link must not be able to read this machine's files, nor make a page of itself.
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
PAGES_IN_MEMORY: Final = 16
"""Pages of the largest size that may wait for their text before no more are asked for: with
Scrapy's own bound one such page, a single hostile host's, stops the whole crawl meanwhile."""

SETTINGS: Final = {
    "SCHEDULER": "crawler.frontier.scheduler.FrontierScheduler",
    # Pacing is ours, per host and per address; Scrapy's own slots must not add to it.
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1_000,
    "AUTOTHROTTLE_ENABLED": False,
    # Scrapy starts as many tasks for each response, whose one item and links need but few.
    "CONCURRENT_ITEMS": 4,
    "ROBOTSTXT_OBEY": False,
    "COOKIES_ENABLED": False,
    "REFERER_ENABLED": False,
    # Both let somebody else run code in the crawl's process.
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
}


_SLOTS: Final[WeakKeyDictionary["Crawler", Slot]] = WeakKeyDictionary()
"""Folders that crawlers of a fleet hold among the workers of their machine."""


class HeedAddon:
    """Makes a Scrapy project polite: gates, pacing, address guard, frontier, ledger, capture."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Wire the components with add-on priority, so that a project's own words still win."""
        for name, value in SETTINGS.items():
            settings.set(name, value, "addon")
        options = read_options(settings)
        settings.set("CONCURRENT_REQUESTS", options.concurrency, "addon")
        waiting = PAGES_IN_MEMORY * options.max_body
        settings.set("SCRAPER_SLOT_MAX_ACTIVE_SIZE", waiting, "addon")
        # The one door to the network: another would know neither pace nor address guard.
        settings.set("DOWNLOAD_HANDLERS", HANDLERS, "cmdline")
        for path in REPLACED:
            settings.set_in_component_priority_dict(
                "DOWNLOADER_MIDDLEWARES", load_object(path), None
            )
        for setting, components in (
            ("DOWNLOADER_MIDDLEWARES", DOWNLOADER_MIDDLEWARES),
            ("SPIDER_MIDDLEWARES", SPIDER_MIDDLEWARES),
            ("ITEM_PIPELINES", ITEM_PIPELINES),
            ("EXTENSIONS", EXTENSIONS),
        ):
            for path, order in components.items():
                settings.setdefault_in_component_priority_dict(setting, load_object(path), order)


class RuntimeExtension:
    """Gives a crawler its runtime, unless whoever started it did, and closes it at the end."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._speaks = not is_attached(crawler)
        if self._speaks:
            assemble(crawler, read_options(crawler.settings), SystemClock())
        crawler.signals.connect(self.engine_stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        return cls(crawler)

    async def engine_stopped(self) -> None:
        """Nothing will ask for anything again."""
        runtime = runtime_of(self._crawler)
        await runtime.fetcher.close()
        runtime.pace.close()
        try:
            if isinstance(runtime.failure, BusyError):
                # It was busy for too long already: there is little hope.
                runtime.ledger.close(AT_ONCE)
            else:
                runtime.ledger.close()
        except StorageError as error:
            runtime.failure = runtime.failure or error
        if self._speaks and runtime.failure is not None:
            # Whoever made the runtime tells its operator; else nobody would.
            logger.error("%s", runtime.failure)


def assemble(crawler: "Crawler", options: Options, clock: Clock) -> Runtime:
    """Make the parts of one crawl and attach them to `crawler`; raises `HeedError`."""
    identity = make_identity(options, clock)
    ledger = SqlLedger(options.ledger_place)
    set_back(ledger.engine, moment(clock.now()))
    neighbours = Alone() if options.is_fleet else neighbours_on(options.ledger_place)
    pace = HostPaces(options, clock, ledger, neighbours)
    fetcher = HttpFetcher(options, clock, pace, identity)
    slot = take_slot(options.corpus_folder) if options.is_fleet and "://" in options.out else None
    runtime = Runtime(
        options=options,
        clock=clock,
        out=slot.folder if slot is not None else options.corpus_folder,
        job=options.job,
        ledger=ledger,
        pace=pace,
        fetcher=fetcher,
    )
    attach(crawler, runtime)
    if slot is not None:
        _SLOTS[crawler] = slot
    return runtime
