"""`Fetcher` on aiohttp: one GET, one hop, one address, one turn; never a second try of its own."""

import asyncio
import re
import ssl
from collections.abc import Callable, Coroutine, Sequence
from typing import Final

import aiohttp
from yarl import URL

from crawler.clock import Clock
from crawler.config import Options
from crawler.fetch.addresses import is_loopback
from crawler.fetch.failures import CAUGHT, describe, outcome_of
from crawler.fetch.reading import Limits, Reading, read_answer
from crawler.fetch.resolver import LookUp, Resolver
from crawler.fetch.target import Target, vet_url
from crawler.fetch.wire import Answer, make_connector
from crawler.policy.model import Outcome
from crawler.policy.pace import longest_retry_after
from crawler.records.exchange import Exchange, Truncated
from crawler.runtime import DeferredError, FetchFailedError, OnBody, OnHeaders, Pace, Turn

Identity = Callable[[str], Sequence[tuple[str, str]]]
"""URL in, the fields out that say who asks: User-Agent, From, later a signature."""

ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPT_ENCODING: Final = "gzip, deflate"
"""Not `br`, though it can be read: common WARC readers cannot, and records keep the coding."""
CALLERS_FIELDS: Final = frozenset(
    {
        "accept",
        "accept-language",
        "cache-control",
        "if-modified-since",
        "if-none-match",
    }
)
"""What a caller may add: no credential, cookie, price or identity passes a list this short."""

KEEP_ALIVE_SECONDS: Final = 4.0
"""Below the 5 s after which common servers hang up: a request must not cross with their closing."""

NAMELESS: Final = "a contact URL is needed beyond loopback: set --contact (or HEED_CONTACT_URL)"
_REPORTED_AS_ANSWERS: Final = frozenset({429, 503})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_ENCODED_ONLY: Final = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")


class HttpFetcher:
    """The one door to the network (`crawler.runtime.Fetcher`)."""

    def __init__(
        self,
        options: Options,
        clock: Clock,
        pace: Pace,
        identity: Identity,
        tls: ssl.SSLContext | None = None,
        look_up: LookUp | None = None,
    ) -> None:
        """`tls` verifies servers, `look_up` finds a name's addresses; else the machine's own do."""
        self._options = options
        self._clock = clock
        self._pace = pace
        self._identity = identity
        self._tls = tls
        self._resolver = Resolver(options, clock, look_up)
        self._session: aiohttp.ClientSession | None = None
        self._places = asyncio.Semaphore(options.concurrency)
        self._under_way: set[asyncio.Task[Exchange]] = set()
        self._interrupted = False

    async def fetch(
        self,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        on_headers: OnHeaders | None = None,
        on_body: OnBody | None = None,
        max_body: int | None = None,
        patient: bool = False,
    ) -> Exchange:
        """GET `url` and return what came, redirects and error statuses included.

        `headers` may add conditions and preferences, nothing else. `on_headers` may decline the
        body, `on_body` the rest of it. A body longer than `max_body` bytes (default: the option)
        is cut; one that broke off or came too slowly is marked so.

        Raises `FetchFailedError` where no answer came, it was no HTTP, or nothing may be asked
        there; `DeferredError` where the host is to rest.
        """
        target = vet_url(url, self._options)
        address = await self._resolve(target)
        if not self._options.contact_url and not is_loopback(address):
            # Whoever started the crawl was told so before; a project of its own tells nobody.
            raise FetchFailedError(Outcome.REFUSED_ADDRESS, NAMELESS)
        most = self._options.max_body if max_body is None else max_body
        limits = Limits(on_headers, on_body, most)
        async with self._pace.turn(target.key, address, patient=patient) as turn:
            try:
                async with self._places:
                    work = self._exchange(target, address, headers, limits)
                    exchange = await self._unless_interrupted(target, work)
            except FetchFailedError as error:
                _report(turn, error.exchange, error.outcome)
                raise
            _report(turn, exchange, Outcome.OK)
            return exchange

    def interrupt(self) -> None:
        """Hang up on every exchange under way, and begin none any more.

        Whoever waits for one gets a `DeferredError`: the URL is as it was.
        """
        self._interrupted = True
        for exchange in self._under_way:
            exchange.cancel()

    async def _unless_interrupted(
        self, target: Target, work: Coroutine[object, object, Exchange]
    ) -> Exchange:
        exchange = asyncio.ensure_future(work)
        self._under_way.add(exchange)
        if self._interrupted:
            exchange.cancel()
        try:
            return await exchange
        except asyncio.CancelledError:
            if not self._interrupted:
                exchange.cancel()
                raise
            now = self._clock.now()
            raise DeferredError(target.key, now, "the crawl was ended", resting=False) from None
        finally:
            self._under_way.discard(exchange)

    async def close(self) -> None:
        """Close every connection."""
        self._resolver.close()
        if self._session is not None:
            await self._session.close()

    async def _resolve(self, target: Target) -> str:
        try:
            return await self._resolver.resolve(target.host)
        except FetchFailedError as error:
            if error.outcome is not Outcome.REFUSED_ADDRESS:
                # A name that stands for nothing is a failure of its host, at no address.
                async with self._pace.turn(target.key, target.host) as turn:
                    turn.failed(error.outcome)
            raise

    async def _exchange(
        self, target: Target, address: str, headers: Sequence[tuple[str, str]], limits: Limits
    ) -> Exchange:
        """One request and its answer; every way to fail ends in a `FetchFailedError`."""
        answer: Answer | None = None
        started = self._clock.now()
        try:
            async with asyncio.timeout(self._options.total_timeout) as deadline:
                answer = await self._send(target, address, headers)
            if answer.wire.head is None:
                raise aiohttp.ServerDisconnectedError
            reading = Reading(answer, answer.wire.head, target.url, started, self._clock)
            return await read_answer(reading, limits, deadline.when())
        except aiohttp.ClientConnectorError as error:
            self._resolver.demote(target.host, address)
            raise FetchFailedError(outcome_of(error), describe(error)) from error
        except CAUGHT as error:
            raise FetchFailedError(outcome_of(error), describe(error)) from error
        finally:
            if answer is not None:
                # Closes the connection unless the body was read to its end.
                answer.close()

    async def _send(
        self, target: Target, address: str, headers: Sequence[tuple[str, str]]
    ) -> Answer:
        answer = await self._opened_session().get(
            URL(target.at(address), encoded=True),
            headers=self._request_fields(target, headers),
            server_hostname=target.host,
            allow_redirects=False,
        )
        if not isinstance(answer, Answer):
            raise TypeError(answer)
        return answer

    def _request_fields(
        self, target: Target, headers: Sequence[tuple[str, str]]
    ) -> list[tuple[str, str]]:
        """The request's fields in the order sent: Host, identity, preferences, the caller's."""
        identity = list(self._identity(target.url))
        ours = {name.lower() for name, _ in identity}
        added = [
            (name, value)
            for name, value in headers
            if name.lower() in CALLERS_FIELDS - ours and not _CONTROL.search(value)
        ]
        fields = [("Host", target.host_field), *identity]
        if not any(name.lower() == "accept" for name, _ in added):
            fields.append(("Accept", ACCEPT))
        return [*fields, ("Accept-Encoding", ACCEPT_ENCODING), *added]

    def _opened_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            tls = self._tls or ssl.create_default_context()
            tls.set_alpn_protocols(["http/1.1"])
            self._session = aiohttp.ClientSession(
                connector=make_connector(self._options.max_headers, KEEP_ALIVE_SECONDS, tls),
                response_class=Answer,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                skip_auto_headers=_ENCODED_ONLY,
                timeout=aiohttp.ClientTimeout(
                    total=None,
                    sock_connect=self._options.connect_timeout,
                    sock_read=self._options.read_timeout,
                ),
            )
            # A server's log must never show a request twice because a connection was old.
            self._session._retry_connection = False  # noqa: SLF001 (no public switch)
        return self._session


def _report(turn: Turn, exchange: Exchange | None, outcome: Outcome) -> None:
    """Tell the pace how it went. A broken answer is a failure, unless it says when to come back."""
    if exchange is None:
        turn.failed(outcome)
        return
    broken = _BROKEN.get(exchange.truncated)
    if outcome not in (Outcome.OK, Outcome.TOO_LARGE):
        broken = outcome
    if broken is not None and exchange.status not in _REPORTED_AS_ANSWERS:
        turn.failed(broken)
        return
    retry_after = longest_retry_after(exchange.text_headers, exchange.started_at)
    turn.answered(exchange.seconds, exchange.status, retry_after)


_BROKEN: Final = {
    Truncated.DISCONNECT: Outcome.TRUNCATED,
    Truncated.TIME: Outcome.TIMEOUT,
}
