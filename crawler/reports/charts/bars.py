"""Horizontal bars: whole composition of sites for each bot, shares with intervals, bias."""

from collections.abc import Sequence
from typing import Final

from crawler.reports.charts.drawing import WIDE, Spec, colour_by

ROW: Final = 24
LABEL_WIDE: Final = 190
LABEL_NARROW: Final = 116
SIDES: Final = (("stricter", "var(--full-named)"), ("milder", "var(--open-named)"))


def _label_axis(names: Sequence[str], width: int) -> Spec:
    room = _label_room(width)
    return {
        "field": "name",
        "type": "nominal",
        "title": None,
        "sort": list(names),
        "axis": {"labelLimit": room - 8, "labelColor": "var(--ink)", "grid": False},
    }


def _label_room(width: int) -> int:
    return LABEL_WIDE if width >= WIDE else LABEL_NARROW


def composition(
    names: Sequence[str],
    keys: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, str, int, str]],
    width: int,
) -> Spec:
    """A bar a name that adds up to all sites; `keys` are (label, colour) from the left.

    `rows` hold name, label, count, and what a reader is told of it.
    """
    order = {label: place for place, (label, _) in enumerate(keys)}
    values = [
        {"name": name, "key": label, "count": count, "order": order[label], "told": told}
        for name, label, count, told in rows
        if count
    ]
    return {
        "width": width - _label_room(width) - 12,
        "height": {"step": ROW},
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": {
            "y": _label_axis(names, width),
            "x": {
                "field": "count",
                "type": "quantitative",
                "stack": "zero",
                "title": None,
                "axis": {"format": "d", "tickCount": 5},
            },
            "order": {"field": "order"},
            "color": colour_by("key", keys),
            "description": {"field": "told"},
        },
    }


def intervals(rows: Sequence[tuple[str, float, float, float, str]], width: int) -> Spec:
    """A share a name with its interval: name, share, low, high, and what a reader is told."""
    values = [
        {"name": name, "share": share, "low": low, "high": high, "told": told}
        for name, share, low, high, told in rows
    ]
    axis = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%", "tickCount": 4},
    }
    label = _label_axis([row[0] for row in rows], width)
    return {
        "width": width - _label_room(width) - 12,
        "height": {"step": ROW},
        "data": {"values": values},
        "encoding": {"y": label, "description": {"field": "told"}},
        "layer": [
            {
                "mark": {"type": "bar", "color": "var(--full-named)"},
                "encoding": {"x": {**axis, "field": "share"}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 1.5, "color": "var(--ink)", "aria": False},
                "encoding": {"x": {**axis, "field": "low"}, "x2": {"field": "high"}},
            },
        ],
    }


def amounts(rows: Sequence[tuple[str, int, str]], width: int) -> Spec:
    """A count a name: name, count, and what a reader is told."""
    values = [{"name": name, "count": count, "told": told} for name, count, told in rows]
    return {
        "width": width - _label_room(width) - 34,
        "height": {"step": ROW},
        "data": {"values": values},
        "encoding": {
            "y": _label_axis([row[0] for row in rows], width),
            "x": {"field": "count", "type": "quantitative", "title": None, "axis": None},
        },
        "layer": [
            {
                "mark": {"type": "bar", "color": "var(--full-named)"},
                "encoding": {"description": {"field": "told"}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "aria": False},
                "encoding": {"text": {"field": "count", "format": "d"}},
            },
        ],
    }


def diverging(rows: Sequence[tuple[str, int, int, str]], width: int) -> Spec:
    """Sites stricter (to the right) and milder (to the left) to a name than to everyone."""
    values = [
        {"name": name, "count": count, "side": side, "told": told}
        for name, worse, better, told in rows
        for side, count in (("stricter", worse), ("milder", -better))
        if count
    ]
    return {
        "width": width - _label_room(width) - 12,
        "height": {"step": ROW},
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": {
            "y": _label_axis([row[0] for row in rows], width),
            "x": {
                "field": "count",
                "type": "quantitative",
                "title": None,
                "axis": {"tickCount": 5, "labelExpr": "abs(datum.value)"},
            },
            "color": colour_by("side", SIDES),
            "description": {"field": "told"},
        },
    }
