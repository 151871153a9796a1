"""What a worker heeds of the paces that other workers have saved."""

from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from crawler.config import read_options
from crawler.gates.pacing import CLOCKS_APART, TURNS_A_SWEEP, HostPaces
from crawler.ledger.store import SqlLedger
from crawler.policy.pace import PARKED_AFTER
from crawler.runtime import DeferredError

HOST = "127.0.0.9:80"
NOW = 1_000_000.0


class StillClock:
    """A clock that stands."""

    def now(self) -> float:
        """Always the same."""
        return NOW

    async def sleep(self, seconds: float) -> None:
        """At once."""
        assert seconds >= 0


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    one = SqlLedger(str(tmp_path / "ledger.db"))
    yield one
    one.close()


def worker(ledger: SqlLedger, frontier: str = "urlfrontier://f:1") -> HostPaces:
    options = read_options({"HEED_FRONTIER": frontier, "HEED_DELAY": 2})
    return HostPaces(options, StillClock(), ledger)


def saved(**more: float) -> dict[str, float | str]:
    return {"base": 2.0, "loopback": 1.0, "next": NOW + 1, "saved": NOW - 1, **more}


def test_a_worker_of_a_fleet_takes_up_what_another_has_saved(ledger: SqlLedger) -> None:
    pace = worker(ledger)
    pace.recall(HOST, saved(not_before=NOW + 900, crawl_delay=7.0), since=0.0)
    assert pace.next_turn(HOST) >= NOW + 900 + CLOCKS_APART
    assert pace.gap(HOST) == 7.0
    assert [host for host, *_ in pace.resting()] == [HOST]


def test_what_a_worker_saved_itself_or_later_is_not_taken_back(ledger: SqlLedger) -> None:
    pace = worker(ledger)
    pace.recall(HOST, saved(saved=NOW, crawl_delay=7.0), since=0.0)
    pace.recall(HOST, saved(saved=NOW - 5, crawl_delay=1.0, not_before=NOW + 9), since=0.0)
    assert pace.gap(HOST) == 7.0
    assert pace.next_turn(HOST) < NOW + 9


def test_a_host_rests_its_gap_after_a_connection_that_may_have_hidden_a_request(
    ledger: SqlLedger,
) -> None:
    pace = worker(ledger)
    pace.recall(HOST, None, since=NOW)
    assert pace.next_turn(HOST) == NOW + 2


def test_only_a_crawl_of_its_own_reads_every_pace_at_its_start(ledger: SqlLedger) -> None:
    ledger.save_host_pace(HOST, saved(not_before=NOW + 900))
    ledger.commit()
    assert worker(ledger, "").next_turn(HOST) >= NOW + 900
    assert worker(ledger).next_turn(HOST) == 0.0


def test_a_drained_pace_says_so(ledger: SqlLedger) -> None:
    pace = worker(ledger)
    assert not pace.draining
    pace.drain()
    assert pace.draining


async def test_what_is_cut_off_here_is_no_failure_of_the_host(ledger: SqlLedger) -> None:
    pace = HostPaces(read_options({"HEED_DELAY": 0}), StillClock(), ledger)
    for _ in range(2 * PARKED_AFTER):
        with pytest.raises(DeferredError):
            async with pace.turn(HOST, "127.0.0.9"):
                raise DeferredError(HOST, NOW, "the crawl was ended", resting=False)
    assert list(pace.resting()) == []
    assert pace.next_turn(HOST) == NOW


async def test_hosts_of_which_there_is_nothing_to_remember_are_forgotten(ledger: SqlLedger) -> None:
    pace = HostPaces(read_options({"HEED_DELAY": 0}), StillClock(), ledger)
    for number in range(3 * TURNS_A_SWEEP):
        address = str(IPv4Address("127.1.0.0") + number)
        async with pace.turn(f"{address}:80", address) as turn:
            turn.answered(0.0, 200, None)
    tables = [table for table in vars(pace).values() if isinstance(table, dict)]
    assert max(map(len, tables)) <= 2 * TURNS_A_SWEEP
