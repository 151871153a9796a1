"""A chart with its words, its legend and the table of its numbers, each linked to its evidence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crawler.policy.agents import CATALOGUE_VERSION
from crawler.reports.charts.drawing import Spec, draw, draw_both
from crawler.reports.counting import Share
from crawler.reports.material import Material
from crawler.reports.standing import Standing, labels_of


@dataclass(frozen=True, slots=True)
class Cell:
    """One number or word of a table; `href` leads to what it counts, `key` sorts it."""

    text: str
    href: str = ""
    key: str = ""
    css: str = ""


@dataclass(frozen=True)
class Figure:
    """One chart of a page."""

    name: str
    title: str
    told: str
    """The chart in a sentence, for those who do not see it."""
    wide: str
    """Empty where the narrow one serves every width."""
    narrow: str
    """Empty as well where nothing is drawn and the table is all there is."""
    heading: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str
    legend: Sequence[tuple[str, str]] = field(default=())
    """Labels and the style sheet's colours."""


def make_figure(
    name: str,
    words: tuple[str, str],
    make: Callable[[int], Spec],
    table: tuple[Sequence[str], Sequence[Sequence[Cell]]],
    note: str,
    legend: Sequence[tuple[str, str]] = (),
) -> Figure:
    """A figure; `words` are its title and its sentence, `table` its heading and rows."""
    wide, narrow = draw_both(make)
    return Figure(name, words[0], words[1], wide, narrow, table[0], table[1], note, legend)


def make_small_figure(
    name: str,
    words: tuple[str, str],
    spec: Spec | None,
    table: tuple[Sequence[str], Sequence[Sequence[Cell]]],
    note: str,
    legend: Sequence[tuple[str, str]] = (),
) -> Figure:
    """A figure with one drawing for every width, or none, for pages of which there are many."""
    drawn = "" if spec is None else draw(spec)
    return Figure(name, words[0], words[1], "", drawn, table[0], table[1], note, legend)


def source_note(material: Material, denominator: str) -> str:
    """What every chart says of itself: rule, denominator, catalogue."""
    return (
        f"Rule: {material.panel.rule.value}. Of: {denominator}. Catalogue {CATALOGUE_VERSION}."
        + (f" {material.note}" if material.note else "")
    )


def legend_of(material: Material) -> list[tuple[Standing, str, str]]:
    """Standings with their labels and colours, the strictest first."""
    labels = labels_of(material.panel.rule)
    return [(each, labels[each], f"var(--{each.value})") for each in STACKED]


STACKED = (
    Standing.FULL_NAMED,
    Standing.PART_NAMED,
    Standing.OPEN_NAMED,
    Standing.FULL_ALL,
    Standing.PART_ALL,
    Standing.OPEN,
    Standing.NO_FILE,
    Standing.UNKNOWN,
)
"""What names the bot at the bottom, what is said to everyone above it, the unknown on top."""


def of_sites(share: Share) -> str:
    """A share in words: 28 of 80 sites (35 %)."""
    return f"{share.count:.0f} of {share.total:.0f} sites ({share.percent})"


def sites(count: int) -> str:
    """A count of sites in words."""
    return "1 site" if count == 1 else f"{count} sites"
