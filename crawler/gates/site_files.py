"""The site files of an origin: fetched when they must be, kept as long as they may be.

How long, and what a failure means, is `policy.availability`'s table; what is remembered over a
restart is the ledger's. robots.txt is read first, and the other site files obey it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from cachetools import LRUCache
from scrapy.signalmanager import SignalManager

from crawler.clock import moment
from crawler.gates.answers import (
    ANSWERED,
    NOT_MODIFIED,
    ROBOTS_LIMIT,
    conditions_of,
    confirmed,
    location_of,
    resource_of,
    without_validators,
)
from crawler.gates.redirects import target_of
from crawler.policy.availability import (
    Rules,
    availability_of,
    lifetime,
    next_try,
)
from crawler.policy.model import Observation, Outcome, Resource
from crawler.policy.pace import longest_retry_after, read_retry_after
from crawler.policy.reading import closes, document_urls, site_file_paths
from crawler.policy.robots import read_robots
from crawler.records.events import SITE_FILE_READ
from crawler.records.exchange import Exchange
from crawler.runtime import FetchFailedError, Runtime, SiteFileMemory, SiteFileSet

ROBOTS_PATH: Final = "/robots.txt"
ORIGINS_IN_MEMORY: Final = 4_096
GIVE_UP_AFTER: Final = 24 * 3600
"""Seconds of trying after which a site file other than robots.txt counts as unknown."""


@dataclass(frozen=True, slots=True)
class Held:
    """A site file with the epoch second until which it need not be asked for again."""

    resource: Resource
    until: float


class SiteFileKeeper:
    """Reads the site files of origins: one fetch a file and origin, however many pages wait."""

    def __init__(
        self, runtime: Runtime, signals: SignalManager, memory: SiteFileMemory | None = None
    ) -> None:
        """What is read goes to `memory` and is remembered by it: the ledger, if not told."""
        self._runtime = runtime
        self._signals = signals
        self._memory = memory or runtime.ledger
        files = ORIGINS_IN_MEMORY * (1 + len(site_file_paths()))
        self._held: LRUCache[tuple[str, str], Held] = LRUCache(files)
        self._whole: LRUCache[str, SiteFileSet] = LRUCache(ORIGINS_IN_MEMORY)
        """All files of an origin at once, since every page of it asks for them all."""
        self._asking: dict[tuple[str, str], asyncio.Future[Held]] = {}

    async def read(self, origin: str) -> SiteFileSet:
        """The site files that govern pages of `origin` ("https://name:port" without a path)."""
        whole = self._whole.get(origin)
        if whole is None or whole.next_try <= self._runtime.clock.now():
            whole = self._whole[origin] = await self._read(origin)
        return whole

    async def _read(self, origin: str) -> SiteFileSet:
        robots = await self._hold_robots(origin)
        held: dict[str, Held] = {}
        if availability_of(robots.resource.outcome).rules is not Rules.DISALLOW_ALL:
            for path in site_file_paths():
                held[path] = await self._hold(origin, path, self._fetch_if_allowed)
        return SiteFileSet(
            robots=robots.resource,
            files={path: one.resource for path, one in held.items()},
            next_try=min(one.until for one in (robots, *held.values())),
        )

    async def read_robots(self, origin: str) -> Resource:
        """The robots.txt of `origin` alone."""
        return (await self._hold_robots(origin)).resource

    async def read_file(self, origin: str, path: str) -> Resource:
        """Any one file of `origin`, as its robots.txt allows."""
        return (await self._hold(origin, path, self._fetch_if_allowed)).resource

    async def _hold_robots(self, origin: str) -> Held:
        return await self._hold(origin, ROBOTS_PATH, self._fetch)

    async def read_documents(
        self, seen: Observation, *, patient: bool = False
    ) -> Mapping[str, Resource]:
        """Licence documents that `seen` points to, each fetched as its own origin allows.

        `patient` waits for any delay: for a page that was fetched and would else be again.
        """
        found: dict[str, Resource] = {}
        ask = partial(self._fetch_if_allowed, patient=patient)
        for url in document_urls(seen, self._runtime.options.profile)[:DOCUMENTS_A_PAGE]:
            if url in seen.files or target_of(url, "") is None:
                continue
            origin = origin_of(url)
            path = urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl() or "/"
            found[url] = (await self._hold(origin, path, ask)).resource
        return found

    async def _hold(
        self, origin: str, path: str, ask: Callable[[str, str], Awaitable[Resource]]
    ) -> Held:
        key = (origin, path)
        now = self._runtime.clock.now()
        held = self._held.get(key) or self._remembered(origin, path)
        if held is not None and held.until > now:
            self._held[key] = held
            return held
        if key not in self._asking:
            self._asking[key] = asyncio.ensure_future(self._ask(origin, path, ask))
            self._asking[key].add_done_callback(lambda _: self._asking.pop(key, None))
        held = self._held[key] = await asyncio.shield(self._asking[key])
        return held

    def _remembered(self, origin: str, path: str) -> Held | None:
        """What an earlier run learnt, with what is left of its lifetime."""
        state = self._memory.site_file(origin, path)
        if state is None or state.latest.retrieved_at is None:
            return None
        if state.latest.outcome is Outcome.REFUSED_ADDRESS:
            # That was ours to say, and the operator may have opened the network since.
            return None
        resource = state.latest
        if path == ROBOTS_PATH:
            self._apply_crawl_delay(origin, resource)
        # The clock may have been set back since: nothing holds longer than it would from now on.
        began = min(state.latest.retrieved_at.timestamp(), self._runtime.clock.now())
        return Held(resource, began + self._seconds_to_next(resource, state.failures))

    async def _ask(
        self, origin: str, path: str, ask: Callable[[str, str], Awaitable[Resource]]
    ) -> Held:
        resource = await ask(origin, path)
        self._memory.record_site_file(origin, path, resource)
        state = self._memory.site_file(origin, path)
        failures = state.failures if state is not None else 0
        if path == ROBOTS_PATH:
            self._apply_crawl_delay(origin, resource)
        elif state is not None and state.failing_since is not None:
            resource = self._give_up(resource, state.failing_since.timestamp())
        now = self._runtime.clock.now()
        return Held(resource, now + self._seconds_to_next(resource, failures))

    def _seconds_to_next(self, resource: Resource, failures: int) -> float:
        if resource.outcome in ANSWERED:
            cache_control = ",".join(resource.header_values("Cache-Control"))
            lasts = lifetime(resource.outcome, cache_control)
            return min(lasts, self._runtime.options.robots_ttl)
        now = moment(self._runtime.clock.now())
        value = longest_retry_after(resource.headers, now)
        asked = read_retry_after(value, now) if value is not None else None
        return next_try(resource.outcome, max(failures, 1), asked)

    def _give_up(self, resource: Resource, failing_since: float) -> Resource:
        if self._runtime.clock.now() - failing_since < GIVE_UP_AFTER:
            return resource
        return replace(resource, outcome=Outcome.NOT_FOUND)

    def _apply_crawl_delay(self, origin: str, robots: Resource) -> None:
        if robots.outcome in ANSWERED:
            token = self._runtime.options.product_token
            delay = robots.read_as(read_robots).crawl_delay(token)
            self._runtime.pace.set_crawl_delay(host_of(origin), delay)

    async def _fetch_if_allowed(self, origin: str, path: str, *, patient: bool = False) -> Resource:
        """Fetch a site file as its origin's robots.txt allows it: it is a URL like any other."""
        if await self._is_closed(origin + path, patient=patient):
            return self._without_answer(origin + path, Outcome.BLOCKED_BY_ROBOTS)
        return await self._fetch(origin, path, patient=patient)

    async def _is_closed(self, url: str, *, patient: bool) -> bool:
        ask = partial(self._fetch, patient=patient)
        robots = (await self._hold(origin_of(url), ROBOTS_PATH, ask)).resource
        return closes(robots, url, self._runtime.options.product_token)

    async def _fetch(self, origin: str, path: str, *, patient: bool = False) -> Resource:
        """Fetch through up to `max_redirects` hops; whatever happens comes back as a resource."""
        exchanges = list[Exchange]()
        at = moment(self._runtime.clock.now())
        state = self._memory.site_file(origin, path)
        kept = state.latest if state is not None else None
        try:
            resource = await self._follow(origin + path, exchanges, kept, patient=patient)
        except FetchFailedError as failure:
            outcome = failure.outcome
            if exchanges and outcome is Outcome.REFUSED_ADDRESS:
                # It was not this origin that may not be asked, but where it points.
                outcome = Outcome.TOO_MANY_REDIRECTS
            exchanges.extend(one for one in (failure.exchange,) if one is not None)
            if outcome is Outcome.TOO_LARGE:
                # None of it was read, so none of it can open anything.
                outcome = Outcome.TRUNCATED
            resource = self._without_answer(origin + path, outcome, failure.detail)
        resource = replace(resource, retrieved_at=at)
        self._signals.send_catch_log(
            SITE_FILE_READ, resource=resource, origin=origin, exchanges=tuple(exchanges)
        )
        return resource

    async def _follow(
        self, first: str, exchanges: list[Exchange], kept: Resource | None, *, patient: bool
    ) -> Resource:
        """The answer at the end of the chain that begins at `first`; its hops go to `exchanges`.

        A chain for robots.txt is followed wherever it leads (RFC 9309 2.3.1.2); any other obeys
        the robots.txt of every hop. `first` is asked whether it is `kept` still.
        """
        url, is_robots, asked = first, urlsplit(first).path == ROBOTS_PATH, conditions_of(kept)
        for hop in range(self._runtime.options.max_redirects + 1):
            if hop and not is_robots and await self._is_closed(url, patient=True):
                return self._without_answer(first, Outcome.BLOCKED_BY_ROBOTS)
            # Half a chain cannot be kept for later: it would begin anew each time.
            exchange = await self._runtime.fetcher.fetch(
                url,
                headers=() if hop else asked,
                max_body=ROBOTS_LIMIT,
                patient=patient or hop > 0,
            )
            exchanges.append(exchange)
            if kept is not None and asked and not hop and exchange.status == NOT_MODIFIED:
                return confirmed(kept, exchange)
            location = location_of(exchange)
            if location is None:
                found = resource_of(exchange, first)
                return without_validators(found) if hop else found
            target = target_of(url, location)
            if target is None:
                break
            url = target
        return self._without_answer(first, Outcome.TOO_MANY_REDIRECTS)

    def _without_answer(self, url: str, outcome: Outcome, detail: str = "") -> Resource:
        now = moment(self._runtime.clock.now())
        return Resource(url, status=None, outcome=outcome, detail=detail, retrieved_at=now)


DOCUMENTS_A_PAGE: Final = 4
"""Licence documents looked at for one page; a page that names more is read by these."""


def origin_of(url: str) -> str:
    """What robots.txt governs: scheme, host and port of `url` (RFC 9309 2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def host_of(origin: str) -> str:
    """The pacing key of an origin: "name:port" with the port spelt out."""
    parts = urlsplit(origin)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    host = parts.hostname or ""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
