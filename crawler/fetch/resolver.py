"""Names to addresses: looked up once, judged, and remembered for a short while."""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import Final

from cachetools import LRUCache

from crawler.clock import Clock
from crawler.config import Options
from crawler.fetch.addresses import Address, judge_address, read_literal
from crawler.fetch.failures import describe
from crawler.policy.model import Outcome
from crawler.runtime import FetchFailedError

KEPT_SECONDS: Final = 60.0
FAILED_SECONDS: Final = 30.0
KEPT_NAMES: Final = 10_000
LOOKUP_THREADS: Final = 16


LookUp = Callable[[str], list[Address]]


@dataclass(slots=True)
class _Answer:
    """What a name stands for until `expires`; `failure` where it stands for nothing."""

    addresses: list[Address]
    failure: str
    expires: float


class Resolver:
    """Turns a host into the one address to connect to."""

    def __init__(self, options: Options, clock: Clock, look_up: LookUp | None = None) -> None:
        """`look_up` blocks and returns a name's addresses; without it the machine's resolver."""
        self._look_up_name = look_up or look_up_name
        self._options = options
        self._clock = clock
        self._answers: LRUCache[str, _Answer] = LRUCache(KEPT_NAMES)
        self._lookups: dict[str, asyncio.Task[_Answer]] = {}
        self._threads: ThreadPoolExecutor | None = None

    async def resolve(self, host: str) -> str:
        """The address of `host` to connect to, as text.

        Raises `FetchFailedError`: DNS where there is none, TIMEOUT where none came in time,
        REFUSED_ADDRESS where none of them may be connected to.
        """
        literal = read_literal(host)
        if literal is not None:
            return self._choose(host, [literal])
        answer = await self._answer(host)
        if answer.failure:
            raise FetchFailedError(Outcome.DNS, answer.failure)
        return self._choose(host, answer.addresses)

    def demote(self, host: str, address: str) -> None:
        """`address` of `host` does not answer: another one, if any, goes first next time."""
        answer = self._answers.get(host)
        if answer is not None:
            answer.addresses.sort(key=lambda other: str(other) == address)

    def close(self) -> None:
        """Let go of the look-up threads, without waiting for a slow name server."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _choose(self, host: str, addresses: list[Address]) -> str:
        refusals = []
        for address in addresses:
            why = judge_address(address, self._options.allow_net)
            if why is None:
                return str(address)
            refusals.append(why)
        raise FetchFailedError(
            Outcome.REFUSED_ADDRESS, f"{host}: {'; '.join(refusals)}; --allow-net opens it"[:300]
        )

    async def _answer(self, host: str) -> _Answer:
        known = self._answers.get(host)
        if known is not None and known.expires > self._clock.now():
            return known
        lookup = self._lookups.get(host)
        if lookup is None:
            lookup = asyncio.ensure_future(self._look_up(host))
            self._lookups[host] = lookup
            lookup.add_done_callback(lambda _: self._lookups.pop(host, None))
        try:
            # Shielded: one asker who gives up takes nothing from the others.
            async with asyncio.timeout(self._options.connect_timeout):
                return await asyncio.shield(lookup)
        except TimeoutError:
            raise FetchFailedError(Outcome.TIMEOUT, f"no answer about the name {host}") from None

    async def _look_up(self, host: str) -> _Answer:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="resolver")
        loop = asyncio.get_running_loop()
        try:
            addresses = await loop.run_in_executor(self._threads, self._look_up_name, host)
        except (OSError, ValueError) as error:
            answer = _Answer([], describe(error), self._clock.now() + FAILED_SECONDS)
        else:
            answer = _Answer(addresses, "", self._clock.now() + KEPT_SECONDS)
        self._answers[host] = answer
        return answer


def look_up_name(host: str) -> list[Address]:
    """All addresses of `host`, IPv4 first (blocks); raises OSError or ValueError (UnicodeError).

    IPv4 first because many machines hold an IPv6 address that leads nowhere.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = {ip_address(entry[4][0]): None for entry in found}
    return sorted(addresses, key=lambda address: not isinstance(address, IPv4Address))
