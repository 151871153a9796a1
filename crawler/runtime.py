"""What the edges share while a crawl runs, as protocols; siblings meet here, in events, in items.

The add-on makes one `Runtime` a crawler; components ask for it with `runtime_of(crawler)` and so
never import one another.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol
from weakref import WeakKeyDictionary

from scrapy.exceptions import IgnoreRequest

from crawler.clock import Clock
from crawler.config import Options
from crawler.errors import HeedError
from crawler.policy.model import Decision, Outcome, Resource, Use
from crawler.records.exchange import Exchange
from crawler.records.remembered import KeptPayload, SiteFileState
from crawler.records.run_memory import RunMemory

if TYPE_CHECKING:
    from pathlib import Path

    from scrapy.crawler import Crawler


PATIENCE: Final = 3.0
"""Seconds that a request under way may still take when a crawl is asked to end."""


class FetchFailedError(IgnoreRequest):
    """No whole answer came. `exchange` is what did arrive, where anything did."""

    def __init__(self, outcome: Outcome, detail: str, exchange: Exchange | None = None) -> None:
        super().__init__(f"{outcome.value}: {detail}")
        self.outcome = outcome
        self.detail = detail
        self.exchange = exchange


class RefusedError(IgnoreRequest):
    """The site refuses a declared use of this URL, for the reasons in `decision`."""

    def __init__(self, decision: Decision, use: Use) -> None:
        super().__init__(f"{decision.url}: {decision.states[use].value} for {use.value}")
        self.decision = decision
        self.use = use


class DeferredError(IgnoreRequest):
    """Nothing may be asked of `host` before `until` (epoch seconds), for `reason`.

    `resting` tells a host that is parked, asked for rest or could not be read from one that
    merely keeps its delay: only the latter is waited for at the end of a crawl.
    """

    def __init__(self, host: str, until: float, reason: str, *, resting: bool = True) -> None:
        super().__init__(f"{host} is to be left alone for now: {reason}")
        self.resting = resting
        self.host = host
        self.until = until
        self.reason = reason


class Turn(Protocol):
    """One request's place in the queue of a host and of the address it is served from."""

    def answered(self, seconds: float, status: int, retry_after: str | None) -> None:
        """The host answered after `seconds`."""
        ...

    def failed(self, outcome: Outcome) -> None:
        """No answer came."""
        ...


class Pace(Protocol):
    """Who may be asked when."""

    def turn(
        self, host: str, address: str, *, patient: bool = False
    ) -> AbstractAsyncContextManager[Turn]:
        """Wait until both `host` (its key, "name:port") and `address` may be asked again.

        Only one turn of a host and of an address is open at a time. Raises `DeferredError`
        where the host asked for rest, or for more delay than is worth waiting for; `patient`
        waits for any delay, as a fetch must that goes on with what is begun.
        """
        ...

    def set_crawl_delay(self, host: str, seconds: float | None) -> None:
        """What the host's robots.txt asks between requests."""
        ...

    def next_turn(self, host: str) -> float:
        """Epoch seconds from which `host` may be asked again, as far as is known."""
        ...

    def resting(self) -> Sequence[tuple[str, float, str]]:
        """Hosts that rest beyond their ordinary gap: host, until (epoch seconds), why."""
        ...

    def gap(self, host: str) -> float:
        """Seconds that `host` is left alone between two requests, jitter apart."""
        ...

    def recall(self, host: str, saved: Mapping[str, float | str] | None, since: float) -> None:
        """Heed what another worker has `saved`, where it is newer; rest the gap from `since` on."""
        ...

    def drain(self) -> None:
        """The crawl ends: whoever waits for a turn gets a `DeferredError` now."""
        ...

    @property
    def draining(self) -> bool:
        """Whether the crawl ends."""
        ...

    def close(self) -> None:
        """Nobody is asked any more."""
        ...


OnHeaders = Callable[[int, tuple[tuple[str, str], ...]], bool]
"""Given status and headers: whether the body is wanted."""

OnBody = Callable[[bytes], bool]
"""Given what came of a body so far, as sent: whether more of it is wanted."""


class Fetcher(Protocol):
    """The one door to the network."""

    async def fetch(
        self,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        on_headers: OnHeaders | None = None,
        on_body: OnBody | None = None,
        max_body: int | None = None,
        patient: bool = False,
    ) -> Exchange:
        """GET `url`, one hop, identity added; raises `FetchFailedError`, `DeferredError`.

        `patient` as for `Pace.turn`.
        """
        ...

    def interrupt(self) -> None:
        """Hang up on every exchange under way, whose waiters get a `DeferredError`."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


class SiteFileMemory(Protocol):
    """What is remembered of site files."""

    def record_site_file(self, origin: str, path: str, resource: Resource) -> None:
        """Append one observation of a site file, failures included."""

    def site_file(self, origin: str, path: str) -> SiteFileState | None:
        """The latest known state of a site file."""


class Ledger(SiteFileMemory, RunMemory, Protocol):
    """What sites said, kept. Writes are buffered until `commit`; reads see them at once."""

    def record_decision(
        self, decision: Decision, uses: tuple[Use, ...], *, kept: bool, stage: str, at: datetime
    ) -> None:
        """Append a decision; of a refused page only its statements, never its body."""
        ...

    def record_failure(self, url: str, outcome: Outcome, detail: str, at: datetime) -> None:
        """Append a fetch of a page that brought no answer or an error."""
        ...

    def first_seen(self, url: str, at: datetime) -> datetime:
        """When `url` was first kept; `at` where this is the first time."""
        ...

    def find_payload(self, job: str, digest: str) -> KeptPayload | None:
        """The payload `digest` if `job` kept it before."""
        ...

    def keep_payload(self, job: str, payload: KeptPayload) -> None:
        """Remember a payload whose records and row have been written."""
        ...

    def host_paces(
        self, hosts: Collection[str] | None = None
    ) -> Mapping[str, Mapping[str, float | str]]:
        """The remembered paces of `hosts`, None for all, as `save_host_pace` was given them."""
        ...

    def save_host_pace(self, host: str, pace: Mapping[str, float | str]) -> None:
        """Remember a host's pace over restarts."""
        ...

    def marks(self) -> Mapping[str, int]:
        """Lengths of every job's open files as of the last commit: what start-up cuts them to."""
        ...

    def set_marks(self, job: str, marks: Mapping[str, int]) -> None:
        """Replace the marks that this process has set for `job`; other workers' stay."""
        ...

    def drop_marks(self, paths: Collection[str]) -> None:
        """Forget the marks of files that are open no more, whoever set them."""
        ...

    def commit(self, wait: float = ...) -> None:
        """Put everything buffered on disk in one transaction; raises `StorageError`.

        `BusyError` where another process holds the ledger for more than `wait` seconds.
        """
        ...

    def close(self, wait: float = ...) -> None:
        """Commit and let go."""
        ...


@dataclass(frozen=True, slots=True)
class SiteFileSet:
    """The site files that govern an origin's pages now."""

    robots: Resource
    files: Mapping[str, Resource]
    next_try: float
    """Epoch seconds at which a file that could not be reached is asked for again."""


@dataclass
class Runtime:
    """The parts of one crawl, made by the add-on, closed with the crawl."""

    options: Options
    clock: Clock
    out: "Path"
    job: str
    ledger: Ledger
    pace: Pace
    fetcher: Fetcher
    failure: HeedError | None = None
    """What ended the crawl before its time: the machine could not keep what was fetched."""
    blocked: Sequence[tuple[str, float, str]] = ()
    """Hosts that the job leaves alone when it has ended: host, until (epoch seconds), why."""

    async def wind_down(self) -> None:
        """Begin nothing more; hang up on what is still under way when patience is over."""
        self.pace.drain()
        await self.clock.sleep(PATIENCE)
        self.fetcher.interrupt()


_RUNTIMES: WeakKeyDictionary["Crawler", Runtime] = WeakKeyDictionary()


def attach(crawler: "Crawler", runtime: Runtime) -> None:
    """Make `runtime` the one that components of `crawler` find."""
    _RUNTIMES[crawler] = runtime


def runtime_of(crawler: "Crawler") -> Runtime:
    """The runtime of `crawler`; KeyError means that the add-on is not installed."""
    return _RUNTIMES[crawler]


def is_attached(crawler: "Crawler") -> bool:
    """Whether `crawler` has a runtime already."""
    return crawler in _RUNTIMES
