"""What a database says when it fails, as the one sentence of a `StorageError`."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import SQLITE_BUSY
from typing import Final

from sqlalchemy import URL
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from crawler.errors import AwayError, BusyError, StorageError

_REMEDIES: Final = (
    ("file is not a database", "is no SQLite database: name another file, or move this one away"),
    ("unable to open", "cannot be opened: check that its folder exists and may be written to"),
    ("readonly", "may not be written to: check the permissions of the file and of its folder"),
    ("disk is full", "cannot grow, the disk is full: make room and run the same command again"),
    ("disk i/o error", "cannot be written to the disk: check its room, then run the command again"),
    ("malformed", "is damaged: restore it from a copy"),
    (
        "is locked",
        "is held by another process for too long: when that has ended run the command again",
    ),
)
"""What the driver's message contains, and what to tell the operator; the first match counts."""

_AWAY_CLASSES: Final = frozenset({"08"})
"""SQLSTATE classes (PostgreSQL, Appendix A) of a connection that failed."""

_AWAY_STATES: Final = frozenset({"57P01", "57P02", "57P03", "57P05", "53300", "25006"})
"""Shutting down, crashed, starting up, timed out idle, too many connections, on a stand-by."""

_OTHERWISE: Final = "cannot be used: check that the server runs and that the URL is right"


@contextmanager
def storage_errors(url: URL) -> Iterator[None]:
    """Turn whatever the database at `url` raises into a `StorageError`, hiding passwords."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _kind_of(error)(explain(url, str(getattr(error, "orig", error)))) from error


def _kind_of(error: SQLAlchemyError) -> type[StorageError]:
    if is_away(error):
        return AwayError
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF
    return BusyError if code == SQLITE_BUSY else StorageError


def is_away(error: SQLAlchemyError) -> bool:
    """Whether a server did not answer, or is stopping or starting, so that waiting may help."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.orig, "sqlstate", "absent")
    return state is None or state[:2] in _AWAY_CLASSES or state in _AWAY_STATES


def explain(url: URL, message: str) -> str:
    """One sentence about the ledger at `url` that failed with the driver's `message`."""
    lowered = message.lower()
    remedy = next((text for part, text in _REMEDIES if part in lowered), _OTHERWISE)
    first_line = message.strip().partition("\n")[0]
    return f"The ledger {shown(url)} {remedy} ({first_line})."


def shown(url: URL) -> str:
    """The ledger as its operator names it: a path, or a URL without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    return url.render_as_string(hide_password=True)
