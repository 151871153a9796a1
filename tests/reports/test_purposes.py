"""Training only, search only, both or neither."""

from crawler.reports.material import Material
from crawler.reports.purposes import Purpose, sort_by_purpose


def test_every_known_site_has_one_purpose(material: Material) -> None:
    found = sort_by_purpose(material.panel, material.panel.last)
    names = {purpose: {site.name for site, _, _ in each} for purpose, each in found.items()}
    assert names[Purpose.BOTH] == {"search.example"}
    assert {"press.example", "flip.example", "signal.example"} <= names[Purpose.TRAINING]
    assert names[Purpose.SEARCH] == set()
    assert names[Purpose.NEITHER] == {"closed.example", "deal.example", "quiet.example"}
