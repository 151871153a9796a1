"""The queues of a node for tests, with what the real service does to them, its faults too.

As the service on RocksDB (API 2.6) it keeps URLs and due times in files, forgets the rest, counts
what it is told, cannot hand out what has a `_` in its names, and deletes a crawl by what it takes
for the range of its keys: `crawler.frontier.urlfrontier.names` says how that goes wrong.
"""

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from crawler.clock import SystemClock
from crawler.frontier.urlfrontier import wire_pb2 as wire

CLOCK: Final = SystemClock()
DEFAULT_DELAY: Final = 1
DEFAULT_LEASE: Final = 30
LONGEST_KEY: Final = 255
ANY: Final = 2**31
OK, SKIPPED, FAIL = wire.AckMessage.OK, wire.AckMessage.SKIPPED, wire.AckMessage.FAIL

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS url (
    crawl TEXT NOT NULL, queue TEXT NOT NULL, url TEXT NOT NULL, due INTEGER NOT NULL,
    info BLOB NOT NULL, PRIMARY KEY (crawl, queue, url)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS url_due ON url (crawl, queue, due, url) WHERE due > 0;
"""
_COUNT: Final = "SELECT crawl, queue, sum(due > 0), sum(due = 0) FROM url GROUP BY crawl, queue"
_DUE: Final = (
    "SELECT url, info FROM url WHERE crawl = ? AND queue = ? AND due > 0 AND due <= ?"
    " ORDER BY due, url LIMIT ?"
)
_ONE: Final = "SELECT info, due FROM url WHERE (crawl, queue, url) = (?, ?, ?)"


def keyed(name: str) -> str:
    """A name as it stands in a key."""
    return name.replace("_", "%5F")


@dataclass
class Queue:
    """What a node forgets of a queue when it stops, and counts anew when it starts."""

    active: int = 0
    completed: int = 0
    blocked_until: int = -1
    delay: int = -1
    last_produced: int = 0
    held: dict[str, int] = field(default_factory=dict)

    def in_process(self, now: int) -> int:
        """URLs that are out."""
        self.held = {url: until for url, until in self.held.items() if until > now}
        return len(self.held)


class Store:
    """The queues of a node."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "urls.db", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_TABLE)
        self.queues = {
            (crawl.replace("%5F", "_"), queue.replace("%5F", "_")): Queue(active, completed)
            for crawl, queue, active, completed in self._db.execute(_COUNT)
        }
        self.default_delay = DEFAULT_DELAY
        self._takes_puts = True

    def put(self, info: wire.URLInfo, due: int | None) -> wire.AckMessage.Status:
        """Put a discovery (`due` None) where it is not known, or replace what is."""
        if not 0 < len(info.key) <= LONGEST_KEY:
            return SKIPPED
        row = (keyed(info.crawlID), keyed(info.key), info.url)
        known = self._db.execute(_ONE, row).fetchone() is not None
        if known and due is None:
            return SKIPPED
        if not self._takes_puts and due is None:
            return FAIL
        queue = self.queues.setdefault((info.crawlID, info.key), Queue())
        if known:
            queue.held.pop(info.url, None)
            queue.active -= 1
        queue.completed += due == 0
        queue.active += due != 0
        if not self._takes_puts:
            return FAIL
        when = int(CLOCK.now()) if due is None else due
        values = (*row, when, info.SerializeToString())
        self._db.execute("INSERT OR REPLACE INTO url VALUES (?,?,?,?,?)", values)
        return OK

    def take(self, params: wire.GetParams) -> list[wire.URLInfo]:
        """URLs of queues that may be served now; those served go behind the others."""
        now, taken, served = int(CLOCK.now()), [], 0
        for place in [place for place in self.queues if place[0] == params.crawlID]:
            if served >= (params.max_queues or ANY):
                break
            found = self._take_from(place, params, now)
            if found:
                self.queues[place] = self.queues.pop(place)
                taken += found
                served += 1
        return taken

    def _take_from(
        self, place: tuple[str, str], params: wire.GetParams, now: int
    ) -> list[wire.URLInfo]:
        queue, most = self.queues[place], params.max_urls_per_queue or ANY
        delay = self.default_delay if queue.delay < 0 else queue.delay
        early = queue.blocked_until >= now or queue.last_produced + delay >= now
        if early or queue.in_process(now) >= most or any("_" in name for name in place):
            return []
        rows = self._db.execute(_DUE, (*place, now, most + len(queue.held))).fetchall()
        free = [(url, info) for url, info in rows if url not in queue.held][:most]
        for url, _ in free:
            queue.held[url] = now + (params.delay_requestable or DEFAULT_LEASE)
        if free:
            queue.last_produced = now
        return [wire.URLInfo.FromString(info) for _, info in free]

    def known(self, crawl: str, key: str, url: str) -> wire.KnownURLItem | None:
        """What is kept of a URL: of one that is done for good, its name."""
        row = self._db.execute(_ONE, (keyed(crawl), keyed(key), url)).fetchone()
        if row is None:
            return None
        kept = wire.URLInfo.FromString(row[0])
        name = wire.URLInfo(url=url, key=key, crawlID=crawl)
        return wire.KnownURLItem(info=kept if row[1] else name, refetchable_from_date=row[1])

    def stats(self, crawl: str, key: str) -> wire.Stats:
        """Counts of a crawl, or of the queue `key` of it."""
        now = int(CLOCK.now())
        mine = [
            queue
            for (its_crawl, its_key), queue in self.queues.items()
            if its_crawl == crawl and key in ("", its_key)
        ]
        counts = {
            "completed": sum(queue.completed for queue in mine),
            "active_queues": sum(queue.active > 0 or queue.in_process(now) > 0 for queue in mine),
        }
        return wire.Stats(
            size=sum(queue.active for queue in mine) % 2**64,
            inProcess=sum(queue.in_process(now) for queue in mine),
            counts=counts,
            numberOfQueues=len(mine),
            crawlID=crawl,
        )

    def delete_crawl(self, crawl: str) -> int:
        """Forget a crawl, and what else is in the range that seems to be its own."""
        names = sorted({name for name, _ in self.queues})
        if crawl not in names:
            return 0
        first, after = keyed(crawl) + "_", names[names.index(crawl) + 1 :]
        last = keyed(after[0]) + "_" if after else keyed(crawl) + "`"
        self._takes_puts &= first < last
        self._db.execute(
            "DELETE FROM url WHERE crawl || '_' >= ? AND crawl || '_' < ?", (first, last)
        )
        gone = [self.queues.pop(place) for place in list(self.queues) if place[0] == crawl]
        return sum(queue.active + queue.completed for queue in gone)

    def delete_queue(self, crawl: str, key: str) -> int:
        """Forget a queue."""
        queue = self.queues.pop((crawl, key), Queue())
        place = (keyed(crawl), keyed(key))
        self._db.execute("DELETE FROM url WHERE (crawl, queue) = (?, ?)", place)
        return queue.active + queue.completed
