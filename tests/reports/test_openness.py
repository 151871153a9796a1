"""Open text by use: weighted, with an interval and a trend that counts each site once."""

import pytest

from crawler.policy.model import Use
from crawler.reports.material import Material, Wanted, gather
from crawler.reports.openness import find_openness, is_weighted
from crawler.reports.queries import Selection, read_observed


def test_a_share_is_of_the_weight_that_is_known(material: Material) -> None:
    (series,) = find_openness(material.panel, material.looks, (Use.TRAIN_GENAI,))
    assert is_weighted(material.panel)
    first, last = series.points[0], series.points[-1]
    # press 80 turned, deal 10 opened, quiet 10 stayed; six further sites count 1 each.
    assert (first.total, last.total) == (106.0, 105.0)
    assert first.count == pytest.approx(80 + 10 + 3)
    assert last.count == pytest.approx(10 + 10)
    assert first.effective < 9


def test_a_trend_points_down_where_text_closes(material: Material) -> None:
    (series,) = find_openness(material.panel, material.looks, (Use.TRAIN_GENAI,))
    assert series.trend is not None
    assert series.trend.slope < 0
    low, high = series.trend.interval
    assert low < series.trend.slope < high


def test_two_dates_make_no_trend(material: Material) -> None:
    observed = read_observed(material.engine, Selection(until=material.panel.periods[1].end))
    few = gather(material.engine, observed, {}, Wanted())
    assert [series.trend for series in few.openness] == [None] * len(few.openness)
    assert not is_weighted(few.panel)
