"""A fleet of small sites on loopback, an address each, that between them end in every outcome.

Run: python -m tests.fleet SITES    (prints the list as JSONL, then serves until it is ended)
"""

import asyncio
import json
import resource
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from typing import Final

LARGE: Final = b"User-agent: *\nDisallow: /shut\n" + b"# nothing to see here\n" * 60_000


def answer(status: str, body: bytes = b"", *fields: str, kind: str = "text/plain") -> bytes:
    """A whole answer as it goes over the wire."""
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join([*head, "", ""]).encode() + body


def front(head: str = "", *fields: str) -> bytes:
    """A front page much longer than its head."""
    words = "<p>All the news of the harbour.</p>" * 2_000
    page = f"<!doctype html><html><head><title>Site</title>{head}</head><body>{words}</body></html>"
    return answer("200 OK", page.encode(), *fields, kind="text/html")


MISSING: Final = answer("404 Not Found", b"nothing here")
ODD: Final = answer("400 Bad Request", b"", "Connection: close")
"""To what is no GET: a TLS handshake, say."""

FRONT: Final = front()
ROBOTS: Final = answer("200 OK", b"User-agent: *\nDisallow: /shut\n")
SHUT: Final = answer("200 OK", b"User-agent: *\nDisallow: /\n")

Answers = Mapping[str, bytes]
"""What a site answers by path; b"" hangs up, `HANGS` never answers; other paths are missing."""

HANGS: Final = b"\0"


def saying(robots: bytes, **more: bytes) -> Answers:
    """A site with this robots.txt, a front page, and `more`."""
    return {"/robots.txt": robots, "/": FRONT, **more}


CLASSES: Final[Mapping[str, Answers | str]] = {
    "ok": saying(ROBOTS),
    "empty": saying(answer("200 OK")),
    "not_found": saying(MISSING),
    "not_found (410)": saying(answer("410 Gone")),
    "forbidden": saying(answer("403 Forbidden")),
    "forbidden (401)": saying(answer("401 Unauthorized", b"", 'WWW-Authenticate: Basic realm="x"')),
    "payment": saying(answer("402 Payment Required")),
    "rate_limited": saying(answer("429 Too Many Requests", b"", "Retry-After: 3600")),
    "server_error": saying(answer("500 Internal Server Error")),
    "server_error (503)": saying(answer("503 Service Unavailable")),
    "timeout": saying(HANGS),
    "connection": saying(b""),
    "too_many_redirects": saying(answer("302 Found", b"", "Location: /robots.txt")),
    "not_text": saying(answer("200 OK", b"<!DOCTYPE html><title>Soft</title>", kind="text/html")),
    "too_large": saying(answer("200 OK", LARGE)),
    "dns": "http://site-{number}.invalid",
    "tls": "https://{host}",
    "refused_address": "http://10.0.{high}.{low}",
    "ok, closed": saying(SHUT),
    "ok, noai in the head": {**saying(ROBOTS), "/": front("<meta name=robots content=noai>")},
    "ok, noai in a header": {**saying(ROBOTS), "/": front("", "X-Robots-Tag: noai")},
    "ok, tdmrep": {
        **saying(ROBOTS),
        "/.well-known/tdmrep.json": answer("200 OK", b'[{"location": "/", "tdm-reservation": 1}]'),
    },
    "ok, ai.txt": {
        **saying(ROBOTS),
        "/ai.txt": answer("200 OK", b"User-Agent: *\nDisallow: /\n"),
    },
    "ok, trust.txt": {
        **saying(ROBOTS),
        "/trust.txt": answer("200 OK", b"datatrainingallowed=no\n"),
    },
    "ok, content signal": saying(
        answer("200 OK", b"User-agent: *\nContent-Signal: ai-train=no\nAllow: /\n")
    ),
    "ok, asks for money": {**saying(ROBOTS), "/": answer("402 Payment Required")},
    "ok, moved": {
        **saying(ROBOTS),
        "/": answer("301 Moved Permanently", b"", "Location: /home"),
        "/home": front("<meta name=robots content=noai>"),
    },
    "ok, moved where none may go": {
        **saying(ROBOTS),
        "/": answer("301 Moved Permanently", b"", "Location: /shut"),
    },
    "ok, llms.txt": {**saying(ROBOTS), "/llms.txt": answer("200 OK", b"# Site\n")},
}
"""By name; the first word is the outcome of robots.txt. Text is the address of a site that is
not served, or is spoken to by another scheme than its own."""


@dataclass
class Fleet:
    """Running sites: class and URL by number, and what each was asked, by its host."""

    sites: list[tuple[str, str]] = field(default_factory=list)
    asked: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    connections: set[asyncio.Transport] = field(default_factory=set)

    def listing(self) -> str:
        """The sites as a JSONL list, their class as category."""
        lines = (
            json.dumps({"site": url, "category": name, "rank": rank, "weight": rank / 2})
            for rank, (name, url) in enumerate(self.sites, 1)
        )
        return "\n".join(lines) + "\n"

    def of(self, name: str) -> list[str]:
        """Hosts of the class `name`, as reports know them."""
        return [url.partition("://")[2] for kind, url in self.sites if kind == name]


class _Site(asyncio.Protocol):
    def __init__(
        self, answers: Answers, asked: list[str], connections: set[asyncio.Transport]
    ) -> None:
        self._answers = answers
        self._asked = asked
        self._connections = connections
        self._heard = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        if self._transport is not None:
            self._connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if not self._heard.startswith(b"GET "[: len(self._heard)]) and self._transport:
            self._transport.write(ODD)
            self._transport.close()
        while b"\r\n\r\n" in self._heard and self._transport is not None:
            head, self._heard = self._heard.split(b"\r\n\r\n", 1)
            target = head.split(b" ", 2)[1].decode("latin-1")
            self._asked.append(target)
            said = self._answers.get(target, MISSING)
            if not said:
                self._transport.abort()
            elif said != HANGS:
                self._transport.write(said)


async def _serve(fleet: Fleet, count: int, *, first: int) -> list[asyncio.Server]:
    """Listen for `count` sites, the classes in turn."""
    loop = asyncio.get_running_loop()
    servers: list[asyncio.Server] = []
    port = 0
    kinds = islice(cycle(CLASSES.items()), count)
    for number, (name, answers) in enumerate(kinds, first):
        high, low = divmod(number, 250)
        address = f"127.{90 + high // 250}.{high % 250}.{low + 1}"
        served = saying(ROBOTS) if isinstance(answers, str) else answers
        host = f"{address}:{port}"
        asked = fleet.asked[host] if port else []
        make = partial(_Site, served, asked, fleet.connections)
        server = await loop.create_server(make, address, port)
        if not port:
            port = server.sockets[0].getsockname()[1]
            host = f"{address}:{port}"
            fleet.asked[host] = asked
        servers.append(server)
        place = {"number": number, "host": host, "high": high, "low": low}
        url = answers.format(**place) if isinstance(answers, str) else f"http://{host}"
        fleet.sites.append((name, url))
    return servers


@contextmanager
def sailing(count: int, *, first: int = 0) -> Iterator[Fleet]:
    """`count` sites, served from a thread while the context lasts."""
    fleet, ready = Fleet(), threading.Event()
    loop = asyncio.new_event_loop()

    async def sail(ended: asyncio.Event) -> None:
        servers = await _serve(fleet, count, first=first)
        ready.set()
        await ended.wait()
        for server in servers:
            server.close()
        for connection in tuple(fleet.connections):
            connection.abort()
        await asyncio.sleep(0)

    ended = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(sail(ended),), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield fleet
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


async def _sail_on(count: int) -> None:
    fleet = Fleet()
    await _serve(fleet, count, first=0)
    sys.stdout.write(fleet.listing() + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(_sail_on(int(sys.argv[1])))
