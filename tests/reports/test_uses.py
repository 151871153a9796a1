"""Uses over all signals, and where the signals disagree with robots.txt."""

from datetime import UTC, datetime
from pathlib import Path

from crawler.ledger.buffer import SeenState
from crawler.ledger.store import SqlLedger
from crawler.policy.model import Observation, Outcome, Profile, Resource, State, Use
from crawler.policy.reading import read_decision
from crawler.reports.material import Material, Wanted, gather
from crawler.reports.queries import Selection, fold_sites, read_observed
from crawler.reports.uses import find_disagreements, sort_by_state


def test_a_use_is_refused_by_whatever_refuses_it(material: Material) -> None:
    panel = material.panel
    found = sort_by_state(panel, material.looks, Use.TRAIN_GENAI, panel.last)
    refused = {site.name for site, _, _ in found[State.DISALLOW]}
    assert {"press.example", "closed.example"} <= refused
    assert {"quiet.example", "deal.example"} <= {site.name for site, _, _ in found[State.UNKNOWN]}


def test_a_site_that_blocks_and_grants_at_once_is_found(material: Material) -> None:
    rows = {
        row.column: row
        for row in find_disagreements(material.panel, material.looks, material.training)
    }
    (found,) = rows["content_signal"].cells[True, State.ALLOW]
    assert found[0].name == "signal.example"
    assert rows["content_signal"].label == "Content-Signal"


def test_a_domain_s_uses_are_those_of_the_host_that_speaks_for_it(tmp_path: Path) -> None:
    at = datetime(2025, 1, 1, tzinfo=UTC)
    origin, host = "https://www.example.org", "www.example.org"
    robots = Resource(f"{origin}/robots.txt", b"", 200, retrieved_at=at)
    front = Resource(f"{origin}/", b"", 200, headers=(("X-Robots-Tag", "noai"),))
    seen = Observation(url=front.url, robots=robots, page=front)
    ledger = SqlLedger(str(tmp_path / "ledger.db"))
    ledger.record_site_file(origin, "/robots.txt", robots)
    decision = read_decision(seen, Profile.STRICT)
    ledger.record_site_state(SeenState("run", host, origin, at, Outcome.OK, decision, {}))
    ledger.commit()
    observed = fold_sites(read_observed(ledger.engine, Selection()))
    material = gather(ledger.engine, observed, {}, Wanted())
    found = sort_by_state(material.panel, material.looks, Use.TRAIN_GENAI, 0)
    assert [site.name for site, _, _ in found[State.DISALLOW]] == ["example.org"]
    ledger.close()
