"""Every command that reads or fills a ledger, on a real PostgreSQL."""

import json
from pathlib import Path

import pytest

from tests.cli.test_audit import QUICKLY
from tests.command import Run, heed
from tests.fleet import CLASSES, sailing
from tests.postgres import PostgresServer
from tests.reports.history import write_history


def ask(ledger: str, *words: str | Path) -> Run:
    run = heed(*words, "--ledger", ledger)
    assert run.code == 0, run.err
    return run


@pytest.fixture(scope="module")
def ledger(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with a history, and with an audit of a fleet."""
    folder, url = tmp_path_factory.mktemp("postgres"), postgres.make_database()
    ask(url, "import", write_history(folder / "history.jsonl"))
    with sailing(len(CLASSES)) as fleet:
        (folder / "fleet.jsonl").write_text(fleet.listing(), encoding="utf-8")
        ask(url, "audit", "--sites", folder / "fleet.jsonl", *QUICKLY)
    return url


def test_an_import_and_an_audit_stand_in_one_table(ledger: str) -> None:
    lines = ask(ledger, "report", "--jsonl", "-", "--bots", "GPTBot", "--at", "latest").out
    found = {row["site"]: row for row in map(json.loads, lines.splitlines())}
    assert found["press.example"]["verdict"] == "full"
    outcomes = {row["outcome"] for site, row in found.items() if site != "press.example"}
    assert {name.split(" ")[0].rstrip(",") for name in CLASSES} <= outcomes


def test_changes_are_named_with_their_lines(ledger: str) -> None:
    told = ask(ledger, "changes", "--bots", "GPTBot", "--sites", "press.example", "--json").out
    (change,) = map(json.loads, told.splitlines())
    assert (change["from"], change["to"]) == ("partial", "full")
    assert "User-agent: GPTBot" in change["lines_added"]


def test_the_pages_are_made_from_it(ledger: str, tmp_path: Path) -> None:
    ask(ledger, "report", "--html", tmp_path / "html")
    assert "press.example" in (tmp_path / "html/sites.html").read_text(encoding="utf-8")
    assert "ai-train=no" in (tmp_path / "html/uses.html").read_text(encoding="utf-8") or any(
        "ai-train=no" in page.read_text(encoding="utf-8")
        for page in (tmp_path / "html/sites").glob("127*.html")
    )
