"""One audit of a ledger at a time: two would ask the same sites twice, each at its own pace.

On SQLite the lock is a `flock` beside the file, which the kernel lets go of when a process dies;
on PostgreSQL it is the session's, which the server lets go of with the connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from crawler.errors import StorageError
from crawler.ledger.errors import shown, storage_errors
from crawler.stores.locks import hold

LOCK_KEY: Final = 0x48656565
"""Of the PostgreSQL advisory lock; the next one to that of migrations."""


@contextmanager
def hold_audit(engine: Engine) -> Iterator[None]:
    """Hold the ledger for one audit while the block runs.

    Raises `StorageError` where another process audits it, or no lock can be made.
    """
    if engine.dialect.name == "postgresql":
        with _held_by_session(engine):
            yield
    elif engine.url.database in (None, "", ":memory:"):
        yield
    else:
        with _held_by_file(engine, Path(f"{engine.url.database}.audit.lock")):
            yield


@contextmanager
def _held_by_file(engine: Engine, path: Path) -> Iterator[None]:
    lock = hold(path)
    if lock is None:
        raise _busy(engine)
    with lock:
        yield


@contextmanager
def _held_by_session(engine: Engine) -> Iterator[None]:
    # No transaction stays open all the while: that would keep the server from cleaning up.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        with storage_errors(engine.url):
            held = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY})
            if not held.scalar():
                raise _busy(engine)
        try:
            yield
        finally:
            # The connection goes back to a pool, which keeps its session; a lost one holds nothing.
            with suppress(SQLAlchemyError):
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY})


def _busy(engine: Engine) -> StorageError:
    return StorageError(
        f"The ledger {shown(engine.url)} is being audited by another process: wait for that one "
        "to end, or name another --ledger."
    )
