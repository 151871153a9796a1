"""Loopback servers that say exactly what a test wants said, and the parts that a fetcher needs."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from crawler.clock import SystemClock
from crawler.config import Options
from crawler.fetch.fetcher import HttpFetcher
from crawler.fetch.resolver import LookUp
from crawler.policy.model import Outcome
from crawler.runtime import Turn

HOST = "127.0.0.1"
LOOPBACK = IPv4Network("127.0.0.0/8")
IDENTITY = (("User-Agent", "Heedbot/0.1 (+https://bot.example/)"), ("From", "bot@bot.example"))

Reply = bytes | Callable[["Site", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Site:
    """A listener: what it answers, and its own account of what it was asked."""

    reply: Reply
    close_after: bool = True
    greeting: bytes = b""
    """Said before anything was asked."""
    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, path: str = "/", host: str = HOST, scheme: str = "http") -> str:
        """A URL of this site."""
        return f"{scheme}://{host}:{self.port}{path}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read requests, answer each."""
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            writer.write(self.greeting)
            while True:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                await self._say(writer)
                if self.close_after:
                    break
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass
        finally:
            writer.close()
            await self._see_off(writer, task)

    async def _see_off(self, writer: asyncio.StreamWriter, task: asyncio.Task[None]) -> None:
        """Wait until all is sent, unless the test is over."""
        if task.cancelling():
            writer.transport.abort()
        try:
            await writer.wait_closed()
        except asyncio.CancelledError:
            writer.transport.abort()
        except OSError:
            pass

    async def _say(self, writer: asyncio.StreamWriter) -> None:
        if isinstance(self.reply, bytes):
            writer.write(self.reply)
            await writer.drain()
        else:
            await self.reply(self, writer)


@asynccontextmanager
async def serving(
    reply: Reply,
    *,
    close_after: bool = True,
    greeting: bytes = b"",
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Site]:
    """A `Site` on a port of its own, for as long as the block lasts."""
    site = Site(reply, close_after, greeting)
    server = await asyncio.start_server(site.answer, HOST, 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        for task in site.tasks:
            task.cancel()
        await asyncio.gather(*site.tasks, return_exceptions=True)
        await asyncio.sleep(0)


@dataclass
class RecordingTurn:
    """Writes down what it is told."""

    said: list[tuple[object, ...]]

    def answered(self, seconds: float, status: int, retry_after: str | None) -> None:
        """The host answered."""
        assert seconds >= 0
        self.said.append(("answered", status, retry_after))

    def failed(self, outcome: Outcome) -> None:
        """It did not."""
        self.said.append(("failed", outcome))


@dataclass
class OpenPace:
    """Lets everybody go at once, and writes down who went and how it ended."""

    turns: list[tuple[str, str]] = field(default_factory=list)
    said: list[tuple[object, ...]] = field(default_factory=list)
    open_now: int = 0

    @asynccontextmanager
    async def turn(self, host: str, address: str, *, patient: bool = False) -> AsyncIterator[Turn]:
        """Open a turn at once, `patient` or not."""
        assert patient in (True, False)
        self.turns.append((host, address))
        self.open_now += 1
        try:
            yield RecordingTurn(self.said)
        finally:
            self.open_now -= 1

    def set_crawl_delay(self, host: str, seconds: float | None) -> None:
        """Nobody asks for another pace here."""

    def next_turn(self, host: str) -> float:
        """Now, always."""
        return 0.0 * len(host)

    def resting(self) -> Sequence[tuple[str, float, str]]:
        """No host rests."""
        return ()

    def gap(self, host: str) -> float:
        """None."""
        return 0.0 * len(host)

    def recall(self, host: str, saved: Mapping[str, float | str] | None, since: float) -> None:
        """There is no other worker."""

    def drain(self) -> None:
        """Nobody waits."""

    def close(self) -> None:
        """Nothing to close."""

    @property
    def draining(self) -> bool:
        """The crawl goes on."""
        return False


def give_identity(_: str) -> Sequence[tuple[str, str]]:
    return IDENTITY


@asynccontextmanager
async def fetching(
    site: Site,
    pace: OpenPace | None = None,
    tls: ssl.SSLContext | None = None,
    look_up: LookUp | None = None,
    **options: object,
) -> AsyncIterator[HttpFetcher]:
    """A fetcher that may ask `site`; `options` beside the quick time-outs of a test."""
    given: Mapping[str, object] = {
        "allow_net": (LOOPBACK,),
        "allow_ports": (site.port,),
        "connect_timeout": 5,
        "read_timeout": 5,
        "total_timeout": 10,
    }
    chosen = Options.model_validate({**given, **options})
    fetcher = HttpFetcher(chosen, SystemClock(), pace or OpenPace(), give_identity, tls, look_up)
    try:
        yield fetcher
    finally:
        await fetcher.close()
