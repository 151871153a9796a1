"""Tables of companies and of signals: who is refused together, and where words disagree."""

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.policy.model import State, Statement, Use
from crawler.reports.charts import bars
from crawler.reports.companies import Company, also_blocked, find_companies
from crawler.reports.html.evidence import Lists, Row, bot_row
from crawler.reports.html.figures import (
    Cell,
    Figure,
    legend_of,
    make_figure,
    sites,
    source_note,
)
from crawler.reports.looks import Look
from crawler.reports.material import Material
from crawler.reports.panel import Site, Version
from crawler.reports.standing import Standing
from crawler.reports.uses import (
    SAYINGS,
    USE_LABELS,
    USES_SHOWN,
    deciding,
    find_disagreements,
    sort_by_state,
)

COMPANIES_SHOWN = 14
STATE_COLOURS = {
    State.DISALLOW: "var(--full-named)",
    State.CONDITIONAL: "var(--part-named)",
    State.ALLOW: "var(--open-named)",
    State.UNKNOWN: "var(--open)",
}


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose cells are shaded by a share, each linked to what it counts."""

    title: str
    corner: str
    heading: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    note: str
    empty: str
    """What to say where there is no row."""


def draw_companies(material: Material, lists: Lists) -> tuple[Figure, Grid]:
    """Sites by their strictest answer to each company, and who is refused along with whom."""
    companies = find_companies(material.panel, COMPANIES_SHOWN)
    return _draw_standings(material, lists, companies), _conditional(material, lists, companies)


def _draw_standings(material: Material, lists: Lists, companies: Sequence[Company]) -> Figure:
    panel = material.panel
    total = len(panel.known(panel.last))
    shown = [e for e in legend_of(material) if any(each.sites.get(e[0]) for each in companies)]
    rows, table = [], []
    for company in companies:
        cells = [Cell(company.name), Cell(", ".join(panel.bots[bot] for bot in company.bots))]
        for standing, label, _ in shown:
            found = company.sites.get(standing, ())
            link = lists.add(
                f"{company.name}, strictest of its agents: {label}",
                (bot_row(panel, material.texts, *each) for each in found),
            )
            cells.append(Cell(str(len(found)), link))
            rows.append(
                (company.name, label, len(found), f"{company.name}: {label}, {sites(len(found))}")
            )
        table.append(cells)
    keys = [(label, colour) for _, label, colour in shown]
    told = "; ".join(
        f"{each.name} is blocked by {sites(len(each.blocked_by))}" for each in companies[:5]
    )
    return make_figure(
        "companies",
        ("Companies, by the strictest answer to any of their agents", told),
        lambda width: bars.composition([each.name for each in companies], keys, rows, width),
        (["Company", "Its agents", *(label for label, _ in keys)], table),
        source_note(material, f"{total} sites whose answer is known, on {panel.periods[-1].day}"),
        keys,
    )


def _conditional(material: Material, lists: Lists, companies: Sequence[Company]) -> Grid:
    rows = []
    for one in companies:
        cells = []
        for other in companies:
            if one is other:
                cells.append(Cell("", css="self"))
                continue
            both, total = also_blocked(one, other)
            link = lists.add(
                f"Sites that block {one.name} and {other.name} by name",
                _both(material, one, other),
            )
            share = both / total if total else 0.0
            cells.append(Cell(f"{share:.0%}", link, f"{share:.3f}", f"h{round(share * 10)}"))
        rows.append((f"{one.name} ({len(one.blocked_by)})", cells))
    return Grid(
        "Who blocks A also blocks B",
        "Of the sites that block …",
        [each.name for each in companies],
        rows,
        source_note(
            material, "sites that block the row's company by name (their number beside it)"
        ),
        "No site blocks any company by name.",
    )


def _both(material: Material, one: Company, other: Company) -> list[Row]:
    panel, texts = material.panel, material.texts
    return [
        bot_row(panel, texts, site, version, bot)
        for company, beside in ((one, other), (other, one))
        for site, version, bot in company.sites[Standing.FULL_NAMED]
        if site.name in beside.blocked_by
    ]


def statement_row(site: Site, version: Version, statement: Statement | None, words: str) -> Row:
    """The evidence of what a signal says; the words stand where the statement says."""
    if statement is None:
        return site.place, version.number, 0, words
    evidence = statement.evidence
    line = evidence.line or 0 if evidence.sha256 == version.observed.sha256 else 0
    told = f"{words}: {evidence.verbatim[:200]}" if evidence.verbatim else words
    return site.place, version.number, line, f"{told} ({evidence.where}, {statement.signal})"


def draw_uses(material: Material, lists: Lists) -> Figure:
    """What all signals together come to for each use, at the last date."""
    panel, looks = material.panel, material.looks
    rows, table = [], []
    for use in USES_SHOWN:
        found = sort_by_state(panel, looks, use, panel.last)
        cells = [Cell(USE_LABELS[use])]
        for state, saying in SAYINGS.items():
            count = len(found[state])
            link = lists.add(
                f"May the text {USE_LABELS[use]}? {saying}",
                (_state_row(*each, use, saying) for each in found[state]),
            )
            cells.append(Cell(str(count), link))
            rows.append(
                (USE_LABELS[use], saying, count, f"{USE_LABELS[use]}: {saying}, {sites(count)}")
            )
        table.append(cells)
    keys = [(saying, STATE_COLOURS[state]) for state, saying in SAYINGS.items()]
    told = "; ".join(row[3] for row in rows if row[1] == SAYINGS[State.DISALLOW])
    total = len(panel.known(panel.last))
    return make_figure(
        "uses",
        ("What may be done with the text, all signals counted", told),
        lambda width: bars.composition([USE_LABELS[use] for use in USES_SHOWN], keys, rows, width),
        (["Use", *SAYINGS.values()], table),
        source_note(material, f"{total} sites whose answer is known, on {panel.periods[-1].day}")
        + " Profile strict; what is said of the front page.",
        keys,
    )


def _state_row(site: Site, version: Version, look: Look, use: Use, saying: str) -> Row:
    return statement_row(site, version, deciding(look, use), saying)


def draw_disagreements(material: Material, lists: Lists) -> Grid:
    """Signals beside robots.txt rules, by whether robots.txt blocks a training bot by name."""
    found = find_disagreements(material.panel, material.looks, material.training)
    columns = [(blocked, state) for blocked in (True, False) for state in SAYINGS]
    rows = []
    for row in found:
        cells = []
        for blocked, state in columns:
            these = row.cells.get((blocked, state), ())
            link = lists.add(
                f"{row.label}, training {SAYINGS[state]}, where robots.txt {_WORDS[blocked]}",
                (_signal_row(*each, row.column) for each in these),
            )
            odd = blocked == (state is State.ALLOW) and state is not State.UNKNOWN
            cells.append(Cell(str(len(these)), link, css="odd" if these and odd else ""))
        rows.append((row.label, cells))
    return Grid(
        "robots.txt against the other signals, on training",
        "Sites that carry",
        [f"robots.txt {_WORDS[blocked]}; signal: {SAYINGS[state]}" for blocked, state in columns],
        rows,
        source_note(material, "sites that carry the signal; marked cells say two different things"),
        "No site carries any signal beside its rules for robots.",
    )


_WORDS = {True: "blocks training bots by name", False: "blocks no training bot by name"}


def _signal_row(site: Site, version: Version, look: Look, column: str) -> Row:
    state, said = look.said(column, Use.TRAIN_GENAI)
    carriers = ", ".join(look.presence[column])
    return statement_row(site, version, said, f"{SAYINGS[state]} ({carriers})")
