"""The file that a job's queue lives in: its schema, its lock, its errors as sentences.

Write-ahead log with `synchronous=NORMAL`: a commit survives the death of the process, since it is
with the kernel; only a power cut may take the newest commits, never the file's soundness. What is
lost then are acknowledgements together with what they discovered, and claims. The pages are asked
for again; the ledger, which is written through before the frontier, knows them. No URL is lost.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from crawler.errors import StorageError
from crawler.stores.locks import hold, is_held

SCHEMA: Final = 1
SUFFIXES: Final = ("", "-wal", "-shm", ".lock")

READY, WAITING, IN_FLIGHT, DONE = range(4)
"""States of a URL: to be handed out, due later, handed out, not wanted again."""

_REMEDY: Final = "see to the disk's space and permissions, then run the same command again"
_DAMAGED: Final = (
    "the file is damaged: start the job anew with --fresh, which keeps the ledger and the corpus"
)
_HELD: Final = "close the program that has it open, then run the same command again"
_REMEDIES: Final = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
}

_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA cache_size=-196608",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=16000",
    "PRAGMA journal_size_limit=67108864",
)
_TABLES: Final = """
CREATE TABLE url (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    host INTEGER NOT NULL,
    url TEXT NOT NULL,
    canonical TEXT,
    depth INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    hops INTEGER NOT NULL,
    via TEXT NOT NULL,
    state INTEGER NOT NULL,
    due REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    asked_at REAL NOT NULL DEFAULT 0,
    ending TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    request BLOB NOT NULL,
    memory TEXT NOT NULL DEFAULT ''
);
CREATE INDEX url_ready ON url (host, depth, rank, id) WHERE state = 0;
CREATE INDEX url_waiting ON url (due) WHERE state = 1;
CREATE INDEX url_in_flight ON url (id) WHERE state = 2;
CREATE TABLE host (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    next_at REAL,
    delay_until REAL NOT NULL DEFAULT 0,
    block_until REAL NOT NULL DEFAULT 0,
    set_at REAL NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    served_at REAL NOT NULL DEFAULT 0,
    claimed INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX host_next ON host (next_at, served_at) WHERE next_at IS NOT NULL;
CREATE TABLE tally (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE mark (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;
"""


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say about `path` into one sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise StorageError(
            f"The frontier {str(path)!r} cannot be used: {error}; "
            f"{_REMEDIES.get(getattr(error, 'sqlite_errorcode', 0), _REMEDY)}."
        ) from error
    except OSError as error:
        raise StorageError(
            f"The frontier {str(path)!r} cannot be used: {error.strerror or error}; {_REMEDY}."
        ) from error


def take_lock(path: Path) -> IO[str]:
    """Hold the job for this process until the file that is returned is closed.

    Raises `StorageError` where another process holds it. The kernel lets go when a process dies.
    """
    lock = hold(_lock_of(path))
    if lock is None:
        raise StorageError(
            f"The job of {str(path)!r} is being run by another process: "
            "wait for it to end, or give this run another --job name."
        )
    return lock


def is_locked(path: Path) -> bool:
    """Whether a process runs the job of `path` at this moment."""
    return is_held(_lock_of(path))


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + ".lock")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The queue at `path` to look at, whoever runs it; raises `StorageError`."""
    with storage_errors(path):
        connection = _connect_to_read(path, "mode=ro")
        try:
            _check_version(connection, path)
        except sqlite3.OperationalError:
            # Where nothing may be written SQLite cannot make its shared memory, and needs none.
            connection.close()
            connection = _connect_to_read(path, "mode=ro&immutable=1")
        try:
            _check_version(connection, path)
            yield connection
        finally:
            connection.close()


def _connect_to_read(path: Path, terms: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?{terms}", uri=True)


def connect(path: Path) -> sqlite3.Connection:
    """Open the queue, made where there is none; raises `StorageError`, also for a newer schema."""
    with storage_errors(path):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def _check_version(connection: sqlite3.Connection, path: Path) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA:
        raise StorageError(
            f"The frontier {str(path)!r} has schema {version}, and this Heed knows up to {SCHEMA}: "
            "run the newer Heed that wrote it, or start anew with --fresh."
        )
    return version


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    version = _check_version(connection, path)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    if version == 0:
        connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;")
    # A read-only file opens well and fails at the first page: better to hear of it now.
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT OR IGNORE INTO mark VALUES ('now', 0)")
    connection.execute("COMMIT")


def forget(path: Path) -> None:
    """Remove the queue at `path`, if any; raises `StorageError` where it is in use."""
    with take_lock(path), storage_errors(path):
        # The lock stays: who opened it before it went would hold one that nobody else sees.
        for suffix in SUFFIXES[:-1]:
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def size(path: Path) -> int:
    """Bytes that the queue takes on disk."""
    files = [path.with_name(path.name + suffix) for suffix in SUFFIXES]
    return sum(os.path.getsize(file) for file in files if file.exists())  # noqa: PTH202 (one stat)
