"""Small well-behaved sites in a process of their own, which say when they were asked for a page."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Final

from tests.site import page

PAGES: Final = 5
PROSE: Final = (
    "The harbour master writes down every ship that comes in before the tide turns. " * 20
)


@dataclass
class GoodHosts:
    """Their origins; `span` is told once they are stopped."""

    origins: tuple[str, ...]
    span: float = 0.0
    """Seconds from the first request to the last."""
    pages: int = 0
    """Pages given out."""


@contextmanager
def good_hosts(number: int) -> Iterator[GoodHosts]:
    """Serve so many hosts, each with `PAGES` pages, while the context lasts."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(number, theirs), daemon=True)
    process.start()
    hosts = GoodHosts(ours.recv())
    try:
        yield hosts
    finally:
        ours.send("stop")
        hosts.span, hosts.pages = ours.recv()
        process.join()


def _serve(number: int, talk: Connection) -> None:
    asyncio.run(_Sites(number, talk).run())


class _Sites:
    def __init__(self, number: int, talk: Connection) -> None:
        self._number, self._talk = number, talk
        self._asked: list[float] = []
        links = tuple(f"/{one}" for one in range(1, PAGES))
        bodies = {"/": page("Front", PROSE, links=links).body}
        bodies |= {link: page(link, PROSE + link).body for link in links}
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
        self._pages = {path: (head % len(body)).encode() + body for path, body in bodies.items()}

    async def run(self) -> None:
        servers = [
            await asyncio.start_server(self._answer, f"127.72.{one // 250}.{one % 250 + 1}", 0)
            for one in range(self._number)
        ]
        names = [server.sockets[0].getsockname() for server in servers]
        self._talk.send(tuple(f"http://{name[0]}:{name[1]}" for name in names))
        await asyncio.to_thread(self._talk.recv)
        self._talk.send((self._asked[-1] - self._asked[0] if self._asked else 0.0, self._given))
        for server in servers:
            server.close()

    @property
    def _given(self) -> int:
        return len(self._asked)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                found = self._pages.get(head.split(b" ", 2)[1].decode("latin-1"))
                if found is not None:
                    self._asked.append(time.monotonic())
                writer.write(found or b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        writer.close()
