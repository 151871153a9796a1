"""Uses over all signals, and where the signals disagree with robots.txt."""

from crawler.policy.model import State, Use
from crawler.reports.material import Material
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
