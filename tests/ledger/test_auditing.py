"""A ledger is audited by one process at a time, on SQLite and on PostgreSQL."""

import pytest

from crawler.errors import StorageError
from crawler.ledger.auditing import hold_audit
from crawler.ledger.opening import open_engine
from crawler.ledger.store import SqlLedger


def test_a_ledger_is_held_for_one_audit_and_let_go_of(ledger: SqlLedger) -> None:
    other = open_engine(ledger.engine.url.render_as_string(hide_password=False))
    with (
        hold_audit(ledger.engine),
        pytest.raises(StorageError, match="is being audited by another process"),
        hold_audit(other),
    ):
        pytest.fail("it was held twice")
    with hold_audit(other):
        pass
    other.dispose()
