"""One look at one site: its site files, its front page, and what they come to.

robots.txt is read first, the front page next, the other site files after it: a host that then
asks to be left alone has said by its front page what matters most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from scrapy.signalmanager import SignalManager

from crawler.audit.front_page import FrontPageReader
from crawler.audit.listing import Entry
from crawler.clock import moment
from crawler.gates.site_files import SiteFileKeeper
from crawler.policy.availability import Rules, availability_of
from crawler.policy.decide import decide
from crawler.policy.model import Decision, Observation, Outcome, Resource
from crawler.policy.presence import find_presence
from crawler.policy.reading import read_statements, site_file_paths
from crawler.records.remembered import SiteFileState
from crawler.runtime import Runtime

FRONT_PAGE: Final = "/"
GUIDANCE: Final = "/llms.txt"
"""Consents to nothing and refuses nothing; audits tell whether it is there (audit.md)."""

OTHER_SCHEME: Final = frozenset({Outcome.CONNECTION, Outcome.TLS})
"""Outcomes after which a site that was named without a scheme is asked by the next one."""


@dataclass(frozen=True, slots=True)
class Read:
    """One file that was asked for."""

    origin: str
    path: str
    resource: Resource


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to."""

    entry: Entry
    origin: str
    at: datetime
    """When robots.txt was asked for, as the ledger has it: reports find a look's words by that."""
    robots: Resource
    front: Resource
    reads: tuple[Read, ...]
    decision: Decision
    presence: dict[str, tuple[str, ...]]
    is_whole: bool
    """Whether every file was asked for; False where the host asked to be left alone."""


class Notes:
    """Implements `runtime.SiteFileMemory` for one look: what earlier looks read is read again."""

    def __init__(self) -> None:
        self.reads: list[Read] = []

    def record_site_file(self, origin: str, path: str, resource: Resource) -> None:
        """Keep until the look is over."""
        self.reads.append(Read(origin, path, resource))

    def site_file(self, origin: str, path: str) -> SiteFileState | None:  # noqa: ARG002 (the protocol's)
        """Nothing: an audit finds out how things are now."""
        return None


class Look:
    """A look under way; after a `DeferredError` it goes on where it was, asking nothing twice."""

    def __init__(self, entry: Entry, runtime: Runtime, signals: SignalManager) -> None:
        self.entry = entry
        self._runtime = runtime
        self._notes = Notes()
        self._keeper = SiteFileKeeper(runtime, signals, self._notes)
        self._pages = FrontPageReader(runtime, self._keeper)
        self._origin = entry.origins[0]
        self._robots: Resource | None = None
        self._front: Resource | None = None
        self._files: dict[str, Resource] = {}

    async def go(self) -> Looked:
        """Ask for whatever was not asked for yet; raises `DeferredError`."""
        if self._robots is None:
            self._robots = await self._read_robots()
        if self._front is None:
            self._front = await self._pages.read(self._origin)
        if availability_of(self._robots.outcome).rules is not Rules.DISALLOW_ALL:
            for path in (*site_file_paths(), GUIDANCE):
                if path not in self._files:
                    self._files[path] = await self._keeper.read_file(self._origin, path)
            seen = self._observe(self._robots, self._front)
            self._files.update(await self._keeper.read_documents(seen))
        return self._conclude(self._robots, self._front, is_whole=True)

    def give_up(self) -> Looked | None:
        """What is known where no more may be asked for now; None where that is nothing."""
        if self._robots is None:
            return None
        now = moment(self._runtime.clock.now())
        unread = Resource(
            f"{self._origin}/", status=None, outcome=Outcome.RATE_LIMITED, retrieved_at=now
        )
        return self._conclude(self._robots, self._front or unread, is_whole=False)

    async def _read_robots(self) -> Resource:
        """The robots.txt of the first origin that can be connected to, else of the first."""
        found = []
        for origin in self.entry.origins:
            found.append(await self._keeper.read_robots(origin))
            if found[-1].outcome not in OTHER_SCHEME:
                self._origin = origin
                return found[-1]
        return found[0]

    def _observe(self, robots: Resource, front: Resource) -> Observation:
        # What is not there or nobody answers for is no page that says anything.
        kinds = front.header_values("Content-Type")
        guidance = self._files.get(GUIDANCE)
        files = self._files
        if guidance is not None and guidance.outcome is not Outcome.OK:
            files = {path: one for path, one in files.items() if path != GUIDANCE}
        return Observation(
            url=f"{self._origin}/",
            product_token=self._runtime.options.product_token,
            robots=robots,
            files=files,
            page=front if front.status is not None else None,
            content_type=kinds[0] if kinds else "",
        )

    def _conclude(self, robots: Resource, front: Resource, *, is_whole: bool) -> Looked:
        seen = self._observe(robots, front)
        statements = read_statements(seen)
        return Looked(
            entry=self.entry,
            origin=self._origin,
            at=robots.retrieved_at or moment(self._runtime.clock.now()),
            robots=robots,
            front=front,
            reads=tuple(self._reads(front)),
            decision=decide(seen.url, statements, self._runtime.options.profile),
            presence=find_presence(seen, statements),
            is_whole=is_whole,
        )

    def _reads(self, front: Resource) -> Sequence[Read]:
        """What was asked for, without the schemes that a site does not speak."""
        vain = set(self.entry.origins) - {self._origin}
        asked = [one for one in self._notes.reads if one.origin not in vain]
        if self._pages.asked or front.outcome is Outcome.BLOCKED_BY_ROBOTS:
            asked.append(Read(self._origin, FRONT_PAGE, front))
        return asked
