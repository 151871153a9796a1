"""Whose turn it is: one request at a time of a host and of an address, never before its time.

The arithmetic is `policy.pace`'s; what was learnt goes to the ledger with the next commit and so
outlives a restart. A host known from an earlier run rests its whole delay first, because a kill
may have hidden its last request.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import lru_cache
from ipaddress import ip_address
from random import random
from typing import Final

from crawler.clock import Clock, moment
from crawler.config import Options
from crawler.gates.hours import Hours
from crawler.gates.kept_paces import is_new, new_pace, read_pace, write_pace
from crawler.gates.neighbours import Alone, Neighbours
from crawler.gates.turns import OpenTurn
from crawler.policy.pace import (
    LONGEST_PARKING,
    HostPace,
    after_answer,
    after_failure,
    after_refusal,
    delay,
    next_request,
    read_retry_after,
)
from crawler.runtime import DeferredError, Ledger

WORTH_WAITING: Final = 30.0
"""Seconds that a request waits in its place; a longer rest gives the place to another host."""

ALONE: Final = Alone()
SLICE: Final = 0.25
TURNS_A_SWEEP: Final = 1_024
"""After so many turns, hosts and addresses of which there is nothing to remember are forgotten."""

ASKED_FOR_REST: Final = "it asked for rest"
KEEPS_DELAY: Final = "it keeps its delay"
REFUSALS: Final = frozenset({402, 429, 503})
ANSWERS_AS_ASKED: Final = range(200, 300)
"""Retry-After means nothing there; elsewhere it is heeded (RFC 9110 10.2.3 names 503 and 3xx)."""
SERVER_ERRORS: Final = 500
CLOCKS_APART: Final = 0.5
"""Seconds by which the clocks of two workers may differ: a host that changes hands rests longer."""


class HostPaces:
    """Implements `runtime.Pace`."""

    def __init__(
        self,
        options: Options,
        clock: Clock,
        ledger: Ledger,
        neighbours: Neighbours | Alone = ALONE,
        *,
        worth_waiting: float = WORTH_WAITING,
    ) -> None:
        self._options = options
        self._clock = clock
        self._ledger = ledger
        self._neighbours = neighbours
        self._worth_waiting = worth_waiting
        self._paces: dict[str, HostPace] = {}
        self._next: dict[str, float] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._why: dict[str, str] = {}
        self._waiting = Counter[str]()
        self._gaps: dict[str, float] = {}
        self._saved: dict[str, float] = {}  # or recalled, at these times, in a fleet
        self._hours = Hours(options.windows)
        self._draining = False
        self._turns = 0
        if not options.is_fleet:
            # A fleet knows more hosts than one worker meets: each is recalled when it is claimed.
            self._restore(ledger.host_paces())

    @asynccontextmanager
    async def turn(
        self, host: str, address: str, *, patient: bool = False
    ) -> AsyncIterator[OpenTurn]:
        """See `runtime.Pace.turn`."""
        place = f"address {address}"
        async with self._present(host), self._lock(host):
            # A host that has to wait must not keep others from the address that they share.
            self._put_off(host, self._neighbours.ready(host, self._clock.now()))
            await self._wait(host, host, patient=patient)
            async with self._queue(host, place, patient=patient):
                await self._hold(host, place, patient=patient)
                turn = OpenTurn()
                try:
                    yield turn
                finally:
                    self._finish(host, place, address, turn)
                    done = {host: self.next_turn(host), place: self._next[place]}
                    self._neighbours.release(done, self._clock.now())

    def set_crawl_delay(self, host: str, seconds: float | None) -> None:
        """See `runtime.Pace.set_crawl_delay`."""
        known = self._paces.get(host)
        if known is None and seconds is None:
            return
        known = known or new_pace(self._options, loopback=False)
        self._paces[host] = replace(known, crawl_delay=seconds)
        now = self._clock.now()
        self._space(host, now)
        self._save(host, now)

    def next_turn(self, host: str) -> float:
        """See `runtime.Pace.next_turn`."""
        pace = self._paces.get(host)
        return max(self._next.get(host, 0.0), pace.not_before if pace else 0.0)

    def resting(self) -> Sequence[tuple[str, float, str]]:
        """See `runtime.Pace.resting`."""
        now = self._clock.now()
        listed = list(self._hours.waiting(now))
        for host, pace in sorted(self._paces.items()):
            until = self.next_turn(host) if pace.is_slow else pace.not_before
            why = f"its Crawl-delay is {pace.crawl_delay:g} s" if pace.is_slow else ASKED_FOR_REST
            if until > now:
                listed.append((host, until, self._why.get(host, why)))
        return listed

    def gap(self, host: str) -> float:
        """See `runtime.Pace.gap`."""
        name = host.rpartition(":")[0].strip("[]")
        known = self._paces.get(host) or new_pace(self._options, loopback=_is_loopback(name))
        return delay(known, 0.0)

    def recall(self, host: str, saved: Mapping[str, float | str] | None, since: float) -> None:
        """See `runtime.Pace.recall`; a request from before `since` may be known to nobody."""
        self._next[host] = max(self._next.get(host, 0.0), since + self.gap(host))
        at = float(saved.get("saved", 0.0)) if saved is not None else 0.0
        if saved is None or at <= self._saved.get(host, 0.0):
            return
        self._saved[host] = at
        self._adopt(host, saved)
        if self.gap(host) or self.next_turn(host) > self._clock.now():
            self._next[host] = self.next_turn(host) + CLOCKS_APART

    def drain(self) -> None:
        """See `runtime.Pace.drain`."""
        self._draining = True

    @property
    def draining(self) -> bool:
        """See `runtime.Pace.draining`."""
        return self._draining

    def close(self) -> None:
        """See `runtime.Pace.close`."""
        self._neighbours.close()

    @asynccontextmanager
    async def _queue(self, host: str, place: str, *, patient: bool) -> AsyncIterator[None]:
        """Stand in line for an address; hosts that share a busy one must not fill the crawl."""
        ahead = self._waiting[place]
        expected = self._next.get(place, 0.0) + ahead * self._gaps.get(place, 0.0)
        if not patient and ahead and expected - self._clock.now() > self._worth_waiting:
            raise DeferredError(host, expected, "its address is busy", resting=False)
        async with self._present(place), self._lock(place):
            yield

    async def _hold(self, host: str, place: str, *, patient: bool) -> None:
        """Wait until both may be asked and no other process asks them; raises `DeferredError`."""
        while True:
            await self._wait(host, place, patient=patient)
            now, gap = self._clock.now(), self.gap(host)
            until = {host: now + gap, place: now + self._gaps.get(place, gap)}
            busy = self._neighbours.hold(until, now)
            if not busy:
                return
            for key, ready in busy.items():
                self._put_off(key, ready)

    def _put_off(self, key: str, ready: float) -> None:
        self._next[key] = max(self._next.get(key, 0.0), ready)

    @asynccontextmanager
    async def _present(self, key: str) -> AsyncIterator[None]:
        """Count who waits for `key` or has it."""
        self._waiting[key] += 1
        try:
            yield
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key]

    async def _wait(self, host: str, place: str, *, patient: bool) -> None:
        """Until both may be asked; raises `DeferredError` where that is not worth waiting for."""
        while True:
            now = self._clock.now()
            self._hours.check(host, now)
            ready = max(self.next_turn(host), self._next.get(place, 0.0))
            if ready <= now:
                return
            pace = self._paces.get(host)
            resting = pace is not None and (pace.not_before > now or pace.is_slow)
            if self._draining or resting or (ready - now > self._worth_waiting and not patient):
                reason = self._why.get(host, KEEPS_DELAY) if resting else KEEPS_DELAY
                raise DeferredError(host, ready, reason, resting=resting)
            await self._clock.sleep(min(SLICE, ready - now))

    def _finish(self, host: str, place: str, address: str, turn: OpenTurn) -> None:
        now = self._clock.now()
        known = self._paces.get(host) or new_pace(self._options, loopback=_is_loopback(address))
        if known.loopback != _is_loopback(address):
            known = replace(known, loopback=_is_loopback(address))
        # Untold is what was cut off here, by Ctrl-C say: that is no failure of the host.
        self._paces[host] = known if turn.untold else self._learn(host, known, turn, now)
        self._space(host, now)
        self._gaps[place] = delay(self._paces[host], random())
        self._put_off(place, now + self._gaps[place])
        self._save(host, now)
        self._turns += 1
        if self._turns % TURNS_A_SWEEP == 0:
            self._sweep(now)

    def _sweep(self, now: float) -> None:
        """Forget whom nobody waits for and who may be asked at once: a million hosts must fit."""
        for key in [key for key, ready in self._next.items() if ready <= now]:
            pace = self._paces.get(key)
            if key in self._waiting or (pace is not None and not is_new(pace)):
                continue
            for table in (self._next, self._paces, self._locks, self._gaps, self._why):
                table.pop(key, None)

    def _learn(self, host: str, pace: HostPace, turn: OpenTurn, now: float) -> HostPace:
        asked = turn.retry_after
        wait = read_retry_after(asked, moment(now)) if asked is not None else None
        if turn.status in REFUSALS:
            said = f", Retry-After {asked}" if asked else ""
            self._why[host] = f"it answered {turn.status}{said}"
            return _after_refusal(pace, now, wait, turn.seconds)
        if turn.status == 0 or turn.status >= SERVER_ERRORS:
            what = turn.outcome.value if turn.outcome is not None else f"status {turn.status}"
            self._why[host] = f"{pace.failures + 1} failures in a row, the last one {what}"
            known = after_failure(pace, now, random())
        else:
            known = after_answer(pace, now, turn.seconds)
        if wait and turn.status not in ANSWERS_AS_ASKED:
            self._why[host] = f"it answered {turn.status}, Retry-After {asked}"
            rest = now + min(wait, LONGEST_PARKING)
            known = replace(known, not_before=max(known.not_before, rest))
        return known

    def _space(self, host: str, now: float) -> None:
        self._put_off(host, next_request(self._paces[host], now, random()))

    def _save(self, host: str, now: float) -> None:
        saved = {**write_pace(self._paces[host]), "next": self._next[host], "saved": now}
        if self._options.is_fleet:
            self._saved[host] = now
        self._ledger.save_host_pace(host, saved)

    def _lock(self, key: str) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())

    def _restore(self, saved: Mapping[str, Mapping[str, float | str]]) -> None:
        now = self._clock.now()
        for host, row in saved.items():
            self._adopt(host, row)
            self._next[host] = max(self._next[host], now + delay(self._paces[host], 0.0))

    def _adopt(self, host: str, row: Mapping[str, float | str]) -> None:
        """Take over what was saved of a host; a rest that is known already holds."""
        now, values = self._clock.now(), dict(row)
        spaced = float(values.pop("next", 0.0))
        pace = read_pace(values, new_pace(self._options, loopback=False))
        # The clock may have been set back since: no rest outlasts what was promised.
        set_back = max(float(values.get("saved", 0.0)) - now, 0.0)
        self._paces[host] = replace(pace, not_before=pace.not_before - set_back)
        soonest = min(spaced, now + delay(pace, 1.0))
        self._next[host] = max(self._next.get(host, 0.0), soonest)


def _after_refusal(pace: HostPace, now: float, wait: float | None, seconds: float) -> HostPace:
    """As the host asks; but one that only ever refuses is backed off from, whatever it asks."""
    asked = after_refusal(pace, now, wait, random(), seconds)
    if wait is None or not asked.parked:
        return asked
    own = after_refusal(pace, now, None, random(), seconds)
    return replace(own, not_before=max(own.not_before, asked.not_before))


@lru_cache(maxsize=4096)
def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
