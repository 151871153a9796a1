"""Draws Vega-Lite specifications to SVG that takes its colours from the page's style sheet.

Drawing happens when the report is made: pages need no script to show a chart, follow the
reader's light or dark setting, and print. A chart that has to read at phone width is drawn twice
and the style sheet shows the one that fits.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

Spec = dict[str, Any]

WIDE: Final = 820
NARROW: Final = 320
SMALL: Final = 440

_CONFIG: Final[Spec] = {
    "background": None,
    "padding": {"left": 2, "right": 6, "top": 6, "bottom": 2},
    "view": {"stroke": None},
    "font": "sans-serif",
    "axis": {
        "aria": False,
        "labelColor": "var(--soft)",
        "titleColor": "var(--soft)",
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        # Cutting labels to a limit means measuring them, which is most of the time of a drawing.
        "labelLimit": 0,
    },
    "text": {"color": "var(--ink)", "fontSize": 12},
    "rule": {"color": "var(--soft)"},
}
_UNSEEN: Final = re.compile(
    r'<path class="(?:background|foreground)"[^>]*/>'
    r'| (?:role|aria-roledescription|stroke-miterlimit)="[^"]*"'
    r'| opacity="1"'
)
"""Nothing that is drawn, and roles of parts of what the page calls one image."""
_LONG: Final = re.compile(r"(\d+\.\d)\d{4,}")
_SHAPE: Final = re.compile(r' (?:d|transform)="[^"]*"')
_SIZE: Final = re.compile(r'^<svg [^>]*?width="([\d.]+)" height="([\d.]+)" viewBox="([^"]*)">')


def colour_by(field: str, keys: Sequence[tuple[str, str]]) -> Spec:
    """The colour of each label of `field`, as (label, colour); the page shows the legend."""
    return {
        "field": field,
        "type": "nominal",
        "legend": None,
        "scale": {"domain": [label for label, _ in keys], "range": [paint for _, paint in keys]},
    }


def draw(spec: Mapping[str, Any]) -> str:
    """`spec` as an SVG element that scales to its place; equal ones are drawn once."""
    return _draw(json.dumps(spec, sort_keys=True))


@lru_cache(maxsize=1024)
def _draw(text: str) -> str:
    # Starting its engine takes most of a second, and no other command needs it.
    import vl_convert  # noqa: PLC0415

    drawn: str = vl_convert.vegalite_to_svg(
        {**json.loads(text), "config": _CONFIG}, allowed_base_urls=[]
    )
    drawn = drawn.replace(
        ' aria-label="', ' data-told="'
    )  # the page makes it what a pointer is told
    slim = _SHAPE.sub(lambda found: _LONG.sub(r"\1", found[0]), _UNSEEN.sub("", drawn))
    return _SIZE.sub(r'<svg xmlns="http://www.w3.org/2000/svg" viewBox="\3">', slim)


def draw_both(make: Callable[[int], Spec]) -> tuple[str, str]:
    """What `make` gives for the width of a desk and for that of a phone, drawn."""
    return draw(make(WIDE)), draw(make(NARROW))
