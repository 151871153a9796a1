"""Decisions are kept as changes: the ledger grows with what sites say, not with asking."""

from collections.abc import Sequence

from sqlalchemy import func, select

from crawler.ledger.history import DecisionChange, read_changes
from crawler.ledger.schema import decisions, findings, kept
from crawler.ledger.store import SqlLedger
from crawler.policy.model import TRAIN_USES, Decision, State, Use
from tests.ledger.samples import (
    ORIGIN,
    START,
    after,
    allowed,
    refused_by_page,
    refused_by_robots,
)

PAGE = f"{ORIGIN}/page"


def record(ledger: SqlLedger, decision: Decision, hours: float = 0) -> None:
    refused = decision.refusal(TRAIN_USES) is not None
    ledger.record_decision(decision, TRAIN_USES, kept=not refused, stage="after", at=after(hours))


def changes(ledger: SqlLedger, url: str = PAGE) -> Sequence[DecisionChange]:
    ledger.commit()
    return read_changes(ledger.engine, url)


def test_a_refusal_is_kept_with_its_evidence(ledger: SqlLedger) -> None:
    decision = refused_by_page(PAGE)
    record(ledger, decision)
    (change,) = changes(ledger)
    assert (change.url, change.at, change.stage, change.kept) == (PAGE, START, "after", False)
    assert (change.use, change.signal) == ("train-genai", "noai")
    assert change.finding.states == {Use.TRAIN_GENAI: State.DISALLOW}
    (statement,) = change.finding.statements
    (given,) = decision.statements
    assert statement.evidence.verbatim == given.evidence.verbatim
    assert (statement.evidence.start, statement.evidence.end) == (120, 156)
    assert statement.evidence.sha256 == "b" * 64
    assert statement.evidence.url == PAGE
    assert change.finding.deciding[Use.TRAIN_GENAI] == (statement,)


def test_a_refusal_that_is_repeated_is_no_change(ledger: SqlLedger) -> None:
    record(ledger, refused_by_page(PAGE), 0)
    record(ledger, refused_by_page(PAGE), 1)
    assert len(changes(ledger)) == 1
    record(ledger, refused_by_page(PAGE, sha256="c" * 64, start=300), 2)
    assert [change.at for change in changes(ledger)] == [START], "only the place has changed"


def test_a_refusal_for_another_reason_is_a_change(ledger: SqlLedger) -> None:
    record(ledger, refused_by_page(PAGE), 0)
    record(ledger, refused_by_robots(PAGE), 1)
    record(ledger, refused_by_page(PAGE), 2)
    assert [change.signal for change in changes(ledger)] == ["noai", "robots_txt", "noai"]


def test_the_end_of_a_refusal_is_a_change(ledger: SqlLedger) -> None:
    record(ledger, refused_by_page(PAGE), 0)
    record(ledger, allowed(PAGE), 1)
    record(ledger, allowed(PAGE), 2)
    assert [(change.kept, change.at) for change in changes(ledger)] == [
        (False, START),
        (True, after(1)),
    ]


def test_pages_that_are_only_kept_are_counted_and_have_no_rows(ledger: SqlLedger) -> None:
    for number in range(50):
        record(ledger, allowed(f"{PAGE}/{number}"), number)
        ledger.commit()
    with ledger.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(decisions)).scalar() == 0
        row = connection.execute(select(kept)).one()
    assert (row.origin, row.url, row.pages) == (ORIGIN, f"{PAGE}/0", 50)
    assert (row.first_at, row.last_at) == (START, after(49))


def test_the_same_wording_is_kept_once_for_all_pages(ledger: SqlLedger) -> None:
    for number in range(20):
        record(ledger, refused_by_page(f"{PAGE}/{number}", sha256=f"{number:064x}"))
        record(ledger, refused_by_robots(f"{PAGE}/r{number}"))
    ledger.commit()
    with ledger.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(decisions)).scalar() == 40
        assert connection.execute(select(func.count()).select_from(findings)).scalar() == 2
    assert changes(ledger, f"{PAGE}/7")[0].finding.statements[0].evidence.sha256 == f"{7:064x}"
