"""What the mock site saw, event by event: written as JSON lines, read back as a `Log`."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final
from urllib.parse import unquote

CANARY: Final = "canary"
"""The behaviour name under which connections to forbidden addresses are logged."""

SITE_FILES: Final = frozenset(
    {
        "/robots.txt", "/ai.txt", "/trust.txt", "/license.xml", "/.well-known/trust.txt",
        "/.well-known/tdmrep.json", "/.well-known/ai.txt", "/llms.txt", "/sitemap.xml",
    }
)  # fmt: skip
"""Paths that a crawler may ask for to learn what it may ask for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: `connect`, `request`, `reply` (begun or whole) or `close`, on one connection."""

    event: str
    behaviour: str
    host: int
    connection: int
    monotonic: float = 0.0
    wall: float = 0.0
    address: str = ""
    method: str = ""
    target: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    status: int | None = None
    sent: int = 0
    by: str = ""
    """Who ended a connection: `client` or `site`."""

    @property
    def path(self) -> str:
        """The path asked for, percent-decoded, without query."""
        return unquote(self.target.partition("?")[0])

    def values(self, name: str) -> list[str]:
        """Values of the request header `name`, in the order sent."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the crawl under judgement was asked to do, where a check depends on it."""

    delay: float = 0.0
    """Seconds between two requests of a host that the operator asked for."""
    budget: int = 500
    """Pages of one host after which a crawl in a trap must have stopped."""
    retries: int = 3
    profile: str = "strict"


@dataclass(frozen=True, slots=True)
class Log:
    """The events of one behaviour in order, its canary's among them, and the crawl's terms."""

    entries: tuple[Entry, ...]
    terms: Terms = Terms()

    def of(self, event: str, host: int | None = None) -> Iterator[Entry]:
        """Entries of kind `event`, of one host where `host` is given; the canary's never."""
        return (
            entry
            for entry in self.entries
            if entry.event == event
            and entry.behaviour != CANARY
            and (host is None or entry.host == host)
        )

    def requests(self, prefix: str = "", host: int | None = None) -> list[Entry]:
        """Requests whose decoded path starts with `prefix`."""
        return [entry for entry in self.of("request", host) if entry.path.startswith(prefix)]

    def pages(self, host: int | None = None) -> list[Entry]:
        """Requests for anything that is not a site file, nor a robots.txt that moved."""
        return [
            entry
            for entry in self.of("request", host)
            if entry.path not in SITE_FILES and not entry.path.endswith("/robots.txt")
        ]

    def replies(self, prefix: str = "", host: int | None = None) -> list[Entry]:
        """Replies to requests whose decoded path starts with `prefix`."""
        return [entry for entry in self.of("reply", host) if entry.path.startswith(prefix)]

    def hosts(self) -> list[int]:
        """Numbers of the hosts that were asked anything."""
        return sorted({entry.host for entry in self.of("request")})

    def canary(self) -> list[Entry]:
        """What reached an address that no crawler may connect to."""
        return [entry for entry in self.entries if entry.behaviour == CANARY]


class LogFile:
    """Appends events to a file, one JSON object a line, complete lines only."""

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("a", encoding="utf-8", buffering=1)

    def write(self, entry: Entry) -> None:
        """Append `entry`, stamped with the monotonic and the wall clock (seconds)."""
        row = asdict(entry) | {"monotonic": time.monotonic(), "wall": time.time()}
        self._file.write(json.dumps(row) + "\n")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def read_log(path: Path) -> tuple[Entry, ...]:
    """Every whole line of a log file, in order."""
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    return tuple(_entry(json.loads(line)) for line in whole.split("\n") if line)


def _entry(row: dict[str, object]) -> Entry:
    headers = row.pop("headers")
    pairs = headers if isinstance(headers, list) else []
    return Entry(headers=tuple((name, value) for name, value in pairs), **row)  # type: ignore[arg-type]  # one JSON row, written above
