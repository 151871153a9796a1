"""The queue of one job in SQLite: every operation one transaction, none of them asynchronous.

A host stands in line at `next_at`, the time from which it may be asked: the earliest goes first,
among equals the one not served for longest, and a host that was served goes behind all that waited.
`next_at` is NULL for a host with nothing to fetch or with a URL out. Inside a host: depth, seed
rank, age. URLs due later wait apart, by time, and join their host's line when that has come.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

from crawler.frontier.intake import JOIN_LINE, Intake, OnLeftOut, digest_of, host_id
from crawler.frontier.line import next_due, resting, resume
from crawler.frontier.protocol import Acknowledgement, Claim, Counts, Discovery, Ending
from crawler.frontier.queue_file import DONE, WAITING, connect, storage_errors, take_lock

BATCH: Final = 20_000
PROMOTED_AT_ONCE: Final = 2000
GOES_BACK: Final = frozenset({Ending.RETRY, Ending.DEFERRED})
QUEUED, OUT, HOSTS = "queued", "in_flight", "hosts"

_CLAIM: Final = (
    "SELECT u.id, h.id, h.name, u.url, u.canonical, u.depth, u.rank, u.hops, u.via, u.attempts,"
    " u.request, u.memory FROM"
    " (SELECT id, name, next_at, served_at FROM host WHERE next_at <= ?"
    " ORDER BY next_at, served_at LIMIT ?) h"
    " JOIN url u ON u.id = (SELECT id FROM url WHERE host = h.id AND state = 0"
    " ORDER BY depth, rank, id LIMIT 1) ORDER BY h.next_at, h.served_at"
)
_LEAVE: Final = (
    "UPDATE host SET claimed = 0, served_at = ?1, next_at = CASE WHEN EXISTS"
    " (SELECT 1 FROM url WHERE host = ?2 AND state = 0)"
    " THEN max(?1, delay_until, block_until) END WHERE id = ?2"
)


class HostQueue:
    """`rest` seconds pass before a host that was busy when the last run ended is asked again.

    `now` is the time of opening. At most `host_budget` URLs of a host are ever put.
    """

    def __init__(
        self,
        path: Path,
        *,
        now: float,
        rest: float = 0.0,
        host_budget: int | None = None,
        on_left_out: OnLeftOut | None = None,
    ) -> None:
        self.path = path
        self._now = now
        self._lock = take_lock(path)
        try:
            self._db = connect(path)
            self._intake = Intake(self._db, host_budget, on_left_out)
            self._tally = Counter[str](dict(self._db.execute("SELECT name, number FROM tally")))
            with self._transaction():
                resume(self._db, now, rest)
                self._tally[QUEUED] += self._tally.pop(OUT, 0)
        except BaseException:
            self._lock.close()
            raise

    def put(self, discoveries: Iterable[Discovery]) -> int:
        """Add what is new, in transactions of bounded size; returns how many that was."""
        remaining = iter(discoveries)
        new = 0
        while batch := list(islice(remaining, BATCH)):
            with self._transaction():
                new += self._take_in(batch)
        return new

    def claim(self, hosts: int, now: float) -> list[Claim]:
        """One URL each of up to `hosts` hosts that may be asked at `now`."""
        with self._transaction():
            self._now = max(self._now, now)
            self._promote(now)
            rows = self._db.execute(_CLAIM, (now, hosts)).fetchall()
            self._db.executemany("UPDATE url SET state = 2 WHERE id = ?", [row[:1] for row in rows])
            self._db.executemany(
                "UPDATE host SET claimed = 1, next_at = NULL, served_at = ? WHERE id = ?",
                [(now, row[1]) for row in rows],
            )
            self._tally[QUEUED] -= len(rows)
            self._tally[OUT] += len(rows)
        return [_claim_of(row) for row in rows]

    def acknowledge(
        self, endings: Sequence[Acknowledgement], discoveries: Sequence[Discovery], now: float
    ) -> None:
        """Put `discoveries` and end the claims, in one transaction; unknown claims are ignored."""
        with self._transaction():
            self._now = max(self._now, now)
            for start in range(0, len(discoveries), BATCH):
                self._take_in(discoveries[start : start + BATCH])
            for ending in endings:
                self._end(ending, now)

    def delay(self, host: str, until: float) -> None:
        """Let `host` rest until then: its ordinary gap."""
        self._rest(host, "delay_until", until, "")

    def block(self, host: str, until: float, reason: str) -> None:
        """Let `host` rest until then, for `reason`."""
        self._rest(host, "block_until", until, reason)

    def make_due(self, now: float) -> None:
        """Want every URL again at once, whatever its last visit brought."""
        with self._transaction():
            self._db.execute("UPDATE url SET state = 1, due = ? WHERE state IN (1, 3)", (now,))
            done = sum(self._done().values())
            self._tally = Counter(
                {
                    QUEUED: self._tally[QUEUED] + done,
                    OUT: self._tally[OUT],
                    HOSTS: self._tally[HOSTS],
                }
            )
            self._db.execute("UPDATE url SET ending = '' WHERE state = 1")

    def counts(self, now: float) -> Counts:
        """How the job stands; cheap."""
        with storage_errors(self.path):
            return Counts(
                queued=self._tally[QUEUED],
                in_flight=self._tally[OUT],
                done=self._done(),
                hosts=self._tally[HOSTS],
                next_due=next_due(self._db, now),
            )

    def resting(self, now: float, limit: int) -> list[tuple[str, float, str]]:
        """Hosts that may not be asked yet: name, until when, why; the soonest first."""
        with storage_errors(self.path):
            return resting(self._db, now, limit)

    def close(self) -> None:
        """Put everything in the main file and let go of the job."""
        try:
            with storage_errors(self.path):
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._db.close()
            self._lock.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        before = self._tally.copy()
        with storage_errors(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._save(before)
                self._db.execute("COMMIT")
            except BaseException:
                self._tally = before
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _save(self, before: Mapping[str, int]) -> None:
        changed = [
            (name, self._tally[name])
            for name in {*self._tally, *before}
            if self._tally[name] != before.get(name)
        ]
        self._db.executemany("INSERT OR REPLACE INTO tally VALUES (?, ?)", changed)
        self._db.execute("UPDATE mark SET value = ? WHERE name = 'now'", (self._now,))

    def _take_in(self, batch: Sequence[Discovery]) -> int:
        urls, hosts = self._intake.put(batch, self._now)
        self._tally[QUEUED] += urls
        self._tally[HOSTS] += hosts
        return urls

    def _promote(self, now: float) -> None:
        rows = self._db.execute(
            "SELECT id, host, ending FROM url WHERE state = 1 AND due <= ? ORDER BY due LIMIT ?",
            (now, PROMOTED_AT_ONCE),
        ).fetchall()
        if not rows:
            return
        self._db.executemany("UPDATE url SET state = 0 WHERE id = ?", [row[:1] for row in rows])
        self._db.executemany(JOIN_LINE, [(self._now, host) for host in {row[1] for row in rows}])
        for _, _, ending in rows:
            if _is_final(ending):
                self._tally["done/" + ending] -= 1
                self._tally[QUEUED] += 1

    def _end(self, ending: Acknowledgement, now: float) -> None:
        row = self._db.execute(
            "SELECT id, host, attempts FROM url WHERE key = ? AND state = 2",
            (digest_of(ending.key),),
        ).fetchone()
        if row is None:
            return
        url, host, attempts = row
        goes_back = ending.ending in GOES_BACK
        due = now if goes_back and ending.due is None else ending.due
        if ending.ending is not Ending.DEFERRED:
            attempts = attempts + 1 if goes_back else 0
        self._db.execute(
            "UPDATE url SET state = ?1, due = ?2, attempts = ?3, ending = ?4, reason = ?5,"
            " asked_at = CASE WHEN ?4 = 'deferred' THEN asked_at ELSE ?6 END WHERE id = ?7",
            (DONE if due is None else WAITING, due or 0.0, attempts, ending.ending.value,
             ending.reason, now, url),
        )  # fmt: skip
        if ending.memory is not None:
            memory = json.dumps(dict(ending.memory), separators=(",", ":"))
            self._db.execute("UPDATE url SET memory = ? WHERE id = ?", (memory, url))
        self._db.execute(_LEAVE, (now, host))
        self._tally[OUT] -= 1
        self._tally[QUEUED if goes_back else "done/" + ending.ending.value] += 1

    def _rest(self, host: str, column: str, until: float, reason: str) -> None:
        number = host_id(host)
        with self._transaction():
            self._tally[HOSTS] += self._db.execute(
                "INSERT INTO host (id, name) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
                (number, host),
            ).rowcount
            self._db.execute(
                f"UPDATE host SET {column} = max({column}, ?1), set_at = ?2, reason = ?3,"  # noqa: S608
                " next_at = CASE WHEN next_at IS NOT NULL THEN max(next_at, ?1) END WHERE id = ?4",
                (until, self._now, reason, number),
            )

    def _done(self) -> dict[str, int]:
        return {
            name.removeprefix("done/"): number
            for name, number in self._tally.items()
            if name.startswith("done/") and number
        }


def _is_final(ending: str) -> bool:
    return bool(ending) and Ending(ending) not in GOES_BACK


def _claim_of(row: Sequence[object]) -> Claim:
    _, _, host, url, canonical, depth, rank, hops, via, attempts, request, memory = row
    return Claim(
        url=str(url),
        key=str(canonical or url),
        host=str(host),
        depth=_integer(depth),
        rank=_integer(rank),
        hops=_integer(hops),
        via=str(via),
        attempts=_integer(attempts),
        request=request if isinstance(request, bytes) else b"",
        memory=json.loads(str(memory)) if memory else {},
    )


def _integer(value: object) -> int:
    return value if isinstance(value, int) else 0
