"""One request and the means to answer it, well or badly."""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Final
from urllib.parse import unquote

Headers = tuple[tuple[str, str], ...]

HTML: Final = "text/html; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"
REASONS: Final = {
    200: "OK", 206: "Partial Content", 301: "Moved Permanently", 302: "Found",
    304: "Not Modified", 404: "Not Found", 429: "Too Many Requests", 503: "Service Unavailable",
}  # fmt: skip
PROSE: Final = (
    "The ferry to the north island leaves from the old pier at seven in the morning and again in "
    "the late afternoon, unless the wind blows from the east. Bicycles travel without charge, but "
    "the crew asks that they be tied to the rail with the ropes that hang beside the stairs. The "
    "crossing takes fifty minutes in calm weather. There is tea, there is bread with cheese, and "
    "on market days there is a woman who sells plums and mends watches while you wait."
)
"""Enough running text for a page to be kept as a document; several behaviours add to it."""


def page(title: str, links: tuple[str, ...] = (), *, head: str = "", body: str = PROSE) -> bytes:
    """A small HTML page: `head` is raw mark-up, `body` one paragraph of text, links at the end."""
    anchors = "".join(f'<li><a href="{escape(link)}">{escape(link)}</a></li>' for link in links)
    return (
        f'<!doctype html><html lang="en"><head><title>{escape(title)}</title>{head}</head><body>'
        f"<main><article><h1>{escape(title)}</h1><p>{body}</p></article></main>"
        f"<ul>{anchors}</ul></body></html>\n"
    ).encode()


@dataclass(frozen=True, slots=True)
class Place:
    """What a host needs to know of its row and its neighbours."""

    origins: tuple[str, ...]
    """The row's hosts, as scheme://address:port."""
    canaries: tuple[str, ...]
    """Addresses of listeners that nobody may connect to, as address:port."""
    token: str
    scale: float
    robots: str | None
    links: tuple[str, ...]
    head: str
    headers: Headers
    counts: Counter[tuple[int, str]] = field(default_factory=Counter)
    """How often each target of each host was asked for."""


@dataclass(slots=True)
class Visit:
    """One request on one connection of host number `host`."""

    place: Place
    host: int
    method: str
    target: str
    headers: Headers
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    note_reply: Callable[[int, int], None]
    """Logs a reply: status and bytes sent."""
    count: int = 1
    """Which request for this target at this host this is, counted from one."""
    sent: int = 0
    closing: bool = False

    @property
    def path(self) -> str:
        """The path as it was asked for, percent-decoded, without query."""
        return unquote(self.target.partition("?")[0])

    @property
    def number(self) -> int:
        """The number that the path ends in; 0 where it ends in none."""
        last = self.path.rpartition("/")[2]
        return int(last) if last.isascii() and last.isdigit() else 0

    def url(self, path: str, host: int | None = None) -> str:
        """`path` at this host, or at another host of the row, as an absolute URL."""
        return self.place.origins[self.host if host is None else host] + path

    def header(self, name: str) -> str:
        """The first value of a request header, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    async def send(self, raw: bytes) -> None:
        """Write `raw` and wait until the client keeps up; raises ConnectionError if it left."""
        if self.writer.is_closing():
            raise ConnectionResetError
        self.writer.write(raw)
        self.sent += len(raw)
        await self.writer.drain()

    async def reply(self, status: int, body: bytes | str = b"", *headers: tuple[str, str]) -> None:
        """Send a whole, well-formed reply; HTML unless `headers` say otherwise."""
        raw = body.encode() if isinstance(body, str) else body
        named = {name.lower() for name, _ in headers}
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Whatever')}"]
        if "content-type" not in named:
            lines.append(f"Content-Type: {TEXT if self.path.endswith('.txt') else HTML}")
        lines += [f"{name}: {value}" for name, value in headers]
        lines += [f"Content-Length: {len(raw)}", "", ""]
        head = "\r\n".join(lines).encode("latin-1", "surrogateescape")
        await self.send(head + (b"" if self.method == "HEAD" else raw))
        self.note_reply(status, self.sent)

    async def raw(self, *chunks: bytes, status: int = 200) -> None:
        """Send bytes as they are and close the connection after them."""
        for chunk in chunks:
            await self.send(chunk)
        self.note_reply(status, self.sent)
        self.closing = True

    async def redirect(self, location: str, status: int = 302, *headers: tuple[str, str]) -> None:
        """Point elsewhere."""
        await self.reply(status, "", ("Location", location), *headers)

    async def ordinary(self) -> None:
        """What a host with nothing odd about it answers: its rules, or a page on anything."""
        if self.path == "/robots.txt":
            rules = self.place.robots
            return await (self.reply(404) if rules is None else self.reply(200, self.worded(rules)))
        if self.path.startswith("/.well-known/") or self.path.endswith((".txt", ".xml")):
            return await self.reply(404)
        links = self.place.links if self.path == "/" else ()
        content = page(f"Page {self.path}", links, head=self.worded(self.place.head))
        return await self.reply(200, content, *self.place.headers)

    def worded(self, text: str) -> str:
        """`text` with the crawler's product token in the place of `TOKEN`."""
        return text.replace("TOKEN", self.place.token)

    async def wait(self, seconds: float) -> None:
        """Keep the client waiting for scaled `seconds`; raises ConnectionError if it leaves."""
        try:
            async with asyncio.timeout(seconds * self.place.scale):
                if not await self.reader.read(1):
                    raise ConnectionResetError
        except TimeoutError:
            return

    async def hang(self) -> None:
        """Say nothing for an hour, then close."""
        await self.wait(3600)
        self.closing = True

    async def drip(self, raw: bytes, seconds: float = 1.0) -> None:
        """Send `raw` one byte at a time, `seconds` (scaled) apart."""
        for byte in raw:
            await self.send(bytes([byte]))
            await self.wait(seconds)

    def reset(self) -> None:
        """End the connection with a TCP reset instead of an orderly close."""
        raw: socket.socket | None = self.writer.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
        self.closing = True
