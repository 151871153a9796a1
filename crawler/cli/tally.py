"""Counting a crawl as it goes, from the events that components send."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from crawler.capture.soft_errors import probe_url
from crawler.policy.model import Decision, Outcome, Use
from crawler.records.events import DECISION_MADE, FETCH_FAILED, SEED_LEFT_OUT, SITE_FILE_READ
from crawler.records.exchange import Exchange
from crawler.records.keys import EXCHANGE_KEY, SITEMAP_KEY

EXAMPLES_A_SIGNAL: Final = 3
SKIP_REASONS: Final = ("empty", "not_text", "duplicate", "revisit", "extraction_failed")
NOTICED: Final = ("near_empty", "soft_errors")
"""Texts that were counted though nothing of the contract hangs on it."""


@dataclass(frozen=True, slots=True)
class Example:
    """One refusal to show: what was refused, for which use, in whose words, where they stand."""

    url: str
    use: str
    signal: str
    verbatim: str
    where: str


@dataclass
class Tally:
    """What a summary tells; connect it to a crawler before it starts."""

    pages_fetched: int = 0
    pages_kept: int = 0
    bytes: int = 0
    hosts: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    refused_urls: set[int] = field(default_factory=set)
    addresses_refused: dict[str, str] = field(default_factory=dict)
    """Why, by URL."""
    seeds_left_out: dict[int, str] = field(default_factory=dict)
    """The name of the reason, by the seed's rank."""

    def connect(self, crawler: Crawler) -> None:
        """Listen to `crawler`."""
        connect = crawler.signals.connect
        connect(self.response_downloaded, signals.response_downloaded)
        connect(self.decision_made, DECISION_MADE)
        connect(self.fetch_failed, FETCH_FAILED)
        connect(self.site_file_read, SITE_FILE_READ)
        connect(self.seed_left_out, SEED_LEFT_OUT)

    def response_downloaded(self, response: Response, request: Request) -> None:
        """An answer to a page's request came."""
        is_page = SITEMAP_KEY not in request.meta and request.url != probe_url(request.url)
        self.pages_fetched += is_page
        exchange: Exchange | None = request.meta.get(EXCHANGE_KEY)
        self._count_bytes(exchange)
        self.hosts.add(urlsplit(response.url).netloc)

    def site_file_read(self, exchanges: tuple[Exchange, ...]) -> None:
        """A site file was fetched."""
        for exchange in exchanges:
            self._count_bytes(exchange)

    def decision_made(self, decision: Decision, uses: tuple[Use, ...], kept: bool) -> None:
        """A page was kept or refused."""
        if kept:
            self.pages_kept += 1
            return
        use = decision.refusal(uses)
        reasons = decision.deciding[use] if use is not None else ()
        if use is None or not reasons or hash(decision.url) in self.refused_urls:
            return
        self.refused_urls.add(hash(decision.url))
        first = reasons[0]
        self.refused[first.signal] += 1
        shown = self.examples.setdefault(first.signal, [])
        if len(shown) < EXAMPLES_A_SIGNAL:
            evidence = first.evidence
            shown.append(
                Example(decision.url, use.value, first.signal, evidence.verbatim, evidence.where)
            )

    def fetch_failed(self, url: str, outcome: Outcome, detail: str) -> None:
        """A page's request brought no answer, or an error."""
        self.failed[outcome.value] += 1
        if outcome is Outcome.REFUSED_ADDRESS:
            self.addresses_refused[url] = detail

    def seed_left_out(self, rank: int, reason: str) -> None:
        """The frontier did not take a seed in."""
        self.seeds_left_out[rank] = reason

    def _count_bytes(self, exchange: Exchange | None) -> None:
        if exchange is not None:
            self.bytes += len(exchange.body) + len(exchange.response_head)
