"""Line charts as SVG: panels in rows of two, sizes on a logarithmic axis, costs from zero."""

from collections.abc import Sequence
from html import escape
from math import log10
from typing import Final

Panel = tuple[str, Sequence[tuple[float, float]]]
"""A title and points (size, cost)."""

WIDTH: Final = 420
HEIGHT: Final = 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 20, 34, 34
_HEADROOM: Final = 1.25


def draw(panels: Sequence[Panel], caption: str) -> str:
    """An SVG document."""
    rows = (len(panels) + 1) // 2
    drawn = "".join(
        f'<g transform="translate({WIDTH * (at % 2)} {HEIGHT * (at // 2)})">{_panel(*panel)}</g>'
        for at, panel in enumerate(panels)
    )
    height = rows * HEIGHT + 24
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {height}" '
        'font-family="sans-serif" font-size="11" fill="#222">'
        f'<rect width="100%" height="100%" fill="#fff"/>{drawn}'
        f'<text x="12" y="{height - 8}" fill="#666">{escape(caption)}</text></svg>\n'
    )


def _panel(title: str, points: Sequence[tuple[float, float]]) -> str:
    sizes = [log10(size) for size, _ in points]
    low, high = min(sizes), max(sizes)
    top = max(cost for _, cost in points) * _HEADROOM or 1.0
    placed = [
        (
            _LEFT + (WIDTH - _LEFT - _RIGHT) * ((size - low) / (high - low) if high > low else 0.5),
            HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * cost / top,
        )
        for size, (_, cost) in zip(sizes, points, strict=True)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1f6f8b"/>'
        f'<text x="{x:.1f}" y="{y - 7:.1f}" text-anchor="middle">{cost:.3g}</text>'
        f'<text x="{x:.1f}" y="{HEIGHT - 16}" text-anchor="middle">{size:,.0f}</text>'
        for (x, y), (size, cost) in zip(placed, points, strict=True)
    )
    floor = HEIGHT - _BOTTOM
    return (
        f'<text x="{_LEFT}" y="18" font-weight="bold">{escape(title)}</text>'
        f'<path d="M{_LEFT} {_TOP}V{floor}H{WIDTH - _RIGHT}" fill="none" stroke="#999"/>'
        f'<text x="{_LEFT - 6}" y="{floor}" text-anchor="end">0</text>'
        f'<polyline points="{line}" fill="none" stroke="#1f6f8b" stroke-width="2"/>{dots}'
    )
