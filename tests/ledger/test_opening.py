"""Which databases can be opened, and what is said of those that cannot."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from crawler.errors import StorageError
from crawler.ledger.schema import KNOWN_SCHEMA, METADATA
from crawler.ledger.store import SqlLedger
from tests.ledger.samples import ORIGIN, START, robots
from tests.shared import ROOT


def test_the_migrations_make_the_tables_that_the_code_knows(ledger: SqlLedger) -> None:
    with ledger.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_ledger_of_a_newer_schema_is_left_alone(ledger: SqlLedger, place: str) -> None:
    with ledger.engine.connect().execution_options(writes=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    ledger.close()
    with pytest.raises(
        StorageError, match=f"is of schema 9999, this Heed knows {KNOWN_SCHEMA}: use a newer Heed"
    ):
        SqlLedger(place)


def test_a_ledger_in_memory_lives_as_long_as_it_is_open() -> None:
    ledger = SqlLedger("sqlite://")
    ledger.record_site_file(ORIGIN, "/robots.txt", robots(b"", START))
    ledger.commit()
    assert ledger.site_file(ORIGIN, "/robots.txt") is not None
    ledger.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are notes. " * 100)
    with pytest.raises(StorageError, match=rf"{path} is no SQLite database"):
        SqlLedger(str(path))


def test_a_database_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE accounts (id INTEGER)")
    theirs.close()
    with pytest.raises(StorageError, match="is a database, but no ledger of Heed"):
        SqlLedger(str(path))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"folder .*file/below cannot be made"):
        SqlLedger(str(tmp_path / "file" / "below" / "ledger.db"))


def test_a_place_that_cannot_be_written_to_is_named() -> None:
    with pytest.raises(StorageError, match=r"The ledger /proc/ledger\.db cannot be opened"):
        SqlLedger("/proc/ledger.db")


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(StorageError, match="check that the server runs") as caught:
        SqlLedger("postgresql://heed:secret@127.0.0.1:1/ledger")
    assert "secret" not in str(caught.value)


WITHOUT_RIGHTS = dedent(
    """
    import os, sys
    from crawler.errors import StorageError
    from crawler.ledger.store import SqlLedger
    from tests.ledger.samples import ORIGIN, START, robots

    path, warmed = sys.argv[1:]
    SqlLedger(warmed).close()
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        ledger = SqlLedger(path)
        ledger.record_site_file(ORIGIN, "/robots.txt", robots(b"", START))
        ledger.commit()
    except StorageError as error:
        print(error)
    """
)


@pytest.fixture
def anyones() -> Iterator[Path]:
    """A folder that any account can enter; pytest closes its own whenever a run begins."""
    with TemporaryDirectory(prefix="heed-ledger-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_read_only_ledger_is_named(anyones: Path) -> None:
    folder = anyones / "archive"
    folder.mkdir()
    path = folder / "ledger.db"
    SqlLedger(str(path)).close()
    path.chmod(0o444)
    folder.chmod(0o555)
    command = [sys.executable, "-c", WITHOUT_RIGHTS, str(path), str(anyones / "warmed.db")]
    try:
        ended = subprocess.run(  # noqa: S603 (our own script)
            command, cwd=ROOT, capture_output=True, text=True, check=False
        )
    finally:
        folder.chmod(0o755)
    assert f"The ledger {path} " in ended.stdout, ended.stderr
    assert "may not be written to" in ended.stdout or "cannot be opened" in ended.stdout


def test_what_could_not_be_written_is_written_when_there_is_room_again(tmp_path: Path) -> None:
    ledger = SqlLedger(str(tmp_path / "ledger.db"))
    ledger.commit()
    with ledger.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    ledger.record_site_file(ORIGIN, "/robots.txt", robots(b"#" * 200_000, START))
    ledger.first_seen(f"{ORIGIN}/p", START)
    with pytest.raises(StorageError, match="cannot grow, the disk is full"):
        ledger.commit()
    with sqlite3.connect(tmp_path / "ledger.db") as looked_at:
        assert looked_at.execute("SELECT count(*) FROM pages").fetchone() == (0,)
    looked_at.close()
    with ledger.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    ledger.close()
    opened = SqlLedger(str(tmp_path / "ledger.db"))
    state = opened.site_file(ORIGIN, "/robots.txt")
    assert state is not None
    assert len(state.latest.body) == 200_000
    opened.close()
