"""Figures of open text: what share of it each use may still have, with trend and uncertainty."""

from typing import Final

from crawler.policy.model import Use
from crawler.reports.charts import time
from crawler.reports.html.evidence import Lists
from crawler.reports.html.figures import Cell, Figure, make_figure, source_note
from crawler.reports.html.relations import statement_row
from crawler.reports.material import Material
from crawler.reports.openness import Series, is_weighted, weight_of
from crawler.reports.uses import USE_LABELS, deciding

BESIDE: Final = 450
"""Width of a chart of which two stand beside each other on a desk."""
COLOURS: Final = {
    Use.TRAIN_GENAI: "var(--full-named)",
    Use.AI_INPUT: "var(--c1)",
    Use.SEARCH: "var(--c2)",
    Use.ARCHIVE: "var(--c3)",
}


def draw_open_text(material: Material, lists: Lists) -> list[Figure]:
    """A figure a use."""
    return [_draw(material, lists, series) for series in material.openness]


def _draw(material: Material, lists: Lists, series: Series) -> Figure:
    panel = material.panel
    label = USE_LABELS[series.use]
    rows, table = [], []
    for number, (period, point) in enumerate(zip(panel.periods, series.points, strict=True)):
        low, high = point.interval
        told = (
            f"{period.day}: {point.percent} open to {label}, 95 % interval {low:.0%} to {high:.0%}"
        )
        if point.total:
            rows.append(
                {"day": period.day, "share": point.value, "low": low, "high": high, "told": told}
            )
        closed = _closed(material, lists, series.use, number)
        total = point.total
        table.append(
            [
                Cell(period.day),
                Cell(point.percent, closed.href),
                Cell(f"{low:.0%} to {high:.0%}"),
                Cell(f"{point.count:,.0f} of {total:,.0f}"),
                closed,
            ]
        )
    trend = series.trend
    line = (
        []
        if trend is None
        else [
            {"day": p.day, "share": min(1.0, max(0.0, trend.at(p.end)))}
            for p in (panel.periods[0], panel.periods[-1])
        ]
    )
    unit = "weight of the site list" if is_weighted(material.panel) else "sites, each counting 1"
    return make_figure(
        f"open-{series.use.value}",
        (
            f"Open to {label}",
            f"{series.points[-1].percent} on {panel.periods[-1].day}; "
            + ("too few dates for a trend." if trend is None else f"{trend.told}."),
        ),
        lambda width: time.band(rows, line, COLOURS[series.use], min(width, BESIDE)),
        (["Date", "Open", "95 % interval", "Open of all", "Sites closed"], table),
        source_note(material, f"{unit}, where the answer is known")
        + " Band: Wilson's interval with Kish's effective number. Dashed: least squares, its error"
        " by linearisation over sites.",
    )


def _closed(material: Material, lists: Lists, use: Use, period: int) -> Cell:
    panel = material.panel
    found = []
    for site, version in panel.known(period):
        look = material.looks.at(site, period)
        if look is not None and look.states[use].refuses:
            words = f"{look.states[use].value}, weight {weight_of(site):g}"
            found.append(statement_row(site, version, deciding(look, use), words))
    link = lists.add(f"Closed to {USE_LABELS[use]}, {panel.periods[period].day}", found)
    return Cell(str(len(found)), link)
