"""The frontier's contract (scale.md): put, claim, acknowledge, delay, block.

The unit of work is the host, never the URL: at most one URL of a host is handed out at a time, so
one polite gap a host holds whoever the workers are. A URL that was handed out and not acknowledged
is offered again after a restart: at least once, and repeats no more than were in flight.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Discovery:
    """A URL to put: `key` is its canonical form and identity, `host` its queue."""

    url: str
    key: str
    host: str
    depth: int = 0
    rank: int = 0
    """Seed rank: lower goes first among equals."""
    hops: int = 0
    """Redirect hops that led here."""
    via: str = ""
    due: float = 0.0
    request: bytes = b""
    """What the scheduler needs beyond the URL to make the request again; opaque."""
    changed_at: float = 0.0
    """When the site says that the page changed last (a sitemap's lastmod); 0 where it does not.

    A hint about a URL that is known and whose last claim ended for good: where it was asked for
    before it changed, it becomes due when `revisit.hinted_due` says. A hint never makes a URL due
    later, since many a lastmod stands still, nor a retry sooner, nor does it count as new.
    """


@dataclass(frozen=True, slots=True)
class Claim:
    """A URL handed out. `attempts` counts failures so far; `validators` of its last whole fetch."""

    url: str
    key: str
    host: str
    depth: int
    rank: int
    hops: int
    via: str
    attempts: int = 0
    request: bytes = b""
    memory: Mapping[str, str] = field(default_factory=dict)
    """What the last acknowledgement asked to remember (etag, last_modified, payload_digest …)."""


class Ending(StrEnum):
    """How a claim ended."""

    KEPT = "kept"
    NOT_MODIFIED = "not_modified"
    REFUSED = "refused"
    PASSED = "passed"
    """An answer that is no page: a redirect, an error status."""
    FAILED = "failed"
    """No answer, retries exhausted."""
    RETRY = "retry"
    DEFERRED = "deferred"
    """Nothing was asked: the host is parked or blocked; goes back unchanged."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A claim is over. `due` is when the URL is wanted again (epoch seconds), None for never."""

    key: str
    ending: Ending
    due: float | None = None
    reason: str = ""
    memory: Mapping[str, str] | None = None
    """Replaces what is remembered of the URL; None leaves it."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How a job stands."""

    queued: int
    in_flight: int
    done: Mapping[str, int]
    hosts: int
    next_due: float | None
    """Epoch seconds of the earliest queued URL whose host is not blocked, None if there is none."""


class Frontier(Protocol):
    """What the scheduler needs of a queue. `now` is epoch seconds."""

    async def put(self, discoveries: Iterable[Discovery]) -> int:
        """Add what is not known yet (by key); returns how many were new. Idempotent.

        What is known takes the hint of `Discovery.changed_at`, where it has one.
        """
        ...

    async def claim(self, hosts: int, now: float) -> Sequence[Claim]:
        """Hand out one URL each of up to `hosts` hosts that are due and have none out."""
        ...

    async def acknowledge(
        self, endings: Sequence[Acknowledgement], discoveries: Sequence[Discovery], now: float
    ) -> None:
        """In one transaction: put what was discovered, end the claims that led to it."""
        ...

    async def delay(self, host: str, until: float) -> None:
        """No claim of `host` before `until`: its ordinary gap."""
        ...

    async def block(self, host: str, until: float, reason: str) -> None:
        """No claim of `host` before `until`: it asked for that, or it is parked."""
        ...

    async def resting(self, now: float, limit: int = 100) -> Sequence[tuple[str, float, str]]:
        """Hosts that are blocked: "name:port", until when (epoch seconds), why; as far as known."""
        ...

    async def counts(self, now: float) -> Counts:
        """How the job stands."""
        ...

    async def close(self) -> None:
        """Put everything on disk and let go."""
        ...
