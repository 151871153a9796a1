"""Opens a ledger's database: which one is meant, how it is spoken to, at which schema it is."""

from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool

from crawler.errors import ConfigurationError, StorageError
from crawler.ledger.errors import shown, storage_errors
from crawler.ledger.schema import KNOWN_SCHEMA

BUSY_SECONDS: Final = 60
"""How long a writer waits for another process that writes to the same SQLite file."""

MIGRATION_LOCK: Final = 0x48656564
"""Key of the PostgreSQL advisory lock under which one process migrates ("Heed" in ASCII)."""

_PATIENCE: Final = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "keepalives_idle": 20}
"""Seconds and milliseconds after which a server that does not answer counts as away (libpq)."""

_DRIVERS: Final = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def open_engine(place: str) -> Engine:
    """The database at `place` (a path or a URL), migrated to the schema that this Heed knows.

    Raises `ConfigurationError` where `place` names no database Heed can use, `StorageError`
    where the database is newer, damaged, or cannot be written to.
    """
    url = read_place(place)
    engine = _make_engine(url)
    try:
        with storage_errors(url):
            _migrate(engine)
    except StorageError:
        engine.dispose()
        raise
    return engine


def read_place(place: str) -> URL:
    """The URL of the database that an operator's `--ledger` means."""
    if "://" not in place:
        return URL.create("sqlite", database=str(Path(place).absolute()))
    try:
        url = make_url(place)
    except ArgumentError:
        url = URL.create(place.partition(":")[0] or "?")
    if url.drivername not in _DRIVERS:
        message = (
            f"ledger = {url.drivername}://… cannot be used: give a path or a postgresql:// URL."
        )
        raise ConfigurationError(message)
    return url.set(drivername=_DRIVERS[url.drivername])


def _make_engine(url: URL) -> Engine:
    if url.drivername == "sqlite":
        return _make_sqlite_engine(url)
    try:
        return create_engine(url, pool_pre_ping=True, connect_args=_PATIENCE)
    except ImportError:
        message = f"ledger = {shown(url)} needs the driver psycopg: install heedbot[postgres]."
        raise ConfigurationError(message) from None


def _make_sqlite_engine(url: URL) -> Engine:
    in_memory = url.database in (None, "", ":memory:")
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror
        message = f"The ledger's folder {folder} cannot be made: {why}; choose another place."
        raise StorageError(message) from error
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        # A database in memory is its connection's: there must be one and no other.
        poolclass=StaticPool if in_memory else QueuePool,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: SqliteConnection, _: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by its own rules; `_begin_sqlite` does it by ours.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    # A page is acknowledged once it is in the ledger: that must outlive a power cut too.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def hold_on(connection: Connection, seconds: float) -> None:
    """Let `connection` wait so long for another process that writes to the same SQLite file."""
    if connection.dialect.name == "sqlite":
        # Past SQLAlchemy, which would begin a transaction first.
        connection.connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail at once, without waiting, when
    # another process wrote in between; taking the write lock at the start waits for its turn.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        schema = _schema_of(connection)
        if connection.dialect.name == "sqlite":
            # Written into the file, which may be somebody else's until its schema is known.
            connection.rollback()
            connection.connection.execute("PRAGMA journal_mode = WAL")
    if schema == KNOWN_SCHEMA:
        return
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        if _schema_of(connection) != KNOWN_SCHEMA:
            _upgrade(connection)


def _schema_of(connection: Connection) -> int:
    """The number of the ledger's schema, 0 where the database is empty."""
    url = connection.engine.url
    tables = inspect(connection).get_table_names()
    if not tables:
        return 0
    if "alembic_version" not in tables:
        message = f"{shown(url)} is a database, but no ledger of Heed: name another."
        raise StorageError(message)
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version is None:
        return 0
    number = int(version) if str(version).isdigit() else KNOWN_SCHEMA + 1
    if number > KNOWN_SCHEMA:
        message = (
            f"The ledger {shown(url)} is of schema {version}, this Heed knows {KNOWN_SCHEMA}: "
            "use a newer Heed."
        )
        raise StorageError(message)
    return number


def _upgrade(connection: Connection) -> None:
    # Alembic is slow to import and needed once in the life of a ledger.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    command.upgrade(config, "head")
