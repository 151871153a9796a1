"""The gate on both sides of a fetch: what a site refused is neither asked for nor kept.

Before: by robots.txt and the other site files. After: by status, headers, head and embedded
words as well. A refusal leaves its evidence as a `DECISION_MADE` event, and no body anywhere.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http import Headers, Response

from crawler.clock import iso_milliseconds, moment
from crawler.gates.failures import tell_failure
from crawler.gates.judge import SIGHT_KEY, Judge, Sight
from crawler.gates.site_files import SiteFileKeeper, host_of, origin_of
from crawler.policy.availability import outcome_of_status
from crawler.policy.model import Decision, Outcome, Use
from crawler.policy.page_labels import read_labels
from crawler.policy.robots import read_robots
from crawler.policy.robots_rules import follows_links
from crawler.records.events import DECISION_MADE, EXCHANGE_PASSED
from crawler.records.exchange import Exchange, Truncated
from crawler.records.keys import (
    CLAIM_KEY,
    DECISION_KEY,
    EXCHANGE_KEY,
    FIRST_SEEN_KEY,
    FOLLOW_KEY,
    LABELS_KEY,
    OBSERVATION_KEY,
    SITEMAP_KEY,
    SITEMAPS_KEY,
    TORN,
    USES_KEY,
)
from crawler.records.page import way_of
from crawler.records.remembered import KeptPayload
from crawler.runtime import DeferredError, FetchFailedError, RefusedError, Runtime, runtime_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

CUT_SHORT: Final = frozenset({Truncated.DISCONNECT, Truncated.TIME})
PARTIAL: Final = 206
KEPT_STATUSES: Final = range(200, 300)
REDIRECTING: Final = range(300, 400)
NOT_MODIFIED: Final = 304
PAYLOAD_DIGEST: Final = "payload_digest"
"""Under this name a claim remembers what was kept of its URL."""


class PolicyGate:
    """Downloader middleware through which every page's request and response pass."""

    def __init__(self, crawler: "Crawler", runtime: Runtime) -> None:
        self._runtime = runtime
        self._options = runtime.options
        self._clock = runtime.clock
        self._signals = crawler.signals
        self._judge = Judge(runtime, SiteFileKeeper(runtime, crawler.signals))

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        gate = cls(crawler, runtime_of(crawler))
        crawler.signals.connect(gate.headers_received, signals.headers_received)
        return gate

    async def process_request(self, request: Request) -> None:
        """Let the request go on, or raise why it may not."""
        if not request.url.startswith(("http://", "https://")):
            raise IgnoreRequest(f"{request.url}: only http and https are crawled")
        sight = await self._judge.before(request.url)
        robots = sight.seen.robots
        if robots is not None and robots.outcome is Outcome.REFUSED_ADDRESS:
            raise FetchFailedError(robots.outcome, robots.detail)
        self._pass_or_refuse(sight, self._uses(request), stage="before")
        request.meta[SIGHT_KEY] = sight
        # Of another request, where a spider hands on a response's meta.
        request.meta.pop(EXCHANGE_KEY, None)
        if robots is not None:
            request.meta[SITEMAPS_KEY] = robots.read_as(read_robots).sitemaps()

    def headers_received(self, request: Request, headers: Headers, status: int) -> None:
        """Stop a download whose headers already refuse, before its body is on the way."""
        sight: Sight | None = request.meta.get(SIGHT_KEY)
        if sight is None:
            return
        known = self._judge.after(sight, status, _fields_of(headers), b"", self._now())
        if known.refusal(self._uses(request)) is not None:
            raise StopDownload(fail=False)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Hand on what may be kept; for anything else raise why not."""
        sight: Sight | None = request.meta.get(SIGHT_KEY)
        if sight is None or sight.seen.url != request.url:
            # A middleware nearer the engine answered before the request came here.
            await self.process_request(request)
            sight = request.meta[SIGHT_KEY]
        exchange: Exchange | None = request.meta.get(EXCHANGE_KEY)
        fields = _fields_of(response.headers) if exchange is None else exchange.text_headers
        sight = self._judge.after(sight, response.status, fields, response.body, self._now())
        sight = await self._judge.with_documents(sight)
        self._pass_or_refuse(sight, self._uses(request), stage="after")
        if exchange is None:
            # Another middleware's own answer, a cache's say: judged, but no evidence of a fetch.
            return response
        if unwhole := _why_not_whole(exchange, response):
            self._fail(request.url, *unwhole)
            raise FetchFailedError(*unwhole)
        if response.status in KEPT_STATUSES and SITEMAP_KEY not in request.meta:
            self._keep(request, sight, exchange)
        else:
            self._pass(request, sight, exchange)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Keep on record that no answer came."""
        if isinstance(exception, FetchFailedError):
            self._fail(request.url, exception.outcome, exception.detail)

    def _uses(self, request: Request) -> tuple[Use, ...]:
        """What `request` is for: a sitemap is only read, so only that can be refused."""
        return (Use.CRAWL,) if SITEMAP_KEY in request.meta else self._options.uses

    def _pass_or_refuse(self, sight: Sight, uses: tuple[Use, ...], *, stage: str) -> None:
        use = sight.refusal(uses)
        if use is None:
            return
        decision = sight.decision
        if stage == "before" and sight.passes_with_time(use):
            # Nobody said no: there is no refusal to count or to keep as the site's words.
            found = decision.deciding[use][0].evidence
            why = f"{found.where.removesuffix(' status')} could not be read ({found.verbatim})"
            raise DeferredError(host_of(origin_of(decision.url)), sight.next_try, why)
        self._tell(decision, uses, kept=False, stage=stage)
        raise RefusedError(decision, use)

    def _keep(self, request: Request, sight: Sight, exchange: Exchange) -> None:
        request.meta[DECISION_KEY] = sight.decision
        request.meta[OBSERVATION_KEY] = sight.seen
        request.meta[USES_KEY] = self._options.uses
        request.meta[FOLLOW_KEY] = follows_links(sight.seen)
        request.meta[LABELS_KEY] = read_labels(sight.seen)
        seen = self._runtime.ledger.first_seen(request.url, exchange.started_at)
        request.meta[FIRST_SEEN_KEY] = iso_milliseconds(seen)
        self._tell(sight.decision, self._options.uses, kept=True, stage="after")

    def _pass(self, request: Request, sight: Sight, exchange: Exchange) -> None:
        kept = self._held(request) if exchange.status == NOT_MODIFIED else None
        way = way_of(request.meta)
        self._signals.send_catch_log(
            EXCHANGE_PASSED, exchange=exchange, kept=kept, decision=sight.decision, way=way
        )
        outcome = outcome_of_status(exchange.status)
        if exchange.status not in REDIRECTING and exchange.status not in KEPT_STATUSES:
            self._fail(exchange.url, outcome, f"status {exchange.status}")

    def _held(self, request: Request) -> KeptPayload | None:
        """The payload that a 304 says still holds, as this job remembers it."""
        memory = getattr(request.meta.get(CLAIM_KEY), "memory", {})
        digest = memory.get(PAYLOAD_DIGEST)
        return self._runtime.ledger.find_payload(self._runtime.job, digest) if digest else None

    def _fail(self, url: str, outcome: Outcome, detail: str) -> None:
        tell_failure(self._runtime, self._signals, url, outcome, detail)

    def _tell(self, decision: Decision, uses: tuple[Use, ...], *, kept: bool, stage: str) -> None:
        # The ledger is told directly: an event's receiver may fail unheard, evidence may not.
        at = self._now()
        self._runtime.ledger.record_decision(decision, uses, kept=kept, stage=stage, at=at)
        self._signals.send_catch_log(DECISION_MADE, decision=decision, uses=uses, kept=kept)

    def _now(self) -> datetime:
        return moment(self._clock.now())


def _fields_of(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    )


def _why_not_whole(exchange: Exchange, response: Response) -> tuple[Outcome, str] | None:
    """Why what came is not all of the page, None where it is, or was cut at our own limit."""
    if exchange.truncated in CUT_SHORT:
        return Outcome.TRUNCATED, "the body ended before it was whole"
    if exchange.status == PARTIAL:
        return Outcome.TRUNCATED, "a part of the page came, which nobody had asked for"
    if TORN in response.flags:
        return Outcome.UNDECODABLE, "the body could not be unpacked to its end"
    return None
