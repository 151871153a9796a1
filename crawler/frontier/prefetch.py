"""Claims fetched ahead of the engine, which asks for requests and cannot wait for them."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from crawler.clock import Clock
from crawler.frontier.protocol import Acknowledgement, Claim, Counts, Ending, Frontier

LOOK_AGAIN: Final = 1.0
"""Seconds after which the frontier is asked again though nothing was heard of it."""

COUNT_AGAIN: Final = 5.0
"""Seconds between two counts of what is left, while there is something left."""

SEEDS_PAUSE: Final = 1.0
"""Seconds without a new seed after which the crawl begins although more may come."""


class Prefetch:
    """Keeps claims ready, never more than `hosts` unacknowledged in all."""

    def __init__(
        self, frontier: Frontier, clock: Clock, hosts: int, wake: Callable[[Counts | None], None]
    ) -> None:
        self.ready: deque[Claim] = deque()
        self.next_due: float | None = None
        """When the frontier next has something, as of the last look that found nothing."""
        self._frontier = frontier
        self._clock = clock
        self._hosts = hosts
        self._wake = wake
        self._outstanding = 0
        self._changed = asyncio.Event()
        self._exhausted = False
        self._stopped = False
        self._seeds_read = False
        self._last_seed = clock.now()
        self._counted = float("-inf")

    @property
    def exhausted(self) -> bool:
        """Whether the last look found nothing, and nothing has changed since."""
        return self._exhausted and not self._outstanding

    def seed_came(self) -> None:
        """A seed was put on its way."""
        self._last_seed = self._clock.now()
        self.look()

    def seeds_ended(self) -> None:
        """The spider has no more seeds."""
        self._seeds_read = True
        self.look()

    def look(self) -> None:
        """Something changed: look at the frontier again."""
        self._exhausted = False
        self._changed.set()

    def ended(self, claims: int) -> None:
        """So many claims were acknowledged."""
        self._outstanding -= claims
        self.look()

    def stop(self) -> None:
        """Claim nothing more; a cancellation alone can get lost between two waits."""
        self._stopped = True
        self._changed.set()

    async def give_back(self) -> None:
        """Claim nothing more, and return what was claimed and not asked for."""
        self.stop()
        now, unasked = self._clock.now(), tuple(self.ready)
        self.ready.clear()
        if unasked:
            endings = [Acknowledgement(claim.key, Ending.DEFERRED, now) for claim in unasked]
            await self._frontier.acknowledge(endings, (), now)

    async def run(self) -> None:
        """Fill up whenever there is room, until cancelled; raises `StorageError`."""
        # Links are held to the bounds that the seeds set, so the seeds come first.
        while not self._seeds_read and self._clock.now() - self._last_seed < SEEDS_PAUSE:
            await self._clock.sleep(0.02)
        while not self._stopped:
            self._changed.clear()
            wait = await self._fill()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()

    async def _fill(self) -> float:
        room = self._hosts - self._outstanding
        if room <= 0:
            return LOOK_AGAIN
        now = self._clock.now()
        claims = await self._frontier.claim(room, now)
        if claims:
            self._outstanding += len(claims)
            self.ready.extend(claims)
            self._wake(await self._count_now_and_then(now))
            return LOOK_AGAIN
        if self._outstanding:
            return LOOK_AGAIN
        counts = await self._frontier.counts(now)
        self.next_due = counts.next_due
        self._exhausted = not self._changed.is_set()
        self._wake(counts)
        return _wait(counts.next_due, now)

    async def _count_now_and_then(self, now: float) -> Counts | None:
        """How the job stands, if nobody was told of late: people watch how much is left."""
        if 0 <= now - self._counted < COUNT_AGAIN:
            return None
        self._counted = now
        return await self._frontier.counts(now)


def _wait(due: float | None, now: float) -> float:
    if due is None:
        return LOOK_AGAIN
    # What is due and was not handed out belongs to a host that keeps its delay.
    return min(LOOK_AGAIN, due - now) if due > now else LOOK_AGAIN / 4
