"""The sites of a bench, in a process of their own: every loopback address is a host.

One socket listens on all of 127.0.0.0/8, bound to the loopback device, so that a hundred thousand
hosts cost no more than one. Run: python -m crawler.bench.server [FOLDER]; it prints its port and
serves until its standard input ends.
"""

import asyncio
import resource
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

from crawler.bench.pages import read_pages
from crawler.errors import ConfigurationError, HeedError

HOSTS: Final = 250 * 250 * 60
"""As many addresses as `host_address` can tell apart."""

IDLE: Final = 20.0
"""Seconds after which a connection that nobody uses is closed, as common servers do."""

ROBOTS: Final = b"User-agent: *\nDisallow: /admin/\nDisallow: /search?\nAllow: /\n"
_LOOPBACK: Final = b"lo"
_HEAD: Final = (
    "HTTP/1.1 {status}\r\nServer: bench\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
    "Cache-Control: max-age=600\r\nConnection: keep-alive\r\n\r\n"
)


def host_address(number: int) -> str:
    """The loopback address of host `number`, from 0."""
    return f"127.{64 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"


def page_urls(pages: int, hosts: int, port: int) -> list[str]:
    """`pages` URLs over `hosts` hosts, in turn."""
    return [f"http://{host_address(at % hosts)}:{port}/p/{at}.html" for at in range(pages)]


class Site:
    """What is answered: page n is one of the pages with a comment of its own at its end.

    So no two pages are the same to whoever looks for duplicates, and all are to an extractor.
    """

    def __init__(self, pages: list[bytes]) -> None:
        self._pages = pages
        self._robots = _answer("200 OK", "text/plain", ROBOTS)
        self._missing = _answer("404 Not Found", "text/plain", b"Not here.\n")

    def answer(self, target: bytes) -> bytes:
        """The whole answer to a GET of `target`."""
        name = target.removeprefix(b"/p/").removesuffix(b".html")
        if name.isdigit():
            number = int(name)
            body = self._pages[number % len(self._pages)] + b"<!-- page %d -->\n" % number
            return _answer("200 OK", "text/html", body)
        return self._robots if target == b"/robots.txt" else self._missing


def _answer(status: str, kind: str, body: bytes) -> bytes:
    return _HEAD.format(status=status, kind=kind, length=len(body)).encode("ascii") + body


class _Connection(asyncio.Protocol):
    """One connection, request after request."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer
        self._received = b""
        self._transport: asyncio.Transport | None = None
        self._idle: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none by inheritance.
        self._transport = cast("asyncio.Transport", transport)
        self._rest()

    def data_received(self, data: bytes) -> None:
        *heads, self._received = (self._received + data).split(b"\r\n\r\n")
        for head in heads:
            words = head.split(b" ", 2)
            if self._transport is not None and len(words) > 1:
                self._transport.write(self._answer(words[1]))
        self._rest()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's name)
        if self._idle is not None:
            self._idle.cancel()

    def _rest(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if self._transport is not None:
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(IDLE, self._transport.close)


def _listener() -> socket.socket:
    listener = socket.socket()
    try:
        # Without this the socket would be open to every network of the machine.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, _LOOPBACK)
        listener.bind(("0.0.0.0", 0))  # noqa: S104 (bound to the loopback device)
    except (AttributeError, OSError) as error:
        listener.close()
        raise ConfigurationError(
            f"The bench cannot listen on the loopback device alone ({error}): run it on Linux."
        ) from error
    listener.listen(4096)
    return listener


async def _serve(folder: Path | None) -> None:
    site = Site(read_pages(folder))
    listener = _listener()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(site.answer), sock=listener)
    print(listener.getsockname()[1], flush=True)
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    """Serve until standard input ends; a Heed error is one sentence on standard error."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    folder = Path(sys.argv[1]) if sys.argv[1:] else None
    try:
        try:
            import uvloop  # noqa: PLC0415 (not on every machine)
        except ImportError:
            asyncio.run(_serve(folder))
        else:
            uvloop.run(_serve(folder))
    except HeedError as error:
        sys.exit(f"heed: {error}")


if __name__ == "__main__":
    main()
