"""The sites of a corpus asked again, politely: their files, and each page that these still allow.

A refusal by header or in a page's head is that page's own, so only asking the page tells of it.
Nothing of a page is kept: the ledger gets the site files and the decision with its words.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from scrapy.signalmanager import SignalManager

from crawler.clock import Clock, moment
from crawler.config import Options
from crawler.curation.declaration import Declaration
from crawler.errors import HeedError
from crawler.fetch.fetcher import HttpFetcher, Identity
from crawler.gates.judge import Headers, Judge, Sight
from crawler.gates.neighbours import neighbours_on
from crawler.gates.pacing import HostPaces
from crawler.gates.site_files import SiteFileKeeper
from crawler.ledger.store import SqlLedger
from crawler.policy.availability import Retry, availability_of, outcome_of_status
from crawler.policy.model import Outcome, Resource, Use
from crawler.records.codings import decode
from crawler.records.exchange import Exchange, Truncated
from crawler.records.remembered import SiteFileState
from crawler.runtime import DeferredError, FetchFailedError, Runtime

JOB: Final = "recheck"
PAGES_A_COMMIT: Final = 50

Pages = Mapping[str, Sequence[tuple[str, Declaration]]]
"""By origin the URLs to ask and the declaration under which each was kept."""


class AfreshLedger(SqlLedger):
    """The ledger of a run that takes no site file on trust: it knows those asked for since."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self._asked: set[tuple[str, str]] = set()

    def record_site_file(self, origin: str, path: str, resource: Resource) -> None:
        """As `SqlLedger`."""
        self._asked.add((origin, path))
        super().record_site_file(origin, path, resource)

    def site_file(self, origin: str, path: str) -> SiteFileState | None:
        """None for what was not asked for by this run, whatever is remembered of it."""
        return super().site_file(origin, path) if (origin, path) in self._asked else None


@dataclass
class Asked:
    """What came of asking."""

    pages: set[str] = field(default_factory=set)
    """URLs whose page answered."""
    resting: dict[str, str] = field(default_factory=dict)
    """Hosts that want to be left alone, and why."""
    failed: int = 0
    """Pages that brought no answer."""


class Asker:
    """Asks origins side by side and the pages of each in turn."""

    def __init__(
        self, options: Options, clock: Clock, ledger: AfreshLedger, identity: Identity
    ) -> None:
        pace = HostPaces(options, clock, ledger, neighbours_on(options.ledger_place))
        self._fetcher = HttpFetcher(options, clock, pace, identity)
        self._runtime = Runtime(options, clock, Path(), JOB, ledger, pace, self._fetcher)
        self._keeper = SiteFileKeeper(self._runtime, SignalManager())
        self._judges: dict[Declaration, Judge] = {}
        self._at_once = asyncio.Semaphore(options.concurrency)
        self.asked = Asked()

    async def ask(self, pages: Pages) -> Asked:
        """Ask for everything in `pages`; raises `StorageError` where the ledger cannot be kept."""
        try:
            async with asyncio.TaskGroup() as group:
                for listed in pages.values():
                    group.create_task(self._ask_origin(listed))
        except* HeedError as errors:
            raise first_of(errors) from None
        finally:
            await self._fetcher.close()
            self._runtime.pace.close()
            self._runtime.ledger.commit()
        return self.asked

    async def _ask_origin(self, listed: Sequence[tuple[str, Declaration]]) -> None:
        async with self._at_once:
            for url, declared in listed:
                try:
                    await self._ask_in_time(url, declared)
                except DeferredError as deferred:
                    self.asked.resting[deferred.host] = deferred.reason
                    return

    async def _ask_in_time(self, url: str, declared: Declaration) -> None:
        """Ask for `url`, once more after a rest that is short enough to wait for."""
        try:
            await self._ask_page(url, declared)
        except DeferredError as deferred:
            rest = deferred.until - self._runtime.clock.now()
            if rest > self._runtime.options.linger:
                raise
            await self._runtime.clock.sleep(rest)
            await self._ask_page(url, declared)

    async def _ask_page(self, url: str, declared: Declaration) -> None:
        judge = self._judge_of(declared)
        sight = await judge.before(url)
        if sight.refusal((Use.CRAWL, *declared.uses)) is not None:
            return
        at = moment(self._runtime.clock.now())

        def wants_body(status: int, headers: Headers) -> bool:
            return judge.after(sight, status, headers, b"", at).refusal(declared.uses) is None

        try:
            exchange = await self._fetcher.fetch(url, on_headers=wants_body, patient=True)
        except FetchFailedError as failure:
            self._fail(url, failure.outcome, failure.detail)
            return
        outcome = outcome_of_status(exchange.status)
        if availability_of(outcome).retry is not Retry.ON_EXPIRY and not _is_redirect(exchange):
            self._fail(url, outcome, f"status {exchange.status}")
            return
        await self._record(judge, sight, exchange, declared)

    async def _record(
        self, judge: Judge, sight: Sight, exchange: Exchange, declared: Declaration
    ) -> None:
        runtime, headers = self._runtime, exchange.text_headers
        whole = exchange.truncated is Truncated.NO
        decoded = decode(exchange.body, headers, limit=runtime.options.max_body, whole=whole)
        at = moment(runtime.clock.now())
        sight = judge.after(sight, exchange.status, headers, decoded.body, at)
        sight = await judge.with_documents(sight)
        kept = sight.refusal(declared.uses) is None
        runtime.ledger.record_decision(
            sight.decision, declared.uses, kept=kept, stage="after", at=at
        )
        self.asked.pages.add(exchange.url)
        if len(self.asked.pages) % PAGES_A_COMMIT == 0:
            runtime.ledger.commit()

    def _fail(self, url: str, outcome: Outcome, detail: str) -> None:
        self.asked.failed += 1
        at = moment(self._runtime.clock.now())
        self._runtime.ledger.record_failure(url, outcome, detail, at)

    def _judge_of(self, declared: Declaration) -> Judge:
        if declared not in self._judges:
            named = {"product_token": declared.product_token, "profile": declared.profile}
            options = self._runtime.options.model_copy(update=named)
            self._judges[declared] = Judge(replace(self._runtime, options=options), self._keeper)
        return self._judges[declared]


def first_of(errors: BaseExceptionGroup[HeedError]) -> BaseException:
    """One error of a group, as it was raised."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _is_redirect(exchange: Exchange) -> bool:
    return exchange.status in range(300, 400)
