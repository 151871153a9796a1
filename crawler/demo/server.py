"""The demo sites in a process of their own, so that they and the crawl never wait on each other."""

import asyncio
import multiprocessing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Final, Self

from crawler.demo.listeners import DemoRequest, DemoSites
from crawler.errors import HeedError

START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 5.0


class DemoError(HeedError):
    """The demo sites could not be served."""


@dataclass(frozen=True, slots=True)
class DemoServer:
    """Running demo sites: `seeds` are their front pages. Stops at the end of a `with` block."""

    seeds: list[str]
    _process: BaseProcess
    _line: Connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def requests(self) -> list[DemoRequest]:
        """What was asked of the sites so far, in order."""
        self._line.send("requests")
        received: list[DemoRequest] = self._line.recv()
        return received

    def stop(self) -> None:
        """End the process; may be called again."""
        self._line.close()
        self._process.join(STOP_SECONDS)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()


def start_demo() -> DemoServer:
    """Serve the demo sites from a new process; raises `DemoError` where they cannot listen."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), name="heed-demo", daemon=True)
    process.start()
    theirs.close()
    try:
        seeds = ours.recv() if ours.poll(START_SECONDS) else None
    except EOFError:
        seeds = None
    if seeds is None:
        process.terminate()
        process.join()
        message = (
            "The demo sites cannot listen on loopback (127.0.0.1): "
            "allow this program to open local ports and run heed demo again."
        )
        raise DemoError(message)
    return DemoServer(seeds, process, ours)


def _serve(line: Connection) -> None:
    asyncio.run(_converse(line))


async def _converse(line: Connection) -> None:
    """Serve until the other end of `line` is closed; answer what it asks."""
    async with DemoSites() as sites:
        line.send(sites.seeds)
        while await asyncio.to_thread(_wait_for_question, line):
            line.send(sites.requests)


def _wait_for_question(line: Connection) -> bool:
    try:
        line.recv()
    except (EOFError, OSError, KeyboardInterrupt):
        return False
    return True
