"""Hosts in line: how the line is taken up again after a run, and what it says of the time."""

import sqlite3
from typing import Final

ALL: Final = -1
"""To SQLite no limit."""


def resume(db: sqlite3.Connection, now: float, rest: float) -> None:
    """Take up where the last run ended, however it did and whatever the clock says now."""
    last: float = db.execute("SELECT value FROM mark WHERE name = 'now'").fetchone()[0]
    db.execute("UPDATE url SET state = 0 WHERE state = 2")
    # A clock that was set back since must not stretch a rest beyond what was asked for.
    db.execute(
        "UPDATE host SET block_until = block_until - set_at + ?1,"
        " delay_until = delay_until - set_at + ?1, set_at = ?1 WHERE set_at > ?1",
        (now,),
    )
    # Nor may one that was set forward shorten the gap of a host that was asked just now.
    db.execute(
        "UPDATE host SET delay_until = max(delay_until, ?1), set_at = ?2, claimed = 0"
        " WHERE claimed OR (served_at > ?3 AND served_at > 0)",
        (now + rest, now, last - rest),
    )
    if last > now:
        db.execute("UPDATE url SET due = due - ? WHERE state = 1", (last - now,))
        db.execute("UPDATE url SET asked_at = ?1 WHERE asked_at > ?1", (now,))
        db.execute("UPDATE host SET served_at = min(served_at, ?)", (now,))
    db.execute(
        "UPDATE host SET next_at = CASE WHEN EXISTS"
        " (SELECT 1 FROM url WHERE url.host = host.id AND state = 0)"
        " THEN max(min(coalesce(next_at, ?1), ?1), delay_until, block_until) END",
        (now,),
    )


def next_due(db: sqlite3.Connection, now: float) -> float | None:
    """The earliest time at which a host is worth waiting for; None where there is none.

    A host that is only keeping its delay is due; one that is blocked does not count at all, so
    that a crawl can end while hosts rest (its job goes on later).
    """
    line = db.execute(
        "SELECT min(next_at, ?1) FROM host WHERE next_at IS NOT NULL AND block_until <= ?1"
        " ORDER BY next_at LIMIT 1",
        (now,),
    ).fetchone()
    if line is None:
        line = db.execute(
            "SELECT u.due FROM url u JOIN host h ON h.id = u.host"
            " WHERE u.state = 1 AND h.block_until <= ? ORDER BY u.due LIMIT 1",
            (now,),
        ).fetchone()
    return float(line[0]) if line is not None else None


def resting(db: sqlite3.Connection, now: float, limit: int = ALL) -> list[tuple[str, float, str]]:
    """Hosts with URLs that rest beyond their gap: name, until when, why; the soonest first."""
    return db.execute(
        "SELECT name, block_until, reason FROM host WHERE block_until > ?1 AND total > 0"
        " ORDER BY block_until LIMIT ?2",
        (now, limit),
    ).fetchall()
