"""The table of signals for people, drawn from the signals themselves."""

from collections.abc import Iterable
from typing import Final

from crawler.policy.model import Signal

HEADER: Final = (
    "| Signal | Where it stands | Governs | Speaks of | Since |",
    "|---|---|---|---|---|",
)
NO_USES: Final = "a label, never a permission"


def render_signal_table(signals: Iterable[Signal]) -> str:
    """Markdown, one row a signal in the order given, each linked to what specifies it."""
    return "\n".join((*HEADER, *map(_render_row, signals))) + "\n"


def _render_row(signal: Signal) -> str:
    cells = (
        f"[{signal.title}]({signal.spec})",
        ", ".join(carrier.value for carrier in signal.carriers),
        signal.scope,
        ", ".join(use.value for use in signal.uses) or NO_USES,
        signal.since,
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
