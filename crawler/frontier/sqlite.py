"""The embedded frontier: one SQLite file a job, used from a thread of its own."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import ParamSpec, Self, TypeVar

from crawler.errors import StorageError
from crawler.frontier.intake import OnLeftOut
from crawler.frontier.protocol import Acknowledgement, Claim, Counts, Discovery
from crawler.frontier.queue import HostQueue

P = ParamSpec("P")
T = TypeVar("T")


class SqliteFrontier:
    """A `Frontier`; the event loop never waits for the disk.

    Made with `open`. Every method raises `StorageError` where the disk fails it; then nothing
    of the call was done.
    """

    def __init__(self, queue: HostQueue, thread: ThreadPoolExecutor) -> None:
        self._queue = queue
        self._thread = thread
        self._closed = False

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        now: float,
        rest: float = 0.0,
        host_budget: int | None = None,
        on_left_out: OnLeftOut | None = None,
    ) -> Self:
        """Open the job at `path`, made where there is none, at the time `now`.

        URLs that were out when the last run ended are offered again, and every host that was
        asked within `rest` seconds of that end rests for as long first. Raises `StorageError`:
        another process runs the job, a newer schema, the disk.
        """
        thread = ThreadPoolExecutor(1, thread_name_prefix="frontier")
        make = partial(
            HostQueue, path, now=now, rest=rest, host_budget=host_budget, on_left_out=on_left_out
        )
        try:
            queue = await asyncio.get_running_loop().run_in_executor(thread, make)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(queue, thread)

    async def put(self, discoveries: Iterable[Discovery]) -> int:
        """See `Frontier.put`."""
        return await self._run(self._queue.put, discoveries)

    async def claim(self, hosts: int, now: float) -> Sequence[Claim]:
        """See `Frontier.claim`."""
        return await self._run(self._queue.claim, hosts, now)

    async def acknowledge(
        self, endings: Sequence[Acknowledgement], discoveries: Sequence[Discovery], now: float
    ) -> None:
        """See `Frontier.acknowledge`."""
        await self._run(self._queue.acknowledge, endings, discoveries, now)

    async def delay(self, host: str, until: float) -> None:
        """See `Frontier.delay`."""
        await self._run(self._queue.delay, host, until)

    async def block(self, host: str, until: float, reason: str) -> None:
        """See `Frontier.block`."""
        await self._run(self._queue.block, host, until, reason)

    async def counts(self, now: float) -> Counts:
        """See `Frontier.counts`."""
        return await self._run(self._queue.counts, now)

    async def resting(self, now: float, limit: int = 100) -> Sequence[tuple[str, float, str]]:
        """See `Frontier.resting`."""
        return await self._run(self._queue.resting, now, limit)

    async def make_due(self, now: float) -> None:
        """Want every URL again at once (`--recrawl`)."""
        await self._run(self._queue.make_due, now)

    async def close(self) -> None:
        """Put everything in the file and let go of the job; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._queue.close)
        finally:
            self._thread.shutdown(wait=False)

    async def _run(self, operation: Callable[P, T], /, *arguments: P.args, **named: P.kwargs) -> T:
        if self._closed:
            raise StorageError(f"The frontier {str(self._queue.path)!r} is closed already.")
        call = partial(operation, *arguments, **named)
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)
