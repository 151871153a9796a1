"""A front page as far as an audit reads it: its headers and its head, wherever it has moved to.

Every hop of a redirect obeys the robots.txt of its origin; what that refuses is not asked for.
"""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from crawler.clock import moment
from crawler.gates.redirects import REDIRECTS, target_of
from crawler.gates.site_files import SiteFileKeeper, origin_of
from crawler.policy.availability import Rules, availability_of, outcome_of_status
from crawler.policy.html_tags import find_head_end
from crawler.policy.model import Observation, Outcome, Profile, Resource, Use
from crawler.policy.reading import closes, read_decision
from crawler.records.codings import decode
from crawler.records.exchange import Exchange, Truncated
from crawler.runtime import FetchFailedError, Runtime

HEAD_LIMIT: Final = 262_144
"""Bytes of a front page that are read at most, as sent and as decoded: heads are far shorter."""

PAYMENT_REQUIRED: Final = 402
_MARKUP: Final = ("html", "xml", "text/plain")

Headers = tuple[tuple[str, str], ...]


class FrontPageReader:
    """Reads one site's front page; `asked` tells whether anybody was asked for it."""

    def __init__(self, runtime: Runtime, keeper: SiteFileKeeper) -> None:
        self._runtime = runtime
        self._keeper = keeper
        self._hops = 0
        self._url = ""
        self.asked = False

    async def read(self, origin: str) -> Resource:
        """The front page of `origin`; its body is its head, its URL that of the last hop.

        An outcome tells why there is none: BLOCKED_BY_ROBOTS where robots.txt refuses it, that
        of robots.txt where that brought no rules. Raises `DeferredError`, and then goes on where
        it was.
        """
        self._url = self._url or f"{origin}/"
        while self._hops <= self._runtime.options.max_redirects:
            closed = await self._judge(self._url)
            if closed is not None:
                return self._without_answer(closed)
            try:
                exchange = await self._fetch(self._url)
            except FetchFailedError as failure:
                return self._without_answer(failure.outcome, failure.detail)
            target = _target(exchange)
            if target is None:
                return self._resource_of(exchange)
            self._url = target
            self._hops += 1
        return self._without_answer(Outcome.TOO_MANY_REDIRECTS)

    async def _judge(self, url: str) -> Outcome | None:
        """Why `url` may not be asked for, or None where it may."""
        robots = await self._keeper.read_robots(origin_of(url))
        options = self._runtime.options
        if not closes(robots, url, options.product_token):
            seen = Observation(url=url, product_token=options.product_token, robots=robots)
            documents = await self._keeper.read_documents(seen)
            if not documents or self._opens(replace(seen, files=documents)):
                return None
        is_read = availability_of(robots.outcome).rules is Rules.READ
        return Outcome.BLOCKED_BY_ROBOTS if is_read else robots.outcome

    def _opens(self, seen: Observation) -> bool:
        """Whether licence documents leave a page to be read: a price a visit is none Heed pays."""
        profile = max(self._runtime.options.profile, Profile.STANDARD, key=lambda one: one.rank)
        return not read_decision(seen, profile).states[Use.CRAWL].refuses

    async def _fetch(self, url: str) -> Exchange:
        """One hop, until the head has come."""
        coded: list[Headers] = []

        def wants_body(status: int, headers: Headers) -> bool:
            coded.append(headers)
            return _may_hold_words(status, headers)

        def wants_more(body: bytes) -> bool:
            begun = decode(body, coded[0], limit=HEAD_LIMIT, whole=False).body
            return len(begun) < HEAD_LIMIT and find_head_end(begun) is None

        self.asked = True
        return await self._runtime.fetcher.fetch(
            url, on_headers=wants_body, on_body=wants_more, max_body=HEAD_LIMIT
        )

    def _resource_of(self, exchange: Exchange) -> Resource:
        whole = exchange.truncated is Truncated.NO
        headers = exchange.text_headers
        body = decode(exchange.body, headers, limit=HEAD_LIMIT, whole=whole).body
        end = None if exchange.status == PAYMENT_REQUIRED else find_head_end(body)
        return Resource(
            url=exchange.url,
            body=body if end is None else body[:end],
            status=exchange.status,
            headers=headers,
            outcome=outcome_of_status(exchange.status),
            retrieved_at=exchange.started_at,
        )

    def _without_answer(self, outcome: Outcome, detail: str = "") -> Resource:
        now = moment(self._runtime.clock.now())
        return Resource(self._url, status=None, outcome=outcome, detail=detail, retrieved_at=now)


def _may_hold_words(status: int, headers: Headers) -> bool:
    """Whether a body may say something: the page's own, or what a 402 asks for."""
    if status == PAYMENT_REQUIRED:
        return True
    kinds = [value.lower() for name, value in headers if name.lower() == "content-type"]
    is_markup = not kinds or any(word in kinds[0] for word in _MARKUP)
    return 200 <= status < 300 and is_markup  # noqa: PLR2004 (the class's bounds)


def _target(exchange: Exchange) -> str | None:
    """Where a redirect leads; None for all else, and for what is no web address."""
    if exchange.status not in REDIRECTS:
        return None
    location = next(
        (value for name, value in exchange.text_headers if name.lower() == "location"), ""
    )
    target = target_of(exchange.url, location.strip()) if location.strip() else None
    return urlsplit(target)._replace(fragment="").geturl() if target else None
