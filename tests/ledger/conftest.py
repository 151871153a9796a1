"""Every test of the ledger runs on SQLite and, where it is installed, on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.ledger.store import SqlLedger
from tests.postgres import PostgresServer, postgres

__all__ = ["postgres"]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new ledger may be."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.make_database()


@pytest.fixture
def ledger(place: str) -> Iterator[SqlLedger]:
    """A new ledger, opened."""
    opened = SqlLedger(place)
    yield opened
    opened.engine.dispose()
