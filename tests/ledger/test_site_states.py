"""What audits found sites to say, written once a run and read back whole."""

from crawler.ledger.buffer import SeenState
from crawler.ledger.site_states import read_done, read_site_states
from crawler.ledger.store import SqlLedger
from crawler.policy.model import Outcome, State, Use
from tests.ledger.samples import ORIGIN, after, allowed, refused_by_page

SITE = "site.example"
FRONT = f"{ORIGIN}/"


def look(ledger: SqlLedger, run: str, hours: float, *, refuses: bool, site: str = SITE) -> None:
    decision = refused_by_page(FRONT) if refuses else allowed(FRONT)
    presence = {"noai": ("html",)} if refuses else {}
    seen = SeenState(run, site, ORIGIN, after(hours), Outcome.OK, decision, presence)
    ledger.record_site_state(seen)


def test_every_look_is_read_back_with_states_words_and_carriers(ledger: SqlLedger) -> None:
    look(ledger, "first", 0, refuses=False)
    look(ledger, "second", 24, refuses=True)
    ledger.commit()
    before, now = read_site_states(ledger.engine)
    assert (before.at, before.finding.states, before.presence) == (after(0), {}, {})
    assert (now.site, now.origin, now.outcome) == (SITE, ORIGIN, Outcome.OK)
    assert now.finding.states == {Use.TRAIN_GENAI: State.DISALLOW}
    assert now.finding.statements[0].evidence.url == FRONT
    assert now.presence == {"noai": ("html",)}


def test_a_run_looks_at_a_site_once(ledger: SqlLedger) -> None:
    look(ledger, "first", 0, refuses=False)
    ledger.commit()
    look(ledger, "first", 1, refuses=True)
    look(ledger, "first", 1, refuses=True, site="b.example")
    ledger.commit()
    assert [each.at for each in read_site_states(ledger.engine)] == [after(1), after(0)]
    asked = [SITE, "b.example", "c.example"]
    assert read_done(ledger.engine, "first", asked) == {SITE, "b.example"}
    assert read_done(ledger.engine, "second", asked) == frozenset()


def test_looks_are_chosen_by_time_and_by_being_the_last(ledger: SqlLedger) -> None:
    for number in range(3):
        look(ledger, f"run {number}", 24 * number, refuses=number == 1)
        ledger.commit()

    def times(**chosen: object) -> list[object]:
        return [each.at for each in read_site_states(ledger.engine, **chosen)]  # type: ignore[arg-type]

    assert times(since=after(24)) == [after(24), after(48)]
    assert times(until=after(24)) == [after(0), after(24)]
    assert times(latest_only=True) == [after(48)]
    assert times(latest_only=True, until=after(30)) == [after(24)]
