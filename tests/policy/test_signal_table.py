"""The table of signals shows each with its source and what it speaks of."""

from dataclasses import replace

from crawler.policy.model import Carrier, Signal, Use
from crawler.policy.signal_table import HEADER, render_signal_table

BELL = Signal(
    name="bell",
    title="The bell | at the gate",
    carriers=(Carrier.HEADER, Carrier.HTML),
    scope="site",
    uses=(Use.CRAWL, Use.SEARCH),
    spec="https://gate.example/bell",
    since="1901",
    read=lambda _: (),
)


def test_a_row_names_carriers_scope_uses_and_source() -> None:
    assert render_signal_table([BELL]).splitlines()[2] == (
        "| [The bell \\| at the gate](https://gate.example/bell) | header, html | site "
        "| crawl, search | 1901 |"
    )


def test_a_signal_without_uses_is_called_a_label() -> None:
    assert "a label, never a permission" in render_signal_table([replace(BELL, uses=())])


def test_no_signals_make_a_head_without_rows() -> None:
    assert render_signal_table([]).splitlines() == list(HEADER)
