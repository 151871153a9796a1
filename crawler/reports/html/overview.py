"""Figures of the first page: who is blocked, since when, and which way it goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.reports.charts import bars, time
from crawler.reports.charts.drawing import SMALL, Spec
from crawler.reports.counting import Share
from crawler.reports.html.addresses import bot_page, count_of
from crawler.reports.html.evidence import Lists, bot_row
from crawler.reports.html.figures import (
    Cell,
    Figure,
    legend_of,
    make_figure,
    make_small_figure,
    of_sites,
    sites,
    source_note,
)
from crawler.reports.material import Material
from crawler.reports.purposes import Purpose, sort_by_purpose
from crawler.reports.standing import Standing

LINES: int = 5
"""Bots that have a line of their own on the first page."""
ANY = "any AI bot"

PURPOSE_COLOURS = {
    Purpose.BOTH: "var(--full-named)",
    Purpose.TRAINING: "var(--c1)",
    Purpose.SEARCH: "var(--c2)",
    Purpose.NEITHER: "var(--open)",
}
NOT_KNOWN = "not known"


def any_lists(material: Material, lists: Lists) -> list[str]:
    """By period, the link to the sites that block any AI bot by name."""
    panel, texts = material.panel, material.texts
    return [
        lists.add(
            f"Sites that block at least one AI bot by name, {period.day}",
            (bot_row(panel, texts, *found) for found in material.blocking(number)),
        )
        for number, period in enumerate(panel.periods)
    ]


def draw_lines(material: Material, any_links: Sequence[str]) -> Figure:
    """The share of sites that block each of the most blocked bots, over time."""
    panel, tallies = material.panel, material.tallies
    chosen = material.most_blocked[:LINES]
    periods = range(len(panel.periods))
    days = [period.day for period in panel.periods]
    links = {bot: [count_of(panel.bots[bot], "full-named", n) for n in periods] for bot in chosen}
    drawn = [
        Line(ANY, [material.any_share(n) for n in periods], any_links),
        *(
            Line(panel.bots[bot], [tallies.blocked(bot, n) for n in periods], links[bot])
            for bot in chosen
        ),
    ]
    names = [each.name for each in drawn]
    points = [each.points(days) for each in drawn]
    known = [(day, len(panel.known(n)), len(panel.sites)) for n, day in enumerate(days)]

    def make(width: int) -> Spec:
        return {
            "vconcat": [time.lines(names, points, width), time.strip(known, width)],
            "spacing": 14,
            "resolve": {"scale": {"color": "independent"}},
        }

    rows = [
        [
            Cell(day),
            Cell(f"{known[n][1]} of {known[n][2]}"),
            *(Cell(each.shares[n].percent, each.links[n]) for each in drawn),
        ]
        for n, day in enumerate(days)
    ]
    begun = panel.first
    first, last = drawn[0].shares[begun], drawn[0].shares[-1]
    told = f"{ANY}: from {of_sites(first)} on {days[begun]} to {of_sites(last)} on {days[-1]}. "
    told += "; ".join(
        f"{each.name}: {each.shares[begun].percent} to {each.shares[-1].percent}"
        for each in drawn[1:]
    )
    return make_figure(
        "lines",
        ("Share of sites that block AI bots by name", told),
        make,
        (["Date", "Sites known", *names], rows),
        source_note(material, "sites whose answer is known (dark strip) among all (pale strip)"),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the chart of shares; `links` lead to what its points count."""

    name: str
    shares: Sequence[Share]
    links: Sequence[str]

    def points(self, days: Sequence[str]) -> list[time.Point]:
        """Its points at the days at which anything is known."""
        return [
            (day, share.value, f"{self.name}, {day}: {of_sites(share)}")
            for day, share in zip(days, self.shares, strict=True)
            if share.total
        ]


def draw_standings(material: Material, bot: int) -> Figure:
    """Everything that all sites say to one bot, over time."""
    told = _describe_standings(material, bot)

    def make(width: int) -> Spec:
        return time.stack(told.keys, told.rows, width)

    return make_figure("standings", told.words, make, told.table, told.note, told.keys)


def tell_standings(material: Material, bot: int, *, drawn: bool) -> Figure:
    """The same for the bot's own page: drawn once for every width, or only told in its table."""
    told = _describe_standings(material, bot)
    spec = time.stack(told.keys, told.rows, SMALL) if drawn else None
    keys = told.keys if drawn else ()
    return make_small_figure("standings", told.words, spec, told.table, told.note, keys)


@dataclass(frozen=True, slots=True)
class _Standings:
    """What all sites say to one bot, as a chart and a table tell it."""

    words: tuple[str, str]
    keys: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, str, int, str]]
    table: tuple[Sequence[str], Sequence[Sequence[Cell]]]
    note: str


def _describe_standings(material: Material, bot: int) -> _Standings:
    panel = material.panel
    token, days = panel.bots[bot], [period.day for period in panel.periods]
    counts = [material.tallies.of(bot, n) for n in range(len(days))]
    shown = [each for each in legend_of(material) if any(tally[each[0]] for tally in counts)]
    # Nothing in the drawing names the bot, so that bots with the same history share one.
    rows = [
        (day, label, tally[standing], f"{day}: {label}, {sites(tally[standing])}")
        for day, tally in zip(days, counts, strict=True)
        for standing, label, _ in shown
    ]
    keys = [(label, colour) for _, label, colour in shown]
    table = [
        _standings_row(material, bot, n, [each[0] for each in shown]) for n in range(len(days))
    ]
    told = f"{token} on {days[-1]}: " + ", ".join(
        f"{label} {counts[-1][standing]}" for standing, label, _ in shown if counts[-1][standing]
    )
    return _Standings(
        (f"What sites say to {token}", told),
        keys,
        rows,
        (["Date", *(label for label, _ in keys), "of these carried over"], table),
        source_note(material, f"all {len(panel.sites)} sites of this report"),
    )


def _standings_row(
    material: Material, bot: int, period: int, shown: Sequence[Standing]
) -> list[Cell]:
    panel = material.panel
    tally, token = material.tallies.of(bot, period), panel.bots[bot]
    carried = sum(1 for site in panel.sites if (spot := site.spots[period]) and spot.carried)
    return [
        Cell(panel.periods[period].day),
        *(Cell(str(tally[each]), count_of(token, each.value, period)) for each in shown),
        Cell(str(carried)),
    ]


def draw_most_blocked(material: Material, most: int) -> Figure:
    """The most blocked bots, each with everything that sites say to it at the last date."""
    panel, tallies = material.panel, material.tallies
    chosen = material.most_blocked[:most]
    names = [panel.bots[bot] for bot in chosen]
    shown = [
        each
        for each in legend_of(material)
        if any(tallies.of(bot, panel.last)[each[0]] for bot in chosen)
    ]
    rows = [
        (
            panel.bots[bot],
            label,
            tallies.of(bot, panel.last)[standing],
            f"{panel.bots[bot]}: {label}, {sites(tallies.of(bot, panel.last)[standing])}",
        )
        for bot in chosen
        for standing, label, _ in shown
    ]
    keys = [(label, colour) for _, label, colour in shown]
    table = [
        [
            Cell(panel.bots[bot], bot_page(panel.bots[bot])),
            *(
                Cell(
                    str(tallies.of(bot, panel.last)[standing]),
                    count_of(panel.bots[bot], standing.value, panel.last),
                )
                for standing, _, _ in shown
            ),
        ]
        for bot in chosen
    ]
    told = "Blocked by name: " + ", ".join(
        f"{panel.bots[bot]} by {sites(int(tallies.blocked(bot, panel.last).count))}"
        for bot in chosen[:5]
    )
    return make_figure(
        "most-blocked",
        ("The bots that most sites block", told),
        lambda width: bars.composition(names, keys, rows, width),
        (["Bot", *(label for label, _ in keys)], table),
        source_note(material, f"all {len(panel.sites)} sites, on {panel.periods[-1].day}"),
        keys,
    )


def draw_purposes(material: Material, lists: Lists) -> Figure:
    """Training only, search only, both or neither, over time."""
    panel, texts = material.panel, material.texts
    rows, table = [], []
    for number, period in enumerate(panel.periods):
        found = sort_by_purpose(panel, number)
        cells = [Cell(period.day)]
        for purpose in Purpose:
            count = len(found[purpose])
            link = lists.add(
                f"Sites that block by name, {period.day}: {purpose.value}",
                (
                    (site.place, version.number, 0, "no AI bot is blocked by name")
                    if bot is None
                    else bot_row(panel, texts, site, version, bot)
                    for site, version, bot in found[purpose]
                ),
            )
            cells.append(Cell(str(count), link))
            rows.append(
                (period.day, purpose.value, count, f"{period.day}: {purpose.value}, {sites(count)}")
            )
        unknown = len(panel.sites) - len(panel.known(number))
        rows.append((period.day, NOT_KNOWN, unknown, f"{period.day}: not known, {sites(unknown)}"))
        table.append([*cells, Cell(str(unknown))])
    keys = [
        *((each.value, PURPOSE_COLOURS[each]) for each in Purpose),
        (NOT_KNOWN, "var(--unknown)"),
    ]
    last = sort_by_purpose(panel, panel.last)
    told = f"On {panel.periods[-1].day}: " + ", ".join(
        f"{each.value} {len(last[each])}" for each in Purpose
    )
    return make_figure(
        "purposes",
        ("What is refused: training, search, or both", told),
        lambda width: time.stack(keys, rows, width),
        (["Date", *(label for label, _ in keys)], table),
        source_note(
            material, f"all {len(panel.sites)} sites; a bot of both roles counts as training"
        ),
        keys,
    )
