"""What lists say of sites."""

from crawler.ledger.sites import ListedSite, SiteFacts, read_site_facts
from crawler.ledger.store import SqlLedger
from tests.ledger.samples import after

NEWS = SiteFacts(category="news", country="FR", weight=2.5)


def keep(ledger: SqlLedger, name: str, hours: float, facts: SiteFacts) -> None:
    ledger.record_sites([ListedSite(name, "a.example", after(hours), facts)])
    ledger.commit()


def test_lists_complete_one_another_and_the_last_word_wins(ledger: SqlLedger) -> None:
    keep(ledger, "news", 0, NEWS)
    keep(ledger, "ranks", 1, SiteFacts(rank=7, country="BE"))
    found = read_site_facts(ledger.engine)["a.example"]
    assert found == SiteFacts("news", "BE", 7, 2.5, lists=("news", "ranks"))
    assert read_site_facts(ledger.engine, ["news"])["a.example"].country == "FR"
    assert read_site_facts(ledger.engine, ["none"]) == {}


def test_a_list_given_again_replaces_what_it_said(ledger: SqlLedger) -> None:
    keep(ledger, "news", 0, NEWS)
    keep(ledger, "news", 1, SiteFacts(category="press"))
    found = read_site_facts(ledger.engine)["a.example"]
    assert found == SiteFacts(category="press", lists=("news",))
