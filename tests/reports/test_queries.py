"""Hosts folded to registrable domains."""

from datetime import UTC, datetime

from crawler.policy.model import Outcome
from crawler.reports.queries import Observed, fold_sites


def seen(site: str, day: int) -> Observed:
    return Observed(site, datetime(2025, 1, day, tzinfo=UTC), Outcome.OK, True, day, "")  # noqa: FBT003 (answered)


def test_one_host_speaks_for_its_domain_and_no_other_is_mixed_in() -> None:
    observed = [
        seen("a.example.org", 1),
        seen("www.example.org", 2),
        seen("www.example.org", 3),
        seen("shop.b.co.uk", 4),
    ]
    found = [(each.site, each.body_id) for each in fold_sites(observed)]
    assert found == [("b.co.uk", 4), ("example.org", 2), ("example.org", 3)]
