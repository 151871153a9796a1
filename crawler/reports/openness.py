"""How much text is still open for a use, period by period, with its trend and uncertainty.

Each share is weighted by what the site list says (tokens or pages; 1 where it says nothing). A
point's interval is Wilson's at 95 % with Kish's effective number of sites. The trend is the
least-squares line; its standard error counts every site once over all dates (linearisation), so
that a site asked twenty times is one witness and not twenty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Final

from crawler.policy.model import Use
from crawler.reports.counting import Share, Z
from crawler.reports.looks import Looks
from crawler.reports.panel import Panel, Site

USES: Final = (Use.TRAIN_GENAI, Use.AI_INPUT, Use.SEARCH, Use.ARCHIVE)
YEAR: Final = timedelta(days=365.25)
FLAT: Final = 0.0005
"""A slope of less than a twentieth of a point a year is told as none."""

Row = Sequence[float | None]
"""One site over all periods: 1 open, 0 closed, None not known."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through the points of a series, by years."""

    slope: float
    """Change of the share in a year."""
    error: float
    middle: tuple[datetime, float]
    """The point that the line goes through: mean time, mean share."""

    @property
    def interval(self) -> tuple[float, float]:
        """The slope's at 95 %."""
        return self.slope - Z * self.error, self.slope + Z * self.error

    @property
    def told(self) -> str:
        """In words: points a year with their interval, and whether it differs from no change."""
        if abs(self.slope) < FLAT:
            return "no change"
        low, high = self.interval
        sure = "" if low > 0 or high < 0 else ", not to be told from no change"
        points = f"{100 * self.slope:+.1f} points a year"
        return f"{points} (95 % interval {100 * low:+.1f} to {100 * high:+.1f}{sure})"

    def at(self, moment: datetime) -> float:
        """The line's share at `moment`."""
        when, share = self.middle
        return share + self.slope * ((moment - when) / YEAR)


@dataclass(frozen=True, slots=True)
class Series:
    """The open share of all known weight for one use, by period."""

    use: Use
    points: Sequence[Share]
    trend: Trend | None
    """None where fewer than three periods are known."""


def find_openness(panel: Panel, looks: Looks, uses: Sequence[Use] = USES) -> list[Series]:
    """A series for each of `uses`; open is what is not refused, condition included."""
    return [_series(panel, looks, use) for use in uses]


def weight_of(site: Site) -> float:
    """What a site counts for: 1 where the list gives it no weight."""
    weight = site.facts.weight
    return 1.0 if weight is None else weight


def is_weighted(panel: Panel) -> bool:
    """Whether any site has a weight of its own."""
    return any(site.facts.weight is not None for site in panel.sites)


def _series(panel: Panel, looks: Looks, use: Use) -> Series:
    rows = [_row(panel, site, looks, use) for site in panel.sites]
    weights = [weight_of(site) for site in panel.sites]
    times = [period.end for period in panel.periods]
    points = [_point(rows, weights, period) for period in range(len(times))]
    return Series(use, points, _trend(rows, weights, points, times))


def _row(panel: Panel, site: Site, looks: Looks, use: Use) -> Row:
    found = (looks.at(site, period) for period in range(len(panel.periods)))
    return [None if look is None else float(not look.states[use].refuses) for look in found]


def _point(rows: Sequence[Row], weights: Sequence[float], period: int) -> Share:
    pairs = [
        (value, weight)
        for row, weight in zip(rows, weights, strict=True)
        if (value := row[period]) is not None
    ]
    total = sum(weight for _, weight in pairs)
    squares = sum(weight * weight for _, weight in pairs)
    effective = total * total / squares if squares else 0.0
    return Share(sum(value * weight for value, weight in pairs), total, effective)


def _trend(
    rows: Sequence[Row],
    weights: Sequence[float],
    points: Sequence[Share],
    times: Sequence[datetime],
) -> Trend | None:
    usable = [place for place, point in enumerate(points) if point.total]
    if len(usable) < 3:  # noqa: PLR2004 (two points make a line whatever they are)
        return None
    years = {place: (times[place] - times[usable[0]]) / YEAR for place in usable}
    mean = sum(years.values()) / len(usable)
    spread = sum((year - mean) ** 2 for year in years.values())
    if not spread:
        return None
    pull = {place: (year - mean) / spread for place, year in years.items()}
    slope = sum(pull[place] * points[place].value for place in usable)
    pulls = (_influence(row, w, points, pull) for row, w in zip(rows, weights, strict=True))
    error = sqrt(sum(one * one for one in pulls))
    level = sum(points[place].value for place in usable) / len(usable)
    return Trend(slope, error, (times[usable[0]] + mean * YEAR, level))


def _influence(row: Row, weight: float, points: Sequence[Share], pull: "dict[int, float]") -> float:
    """By how much a site moves the slope."""
    return sum(
        pull[place] * weight * (value - points[place].value) / points[place].total
        for place in pull
        if (value := row[place]) is not None
    )
