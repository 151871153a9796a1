"""Which answer holds when, and for how long it is carried."""

from crawler.reports.material import Material
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
