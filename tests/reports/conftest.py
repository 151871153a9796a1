"""One small ledger and the material of its report, made once for all tests of reports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.ledger.importers.filling import fill
from crawler.ledger.sites import SiteFacts
from crawler.ledger.store import SqlLedger
from crawler.reports.material import Material, Wanted, gather
from crawler.reports.queries import Selection, open_ledger, read_observed
from tests.reports.history import write_history

FACTS = {
    "press.example": SiteFacts(category="press", country="FR", rank=900, weight=80.0),
    "deal.example": SiteFacts(category="press", country="GB", rank=40_000, weight=10.0),
    "quiet.example": SiteFacts(category="shop", country="FR", rank=7_000, weight=10.0),
}


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that holds the history."""
    folder = tmp_path_factory.mktemp("ledger")
    place = folder / "ledger.db"
    opened = SqlLedger(str(place))
    fill(opened, [write_history(folder / "history.jsonl")], lambda _: None)
    opened.close()
    return place


@pytest.fixture(scope="session")
def material(ledger: Path) -> Iterator[Material]:
    """What a report on all of it is made of."""
    engine = open_ledger(str(ledger))
    yield gather(engine, read_observed(engine, Selection()), FACTS, Wanted())
    engine.dispose()
