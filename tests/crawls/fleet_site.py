"""Many plain hosts in one process of their own, so that no crawl can starve them.

    python -m tests.crawls.fleet_site PORT HOSTS PAGES LOG LATENCY [tired]

Host n listens on an address of its own; its pages are a binary tree of links, and each takes
LATENCY seconds. Host 0 asks for a
Crawl-delay; with `tired`, host 1 answers a page with 503 and a Retry-After, once. Each request is a
line of LOG: host, path, when it came, when it was answered (seconds of the machine's clock).
"""

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import IO, Final

from crawler.clock import SystemClock

CLOCK: Final = SystemClock()
CRAWL_DELAY: Final = 3
RETRY_AFTER: Final = 9
SLOW, TIRED, REFUSED = 0, 1, "/2"
WORDS: Final = "The harbour keeps its tide tables on the wall of the customs house. "


def address(host: int) -> str:
    """Where a host listens."""
    return f"127.72.{host // 250}.{host % 250 + 1}"


class Hosts:
    """What the hosts answer, and the log they keep."""

    def __init__(self, pages: int, log: IO[str], latency: float, *, tired: bool) -> None:
        self._pages = pages
        self._latency = latency
        self._log = log
        self._refused = not tired

    async def answer(
        self, host: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one connection's requests, in turn."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                came = CLOCK.now()
                path = head.split(b" ", 2)[1].decode()
                if self._is_page(path):
                    await asyncio.sleep(self._latency)
                writer.write(self._response(host, path))
                await writer.drain()
                self._log.write(f"{host} {path} {came:.6f} {CLOCK.now():.6f}\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _response(self, host: int, path: str) -> bytes:
        if path == "/robots.txt":
            slow = f"Crawl-delay: {CRAWL_DELAY}\n" if host == SLOW else ""
            return _response("200 OK", "text/plain", f"User-agent: *\n{slow}Allow: /\n")
        if not self._is_page(path):
            return _response("404 Not Found", "text/plain", "")
        if host == TIRED and path == REFUSED and not self._refused:
            self._refused = True
            rest = f"Retry-After: {RETRY_AFTER}\r\n"
            return _response("503 Service Unavailable", "text/plain", "", rest)
        number = int(path.strip("/") or "0")
        return _response("200 OK", "text/html; charset=utf-8", self._page(host, number))

    def _is_page(self, path: str) -> bool:
        name = path.strip("/") or "0"
        return name.isdecimal() and int(name) < self._pages

    def _page(self, host: int, number: int) -> str:
        children = [each for each in (2 * number + 1, 2 * number + 2) if each < self._pages]
        links = "".join(f'<a href="/{each}">{each}</a> ' for each in children)
        words = "".join(f"<p>{WORDS} Table {part} of {number} at {host}.</p>" for part in range(4))
        title = f"<title>{number} at {host}</title>"
        return f"<!doctype html><html lang=en>{title}<main>{words}</main><nav>{links}</nav></html>"


def _response(status: str, kind: str, body: str, more: str = "") -> bytes:
    content = body.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


async def serve(
    port: int, hosts: int, pages: int, log: Path, latency: float, *, tired: bool
) -> None:
    """Answer until killed; a first line of the log says that all hosts listen."""
    with log.open("a", buffering=1) as lines:
        answering = Hosts(pages, lines, latency, tired=tired)
        for host in range(hosts):
            await asyncio.start_server(partial(answering.answer, host), address(host), port)
        lines.write("ready\n")
        await asyncio.Event().wait()


if __name__ == "__main__":
    listening, number, size = map(int, sys.argv[1:4])
    place, seconds = Path(sys.argv[4]), float(sys.argv[5])
    asyncio.run(serve(listening, number, size, place, seconds, tired="tired" in sys.argv))
