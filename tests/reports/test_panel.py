"""Which answer holds when, and for how long it is carried."""

import json
from pathlib import Path

from crawler.ledger.importers.filling import fill
from crawler.ledger.sites import SiteFacts
from crawler.ledger.store import SqlLedger
from crawler.reports.material import Material, Wanted, gather
from crawler.reports.queries import Selection, fold_sites, read_observed
from crawler.reports.standing import Standing
from tests.reports.history import DAYS, HISTORY


def test_every_date_with_observations_is_a_period(material: Material) -> None:
    assert tuple(period.day for period in material.panel.periods) == DAYS


def test_what_is_seen_again_is_one_version(material: Material) -> None:
    versions = {site.name: len(site.versions) for site in material.panel.sites}
    assert versions["press.example"] == 2
    assert versions["flip.example"] == 4
    assert versions["quiet.example"] == 1
    assert set(versions) == set(HISTORY)


def test_an_answer_is_carried_for_two_months_and_marked_then_not_known(material: Material) -> None:
    gone = next(site for site in material.panel.sites if site.name == "gone.example")
    found = [None if spot is None else spot.carried for spot in gone.spots]
    assert found == [False, True, True, None, None, None]
    assert gone.standing(0, 5) is Standing.UNKNOWN


def test_a_folded_site_keeps_what_the_list_says_of_its_host(tmp_path: Path) -> None:
    sites = ("www.a.org", "b.org")
    rows = [{"site": site, "fetched_at": "2025-01-01", "body": ""} for site in sites]
    file = tmp_path / "history.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    ledger = SqlLedger(str(tmp_path / "ledger.db"))
    fill(ledger, [file], lambda _: None)
    facts = {site: SiteFacts(category="press", weight=80.0) for site in sites}
    observed = fold_sites(read_observed(ledger.engine, Selection()))
    found = gather(ledger.engine, observed, facts, Wanted()).panel.sites
    ledger.close()
    assert {site.name: site.facts.weight for site in found} == {"a.org": 80.0, "b.org": 80.0}
