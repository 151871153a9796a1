"""Which failures of a database may be mended by waiting."""

import pytest
from sqlalchemy import text

from crawler.errors import AwayError, StorageError
from crawler.ledger.errors import storage_errors
from crawler.ledger.opening import open_engine, read_place
from crawler.ledger.store import SqlLedger
from tests.crawls.relay import Relay
from tests.postgres import PostgresServer


def test_a_server_that_is_not_there_is_away() -> None:
    with pytest.raises(AwayError, match="check that the server runs"):
        open_engine("postgresql://heed@127.0.0.1:1/ledger")


def test_a_server_that_goes_away_is_away_until_it_is_back(postgres: PostgresServer) -> None:
    relay = Relay(postgres.port)
    place = postgres.make_database().replace(f":{postgres.port}/", f":{relay.port}/")
    ledger = SqlLedger(place)
    relay.cut()
    ledger.save_host_pace("h:80", {"next": 1.0})
    with pytest.raises(AwayError):
        ledger.commit()
    relay.mend()
    ledger.commit()
    assert ledger.host_paces(["h:80"]) == {"h:80": {"next": 1.0}}
    assert ledger.host_paces(["other:80"]) == {}
    ledger.close()
    relay.close()


def test_what_waiting_cannot_mend_is_not_away(place: str) -> None:
    engine = open_engine(place)
    with (
        pytest.raises(StorageError) as raised,
        storage_errors(read_place(place)),
        engine.connect() as connection,
    ):
        connection.execute(text("SELECT nothing FROM nowhere"))
    assert not isinstance(raised.value, AwayError)
    engine.dispose()
