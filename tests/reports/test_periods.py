"""Dates of a report: as fine as there is room for."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.reports.periods import find_periods

START = datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("step", "count", "unit", "periods"),
    [
        (1, 36, "day", 36),
        (1, 37, "week", 6),
        (7, 60, "month", 14),
        (30, 400, "quarter", 132),
        (90, 3, "day", 3),
    ],
)
def test_the_finest_unit_that_fits_is_taken(step: int, count: int, unit: str, periods: int) -> None:
    found = find_periods(START + timedelta(days=step * n) for n in range(count))
    assert (found[0].unit, len(found)) == (unit, periods)


def test_a_period_ends_at_its_last_observation() -> None:
    found = find_periods([START + timedelta(hours=3), START, START + timedelta(days=1)])
    assert (found[0].start, found[0].end) == (START, START + timedelta(hours=3))
    assert found[1].day == "2024-01-02"
