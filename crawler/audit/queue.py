"""Which site is looked at next: those whose waiting is over, else the next of the list."""

from collections import deque
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count, islice
from typing import Final

from crawler.audit.listing import Entry
from crawler.audit.look import Look
from crawler.clock import moment
from crawler.ledger.site_states import read_done
from crawler.ledger.sites import ListedSite
from crawler.ledger.store import SqlLedger

BATCH: Final = 400
"""Sites of a list that are checked against the ledger in one query."""

WAITING_LIMIT: Final = 4_096
"""Sites that may wait for their turn before no new one is begun."""


class Entries:
    """The sites of a list that a run has still to look at, each once, a batch at a time."""

    def __init__(self, listed: Iterator[Entry], name: str, run: str, ledger: SqlLedger) -> None:
        self._listed = listed
        self._name = name
        self._run = run
        self._ledger = ledger
        self._ahead: deque[Entry] = deque()
        self._taken: set[str] = set()
        self.known = 0

    def next(self, now: float) -> Entry | None:
        """The next site, None at the list's end; raises `HeedError`."""
        while not self._ahead:
            batch = {entry.site: entry for entry in islice(self._listed, BATCH)}
            if not batch:
                return None
            self._admit(batch, now)
        return self._ahead.popleft()

    def forget(self, entry: Entry) -> None:
        """`entry` was looked at, and the ledger knows it."""
        self._taken.discard(entry.site)

    def _admit(self, batch: dict[str, Entry], now: float) -> None:
        done = read_done(self._ledger.engine, self._run, batch)
        fresh = [one for site, one in batch.items() if site not in done | self._taken]
        self.known += len(done)
        self._taken.update(one.site for one in fresh)
        self._ahead.extend(fresh)
        at = moment(now)
        self._ledger.record_sites(ListedSite(self._name, one.site, at, one.facts) for one in fresh)


class Waiting:
    """Looks that go on at a later moment, by that moment (epoch seconds)."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Look]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._heap)

    @property
    def is_full(self) -> bool:
        """Whether so many wait that they come first."""
        return len(self._heap) >= WAITING_LIMIT

    @property
    def first(self) -> float | None:
        """When the first of them goes on."""
        return self._heap[0][0] if self._heap else None

    def add(self, look: Look, until: float) -> None:
        """`look` goes on at `until`."""
        heappush(self._heap, (until, next(self._numbers), look))

    def take(self, now: float) -> Look | None:
        """One whose moment has come."""
        return heappop(self._heap)[2] if self._heap and self._heap[0][0] <= now else None
