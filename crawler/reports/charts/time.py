"""Charts over time: shares of bots as lines, what sites say as stacked areas, open text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from crawler.reports.charts.drawing import WIDE, Spec, colour_by

HEIGHT: Final = 260
STRIP: Final = 34
LABEL_ROOM: Final = 128
LABEL_GAP: Final = 0.055
"""Share of the height that the end labels of two lines are kept apart by."""

# In local time, zones west of UTC would show the day before.
_TIME: Final = {"field": "day", "type": "temporal", "title": None, "scale": {"type": "utc"}}

_DAYS: Final = {"field": "day", "type": "ordinal", "title": None}
_STEPS: Final = {"type": "area", "interpolate": "step", "aria": False}
_LEVEL: Final = {"labelAngle": 0, "labelOverlap": False, "grid": False}

Point = tuple[str, float, str]
"""Day, share, and what a reader is told of it."""


def time_axis(days: Sequence[str], width: int) -> Spec:
    """The axis of dates: as many labels as there is room for."""
    room = max(2, (width - LABEL_ROOM) // 90)
    step = max(1, -(-len(days) // room))
    return {
        **_TIME,
        "axis": {"format": _style(days), "grid": False, "values": list(days[::step])},
    }


def _style(days: Sequence[str]) -> str:
    """How a date is written among `days`: by its month where they are many months."""
    if not days:
        return ""
    span = (datetime.fromisoformat(days[-1]) - datetime.fromisoformat(days[0])).days
    return "%b %Y" if span > 120 else "%-d %b"  # noqa: PLR2004 (days)


def share_axis(highest: float) -> Spec:
    """The axis of shares, from 0, to a round number above the highest."""
    top = next(limit for limit in (0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if highest <= limit)
    return {
        "field": "share",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, top]},
        "axis": {"format": ".0%", "tickCount": 4},
    }


def lines(names: Sequence[str], points: Sequence[Sequence[Point]], width: int) -> Spec:
    """A line a name, labelled at its end; the first is drawn strongest."""
    rows: list[dict[str, Any]] = [
        {"day": day, "share": share, "name": name, "told": told}
        for name, series in zip(names, points, strict=True)
        for day, share, told in series
    ]
    highest = max((row["share"] for row in rows), default=0.0)
    days = sorted({row["day"] for row in rows})
    axis = share_axis(highest)
    colour = colour_by("name", [(name, f"var(--c{n})") for n, name in enumerate(names)])
    shown = {"x": time_axis(days, width), "y": axis, "color": colour}
    top = axis["scale"]["domain"][1]
    return {
        "width": width - LABEL_ROOM - 46,
        "height": HEIGHT,
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2.5, "aria": False}, "encoding": shown},
            {
                "mark": {"type": "point", "filled": True, "size": 42, "opacity": 1},
                "encoding": {**shown, "description": {"field": "told"}},
            },
            _end_labels(names, points, days[-1] if days else "", top, colour),
        ],
    }


def _end_labels(
    names: Sequence[str], points: Sequence[Sequence[Point]], day: str, top: float, colour: Spec
) -> Spec:
    ends = sorted(
        ((series[-1][1], name) for name, series in zip(names, points, strict=True) if series),
    )
    rows, floor = [], -1.0
    for share, name in ends:
        floor = max(share, floor + LABEL_GAP * top)
        rows.append({"day": day, "share": floor, "name": name, "label": f"{name} {share:.0%}"})
    return {
        "data": {"values": rows},
        "mark": {"type": "text", "align": "left", "dx": 10, "aria": False, "fontWeight": 600},
        "encoding": {
            "x": {**_TIME},
            "y": {"field": "share", "type": "quantitative"},
            "text": {"field": "label"},
            "color": colour,
        },
    }


def stack(
    keys: Sequence[tuple[str, str]], rows: Sequence[tuple[str, str, int, str]], width: int
) -> Spec:
    """Counts that add up to all sites, as bars by date; `keys` are (label, colour), bottom first.

    `rows` hold day, label, count, and what a reader is told of it. The legend is the page's.
    """
    order = {label: place for place, (label, _) in enumerate(keys)}
    values = [
        {"day": day, "key": label, "count": count, "order": order[label], "told": told}
        for day, label, count, told in rows
        if count
    ]
    days = sorted({row[0] for row in rows})
    bar = max(3, min(46, int((width - 60) / max(1, len(days)) * 0.72)))
    # Measuring text is most of the time that a drawing takes: label what there is room for.
    step = max(1, -(-len(days) // max(2, width // 90)))
    written = f"utcFormat(toDate(datum.value), '{_style(days)}')"
    return {
        "width": width - 60,
        "height": HEIGHT if width >= WIDE else 200,
        "data": {"values": values},
        "mark": {"type": "bar", "width": bar},
        "encoding": {
            "x": {**_DAYS, "axis": {**_LEVEL, "labelExpr": written, "values": days[::step]}},
            "y": {
                "field": "count",
                "type": "quantitative",
                "title": None,
                "axis": {"tickCount": 4, "format": "d"},
            },
            "order": {"field": "order"},
            "color": colour_by("key", keys),
            "description": {"field": "told"},
        },
    }


def strip(rows: Sequence[tuple[str, int, int]], width: int) -> Spec:
    """The denominator below a chart of shares: sites known, and all sites, by date."""
    values = [{"day": day, "known": known, "all": total} for day, known, total in rows]
    days = [row[0] for row in rows]
    total = {"field": "all", "type": "quantitative", "title": None}
    axis = {"tickCount": 2, "format": "d", "grid": False}
    return {
        "width": width - LABEL_ROOM - 46,
        "height": STRIP,
        "data": {"values": values},
        "encoding": {"x": time_axis(days, width)},
        "layer": [
            {
                "mark": {**_STEPS, "color": "var(--line)"},
                "encoding": {"y": {**total, "axis": axis}},
            },
            {
                "mark": {**_STEPS, "color": "var(--soft)"},
                "encoding": {"y": {**total, "field": "known"}},
            },
        ],
    }


def band(
    rows: Sequence[dict[str, Any]], trend: Sequence[dict[str, Any]], colour: str, width: int
) -> Spec:
    """A share with its interval and its trend: rows have day, share, low, high and told."""
    axis = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%", "tickCount": 4},
    }
    x = time_axis([row["day"] for row in rows], width)
    y = {**axis, "field": "share"}
    line = {"type": "line", "aria": False}
    return {
        "width": width - 56,
        "height": 170,
        "data": {"values": list(rows)},
        "layer": [
            {
                "mark": {"type": "area", "color": colour, "fillOpacity": 0.2, "aria": False},
                "encoding": {"x": x, "y": {**axis, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "data": {"values": list(trend)},
                "mark": {**line, "color": "var(--ink)", "strokeDash": [5, 4]},
                "encoding": {"x": x, "y": y},
            },
            {
                "mark": {**line, "color": colour, "strokeWidth": 2.5},
                "encoding": {"x": x, "y": y},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 42, "color": colour},
                "encoding": {"x": x, "y": y, "description": {"field": "told"}},
            },
        ],
    }
