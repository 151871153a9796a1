"""Frontiers of both kinds, for tests of what holds of each."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest

from crawler.clock import SystemClock
from crawler.config import read_options
from crawler.fetch.fetcher import HttpFetcher
from crawler.frontier.jobs import open_frontier
from crawler.frontier.protocol import Claim, Frontier
from crawler.gates.pacing import HostPaces
from crawler.ledger.store import SqlLedger
from crawler.runtime import Runtime
from tests.urlfrontier import FrontierService, frontier_service

CLOCK: Final = SystemClock()
PATIENCE: Final = 12.0
Opening = Callable[..., Awaitable[Frontier]]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontierService]:
    """A node for all tests; each has a job of its own."""
    with frontier_service(tmp_path_factory.mktemp("urlfrontier")) as one:
        yield one


def make_runtime(folder: Path, place: str, job: str, **more: object) -> Runtime:
    """A worker's parts, with a ledger in `folder`."""
    given = {"HEED_FRONTIER": place, "HEED_DELAY": 0, "HEED_LINGER": 1, "HEED_OUT": str(folder)}
    options = read_options({**given, **{f"HEED_{name.upper()}": v for name, v in more.items()}})
    ledger = SqlLedger(str(folder / "ledger.db"))
    paces = HostPaces(options, CLOCK, ledger)
    fetcher = HttpFetcher(options, CLOCK, paces, lambda _: ())
    return Runtime(options, CLOCK, folder, job, ledger, paces, fetcher)


async def claimed(frontier: Frontier, number: int, seconds: float = PATIENCE) -> list[Claim]:
    """So many claims, waited for as the prefetch waits."""
    claims: list[Claim] = []
    async with asyncio.timeout(seconds):
        while len(claims) < number:
            claims += await frontier.claim(number - len(claims), CLOCK.now())
            await asyncio.sleep(0.05)
    return claims


@pytest.fixture(params=["sqlite", "urlfrontier"])
async def opening(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opening]:
    """Opens the test's job; a second call is another run of it, the first one's end."""
    distributed = request.param == "urlfrontier"
    place = request.getfixturevalue("service").url if distributed else ""
    job, opened = uuid4().hex, list[tuple[Frontier, Runtime]]()

    async def close() -> None:
        while opened:
            frontier, runtime = opened.pop()
            await frontier.close()
            runtime.ledger.close()

    async def start(**more: object) -> Frontier:
        await close()
        runtime = make_runtime(tmp_path, place, job, **more)
        frontier = await open_frontier(runtime, lambda *_: None)
        opened.append((frontier, runtime))
        return frontier

    yield start
    await close()
