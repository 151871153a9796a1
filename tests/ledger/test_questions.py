"""What reports ask of a ledger, answered alike by SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime
from pathlib import Path

from crawler.ledger.importers.filling import fill
from crawler.ledger.store import SqlLedger
from crawler.policy.restriction import Rule
from crawler.reports.changes import find_changes, find_mass_changes
from crawler.reports.queries import Selection, read_observed
from crawler.reports.turns import read_turns
from crawler.reports.verdicts import Verdicts

OPEN = "User-agent: *\nDisallow:\n"
SHUT = "User-agent: GPTBot\nDisallow: /\n"
HISTORY = (
    ("a.example", {"body": OPEN}),
    ("a.example", {"body": OPEN}),
    ("a.example", {"outcome": "timeout"}),
    ("a.example", {"body": SHUT}),
    ("a.example", {"body": SHUT}),
    ("b.example", {"body": SHUT}),
)


def day(number: int) -> datetime:
    return datetime(2025, 1, number, tzinfo=UTC)


def filled(ledger: SqlLedger, folder: Path) -> SqlLedger:
    file = folder / "history.jsonl"
    lines = (
        json.dumps({"site": site, "fetched_at": f"2025-01-{number:02}", **state})
        for number, (site, state) in enumerate(HISTORY, 1)
    )
    file.write_text("\n".join(lines), encoding="utf-8")
    assert fill(ledger, [file], lambda _: None).added == len(HISTORY)
    assert fill(ledger, [file], lambda _: None).added == 0
    return ledger


def test_observations_are_chosen_by_site_and_time(ledger: SqlLedger, tmp_path: Path) -> None:
    engine = filled(ledger, tmp_path).engine

    def asked(**chosen: object) -> list[tuple[str, int]]:
        observed = read_observed(engine, Selection(**chosen))  # type: ignore[arg-type]
        return [(each.site, each.at.day) for each in observed]

    assert asked(latest_only=True) == [("a.example", 5), ("b.example", 6)]
    assert asked(latest_only=True, until=day(3)) == [("a.example", 3)]
    assert asked(sites=frozenset({"b.example", "none.example"})) == [("b.example", 6)]
    assert asked(since=day(4), until=day(5)) == [("a.example", 4), ("a.example", 5)]


def test_turns_are_the_ends_of_what_stayed_the_same(ledger: SqlLedger, tmp_path: Path) -> None:
    engine = filled(ledger, tmp_path).engine
    turns = read_turns(engine)
    assert [(each.site, each.at.day) for each in turns.observed] == [
        ("a.example", 1),
        ("a.example", 2),
        ("a.example", 4),
        ("a.example", 5),
        ("b.example", 6),
    ]
    assert turns.seen == {day(number).date(): 1 for number in (2, 4, 5)}
    assert [each.at.day for each in read_turns(engine, day(2)).observed] == [1, 2]
    assert len(read_turns(engine, sites=frozenset({"b.example"})).observed) == 1
    assert len(read_turns(engine, since=day(4)).observed) == 4, "b.example did not change"
    assert read_turns(engine, since=day(4)).seen == {day(4).date(): 1, day(5).date(): 1}
    assert read_turns(engine, since=day(5)).observed == []


def test_changes_and_verdicts_are_the_same_when_asked_again(
    ledger: SqlLedger, tmp_path: Path
) -> None:
    engine = filled(ledger, tmp_path).engine
    for _ in range(2):
        turns, verdicts = read_turns(engine), Verdicts(engine, Rule.RFC, ("GPTBot",))
        (change,) = find_changes(engine, turns, verdicts)
        assert (change.before, change.after, change.site) == ("none", "full", "a.example")
        assert (change.from_date, change.to_date) == (day(2), day(4))
        assert find_mass_changes(turns, verdicts) == []
