"""Alerts whose webhook hangs or refuses: nobody else waits for it, and none is lost."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.ledger.alerts import Alert, raise_alert, read_outgoing
from crawler.ledger.opening import open_engine
from tests.schedule.operating import Operator, crawl, receiving, stop, until
from tests.site import page, served

pytestmark = pytest.mark.slow

RAISED = datetime(2026, 11, 1, 3, tzinfo=UTC)
PAGES = {"/": page("Front", "The harbour keeps its tide tables on the customs house wall. " * 5)}


def waiting(operator: Operator, webhook: str, number: int) -> None:
    """Leave so many alerts in the operator's ledger that `webhook` has not taken yet."""
    (operator.folder / "corpus").mkdir()
    engine = open_engine(str(operator.folder / "corpus" / "ledger.db"))
    for count in range(number):
        at = RAISED + timedelta(minutes=count)
        message = {"number": count}
        raise_alert(engine, Alert("job_failed", "nightly", str(count), webhook, at, message))
    engine.dispose()


def tries(operator: Operator) -> list[int]:
    """How often each alert that still waits was tried."""
    engine = open_engine(str(operator.folder / "corpus" / "ledger.db"))
    try:
        return [alert.attempts for alert in read_outgoing(engine)]
    finally:
        engine.dispose()


@contextmanager
def hanging() -> Iterator[tuple[str, socket.socket]]:
    """A webhook that lets connect and never answers, and its listening socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook", server


def test_a_webhook_that_hangs_keeps_no_job_and_no_end_waiting(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    with served(PAGES) as (site,), hanging() as (webhook, server):
        waiting(operator, webhook, 3)
        # The first look delivers, and finds nothing due: the job is known from now on.
        operator.write(crawl("often", site, "*/3 * * * * *"))
        scheduler = operator.started()
        with server.accept()[0]:
            until(lambda: "/" in site.targets, scheduler)
            assert stop(scheduler) == 143
    assert tries(operator) == [0, 0, 0], "jobs and the end waited for the webhook"


def test_a_webhook_that_refuses_is_asked_once_and_each_alert_has_its_turn(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    with served(PAGES) as (site,), receiving() as receiver:
        receiver.answers = [400]
        waiting(operator, receiver.url, 3)
        operator.write(crawl("nightly", site))
        assert operator.heed("schedule", "--run", "nightly").code == 0
        assert [message["number"] for _, message in receiver.posted] == [0]
        assert operator.heed("schedule", "--run", "nightly").code == 0
        assert [message["number"] for message in receiver.taken] == [1, 2, 0]
    assert tries(operator) == []
