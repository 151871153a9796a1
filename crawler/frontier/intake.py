"""Discoveries on their way into the queue: known ones told apart, hosts held to their budget."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from math import inf
from typing import Final

from crawler.frontier.protocol import Discovery
from crawler.frontier.queue_file import READY, WAITING
from crawler.frontier.revisit import hinted_due, interval_in

OnLeftOut = Callable[[str, int, Sequence[int]], None]
"""Told the reason, the number of URLs that were not put, and the ranks of seeds among them."""

_INSERT: Final = (
    "INSERT INTO url (key, host, url, canonical, depth, rank, hops, via, state, due, request) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (key) DO NOTHING"
)
_ENDED: Final = (
    "SELECT id, CASE state WHEN 1 THEN due END, asked_at, memory FROM url"
    " WHERE key = ? AND state IN (1, 3) AND ending NOT IN ('', 'retry', 'deferred')"
)
_ALLOW: Final = (
    "UPDATE url SET state = 1, due = ? WHERE key = ? AND state IN (1, 3)"
    " AND ending = 'failed' AND reason LIKE 'refused_address:%'"
)
JOIN_LINE: Final = (
    "UPDATE host SET next_at = max(?, delay_until, block_until) "
    "WHERE id = ? AND next_at IS NULL AND NOT claimed"
)


class Intake:
    """Puts into the queue behind `db`; at most `budget` URLs of a host, None for any number."""

    def __init__(
        self, db: sqlite3.Connection, budget: int | None, on_left_out: OnLeftOut | None
    ) -> None:
        self._db = db
        self._budget = budget
        self._on_left_out = on_left_out

    def put(self, batch: Sequence[Discovery], now: float) -> tuple[int, int]:
        """Add what is new, inside the caller's transaction; how many URLs and hosts were."""
        ids = {name: host_id(name) for name in {each.host for each in batch}}
        hosts = self._db.executemany(
            "INSERT INTO host (id, name) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
            [(number, name) for name, number in ids.items()],
        ).rowcount
        wanted = self._within_budget(batch, ids)
        last = self._db.execute("SELECT coalesce(max(id), 0) FROM url").fetchone()[0]
        self._db.executemany(_INSERT, (_row(each, ids[each.host], now) for each in wanted))
        new = self._db.execute(
            "SELECT host, count(*), sum(state = 0) FROM url WHERE id > ? GROUP BY host", (last,)
        ).fetchall()
        self._db.executemany(
            "UPDATE host SET total = total + ? WHERE id = ?", [(row[1], row[0]) for row in new]
        )
        self._db.executemany(JOIN_LINE, [(now, row[0]) for row in new if row[2]])
        self._take_hints((each for each in batch if each.changed_at), now)
        if len(wanted) > sum(row[1] for row in new):
            # What refused a seed's address was the operator's to allow, and may be allowed now.
            known = [(now, digest_of(each.key)) for each in wanted if not each.via]
            self._db.executemany(_ALLOW, known)
        return sum(int(row[1]) for row in new), hosts

    def _take_hints(self, hinted: Iterable[Discovery], now: float) -> None:
        for each in hinted:
            row = self._db.execute(_ENDED, (digest_of(each.key),)).fetchone()
            if row is None:
                continue
            url, due, asked_at, memory = row
            interval = interval_in(json.loads(memory) if memory else {})
            sooner = hinted_due(each.changed_at, asked_at, interval, now)
            if sooner < (inf if due is None else due):
                self._db.execute("UPDATE url SET state = 1, due = ? WHERE id = ?", (sooner, url))

    def _within_budget(
        self, batch: Sequence[Discovery], ids: Mapping[str, int]
    ) -> Sequence[Discovery]:
        if self._budget is None:
            return batch
        totals: dict[int, int] = dict(
            self._db.execute(
                "SELECT id, total FROM host WHERE id IN (SELECT value FROM json_each(?))"
                " AND total > 0",
                (json.dumps(list(ids.values())),),
            )
        )
        if not totals and len(batch) <= self._budget:
            return batch
        wanted: list[Discovery] = []
        unwanted: list[Discovery] = []
        for each in batch:
            host = ids[each.host]
            totals[host] = totals.get(host, 0) + 1
            fits = totals[host] <= self._budget or (not each.via and self._is_known(each))
            (wanted if fits else unwanted).append(each)
        if self._on_left_out is not None and unwanted:
            seeds = [each.rank for each in unwanted if not each.via]
            self._on_left_out("host_budget", len(unwanted), seeds)
        return wanted

    def _is_known(self, each: Discovery) -> bool:
        """A job that goes on is given its seeds again: they are no more than there were."""
        found = self._db.execute("SELECT 1 FROM url WHERE key = ?", (digest_of(each.key),))
        return found.fetchone() is not None


def _row(each: Discovery, host: int, now: float) -> tuple[object, ...]:
    state = WAITING if each.due > now else READY
    canonical = None if each.key == each.url else each.key
    return (
        digest_of(each.key), host, each.url, canonical, each.depth, each.rank, each.hops,
        each.via, state, each.due, each.request,
    )  # fmt: skip


def digest_of(key: str) -> bytes:
    """What a URL is known by: 16 bytes of its key's BLAKE2."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def host_id(name: str) -> int:
    """What a host is known by: a signed integer of 8 bytes, so that no look-up is needed."""
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
