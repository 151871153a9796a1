"""The dates a report tells of: days with observations, or weeks, months and quarters of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

MOST_PERIODS: Final = 36
"""Beyond so many days a report tells of weeks, then months, then quarters."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time in which sites were asked; `end` is the last moment that they were."""

    start: datetime
    end: datetime
    unit: str

    @property
    def day(self) -> str:
        """The day that charts show for it: that of its last observation."""
        return f"{self.end:%Y-%m-%d}"


def _day(at: datetime) -> date:
    return at.date()


def _week(at: datetime) -> tuple[int, int]:
    return at.isocalendar()[:2]


def _month(at: datetime) -> tuple[int, int]:
    return at.year, at.month


def _quarter(at: datetime) -> tuple[int, int]:
    return at.year, (at.month - 1) // 3


UNITS: Final[tuple[tuple[str, Callable[[datetime], object]], ...]] = (
    ("day", _day),
    ("week", _week),
    ("month", _month),
    ("quarter", _quarter),
)


def find_periods(moments: Iterable[datetime], most: int = MOST_PERIODS) -> tuple[Period, ...]:
    """Periods of the finest unit that gives at most `most` (of quarters any number), in order."""
    ordered = sorted(moments)
    found: tuple[Period, ...] = ()
    for unit, name in UNITS:
        buckets: dict[object, list[datetime]] = {}
        for at in ordered:
            buckets.setdefault(name(at), []).append(at)
        found = tuple(Period(each[0], each[-1], unit) for each in buckets.values())
        if len(found) <= most:
            break
    return found
