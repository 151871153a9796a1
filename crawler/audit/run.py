"""An audit from its first site to its last: so many at once, stopped in order, gone on with."""

import asyncio
from dataclasses import dataclass
from typing import Final

from scrapy.signalmanager import SignalManager

from crawler.audit.checkpoint import Checkpoint
from crawler.audit.look import Look, Looked
from crawler.audit.queue import Entries, Waiting
from crawler.audit.tally import Tally
from crawler.clock import moment
from crawler.errors import HeedError
from crawler.ledger.buffer import SeenState
from crawler.ledger.store import SqlLedger
from crawler.runtime import DeferredError, Runtime

SITES_A_PLACE: Final = 16
"""Sites under way for each exchange under way: most of a site's time is its own delay."""

NAP: Final = 0.25
"""Seconds between looks at who may go on, where nothing else is to do."""


@dataclass(frozen=True, slots=True)
class Work:
    """What an audit works with."""

    runtime: Runtime
    ledger: SqlLedger
    entries: Entries
    run: str


class Audit:
    """Looks at every site of `work.entries`; `tally` can be read while it runs."""

    def __init__(self, work: Work) -> None:
        self.tally = Tally()
        self.stopping = False
        self._work = work
        self._runtime = work.runtime
        self._signals = SignalManager()
        self._checkpoint = Checkpoint(work.ledger, work.runtime.clock)
        self._waiting = Waiting()
        self._listed_out = False

    async def run(self) -> None:
        """To the end of the list, or until `stop`; raises `HeedError`."""
        options = self._runtime.options
        places = options.concurrency * (SITES_A_PLACE if options.delay else 1)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(places):
                    group.create_task(self._work_on())
        except* HeedError as errors:
            raise _first(errors) from None
        finally:
            self.tally.known = self._work.entries.known

    async def stop(self) -> None:
        """Begin nothing more; what is under way may end within the patience of `wind_down`."""
        self.stopping = True
        await self._runtime.wind_down()

    def interrupt(self) -> None:
        """Hang up on whatever is under way."""
        self._runtime.fetcher.interrupt()

    async def _work_on(self) -> None:
        """One place: site after site."""
        while not self.stopping:
            look = self._next()
            if look is not None:
                await self._take_up(look)
            elif self._listed_out and not self._waiting:
                return
            else:
                await self._runtime.clock.sleep(NAP)

    def _next(self) -> Look | None:
        now = self._runtime.clock.now()
        look = self._waiting.take(now)
        if look is not None or self._listed_out or self._waiting.is_full:
            return look
        entry = self._work.entries.next(now)
        if entry is None:
            self._listed_out = True
            return None
        return Look(entry, self._runtime, self._signals)

    async def _take_up(self, look: Look) -> None:
        try:
            looked = await look.go()
        except DeferredError as deferred:
            if self.stopping:
                return
            if self._is_worth_waiting(deferred):
                self._waiting.add(look, deferred.until)
                return
            self.tally.rest(look.entry.site, moment(deferred.until), deferred.reason)
            partial = look.give_up()
            if partial is None:
                return
            looked = partial
        self._record(looked)
        await self._checkpoint.reach()
        self._work.entries.forget(look.entry)
        self.tally.add(looked)

    def _is_worth_waiting(self, deferred: DeferredError) -> bool:
        """A host that merely keeps its delay is waited for, one that rests for a while only."""
        rest = deferred.until - self._runtime.clock.now()
        return not deferred.resting or rest <= self._runtime.options.linger

    def _record(self, looked: Looked) -> None:
        ledger = self._work.ledger
        for read in looked.reads:
            ledger.record_site_file(read.origin, read.path, read.resource)
        ledger.record_site_state(
            SeenState(
                run=self._work.run,
                site=looked.entry.site,
                origin=looked.origin,
                at=looked.at,
                outcome=looked.front.outcome,
                decision=looked.decision,
                presence=looked.presence,
            )
        )


def _first(errors: BaseExceptionGroup[HeedError]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
