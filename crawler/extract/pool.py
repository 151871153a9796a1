"""Extraction outside the reactor: processes that may hang, grow or die without the crawl noticing.

The processes come from a fork server: forking the crawler itself would copy locks that its other
threads hold, and spawning would import everything anew for each. The server imports once, alone.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as DeadlineError
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import forkserver, get_context, resource_tracker
from multiprocessing.synchronize import Semaphore
from typing import Final, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from crawler.errors import StorageError
from crawler.extract.worker import PRELOADED, ready, run_within, set_up

QUEUED_A_WORKER: Final = 2
"""Pages taken in for each worker: one at work, one waiting; more wait in the pipeline."""

TASKS_A_WORKER: Final = 2_000
"""Pages after which a worker is renewed, so that what the libraries leak does not add up."""

TRIES: Final = 2
"""A worker can die of what came from outside (SIGTERM to the group); twice it is the page."""

REMEDY: Final = (
    "see to the machine's memory, its limits (ulimit) and the room for temporary files, "
    "then run the same command again"
)

LONGEST_START: Final = 5.0
"""Seconds that the end of a crawl waits for a worker which has not begun yet."""

DIED: Final = "died"
TIMEOUT: Final = "timeout"

Given = ParamSpec("Given")
Result = TypeVar("Result")


class ExtractionError(Exception):
    """A page's text could not be had; `reason` is a word for statistics."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


class ExtractionPool:
    """Runs functions in `workers` processes (0: as many as there are cores), the reactor free.

    A call that takes longer than `deadline` seconds costs its worker, which is killed and
    replaced; it costs no other call anything but the time to make a new one.
    """

    def __init__(
        self, workers: int, deadline: float, *, patience: float = 1.0, niceness: int = 0
    ) -> None:
        """With `niceness` other processes go first; then a call may wait `patience` deadlines."""
        self._patience = patience
        self._niceness = niceness
        self._workers = workers or len(os.sched_getaffinity(0))
        self._deadline = deadline
        self._room = asyncio.Semaphore(self._workers * QUEUED_A_WORKER)
        self._pool: ProcessPool | None = None
        self._begun: Semaphore | None = None
        self._opening = asyncio.Lock()
        self._warming: asyncio.Future[bool] | None = None

    def warm_up(self) -> None:
        """Begin to start the processes, so that the first call finds them ready."""
        self._warming = asyncio.ensure_future(self.run(ready))

    async def run(
        self, function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
    ) -> Result:
        """The result of `function` in a worker, once there is room.

        Raises `ExtractionError`: reason "timeout", "died", or the name of what it raised; and
        `StorageError` where the machine lets no worker live.
        """
        async with self._room:
            for _ in range(TRIES):
                try:
                    return await self._attempt(function, *args, **kwargs)
                except (ProcessExpired, BrokenProcessPool) as error:
                    died = error
        if isinstance(died, BrokenProcessPool):
            # Workers that die before they have a page: it is the machine, and not the page.
            raise StorageError(f"The processes that extract text cannot be run: {died}; {REMEDY}.")
        raise ExtractionError(DIED, str(died))

    async def _attempt(
        self, function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
    ) -> Result:
        call = partial(run_within, self._deadline, self._patience, function, *args, **kwargs)
        try:
            pool = await self._opened()
            future: Future[Result] = pool.submit(call, self._deadline * self._patience)
        except (OSError, RuntimeError, EOFError) as error:
            raise BrokenProcessPool(str(error)) from error
        try:
            return await asyncio.wrap_future(future)
        except BrokenProcessPool:
            raise
        except ProcessExpired as error:
            if error.exitcode == -signal.SIGPROF:
                raise self._timeout() from None
            raise
        except DeadlineError:
            raise self._timeout() from None
        except Exception as error:  # whatever the libraries raise is the page's fault
            raise ExtractionError(type(error).__name__, str(error)) from error

    def _timeout(self) -> ExtractionError:
        return ExtractionError(TIMEOUT, f"no result within {self._deadline:g} seconds")

    async def _opened(self) -> ProcessPool:
        async with self._opening:
            if self._pool is None or not self._pool.active:
                # Waits for the fork server and its imports: seconds, so not in the event loop.
                self._begun = get_context("forkserver").Semaphore(0)
                start = partial(_start, self._workers, self._niceness, self._begun)
                self._pool = await asyncio.to_thread(start)
            return self._pool

    async def close(self) -> None:
        """Let the calls under way end, then the workers."""
        if self._warming is not None:
            await asyncio.gather(self._warming, return_exceptions=True)
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(self._let_begin)
            pool.close()  # type: ignore[no-untyped-call]  # pebble annotates all but this
            await asyncio.to_thread(pool.join)

    def _let_begin(self) -> None:
        # A worker that is told to end before it has begun complains on standard error.
        begun, waiting = self._begun, self._workers
        while begun is not None and waiting and begun.acquire(timeout=LONGEST_START):
            waiting -= 1


def prepare() -> None:
    """Begin to load the extraction libraries in the fork server; the caller goes on meanwhile."""
    get_context("forkserver").set_forkserver_preload([PRELOADED])
    resource_tracker.ensure_running()
    # Ctrl-C reaches every process of the terminal, and one that starts has no good word for it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(workers: int, niceness: int, begun: Semaphore) -> ProcessPool:
    prepare()
    context = get_context("forkserver")
    pool = ProcessPool(
        workers,
        max_tasks=TASKS_A_WORKER,
        initializer=set_up,
        initargs=(niceness, begun),
        context=context,
    )
    if not pool.active:  # to ask is what starts it
        raise BrokenProcessPool("the extraction processes did not start")
    return pool
