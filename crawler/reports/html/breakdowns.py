"""Figures by group, by site and by bias: who blocks, and whom."""

from collections.abc import Sequence

from crawler.reports.bias import Bias, find_bias
from crawler.reports.charts import bars
from crawler.reports.groups import find_groups
from crawler.reports.html.addresses import bot_page, site_page
from crawler.reports.html.evidence import Lists, bot_row
from crawler.reports.html.figures import Cell, Figure, make_figure, of_sites, sites, source_note
from crawler.reports.material import Material
from crawler.reports.panel import Site, Version
from crawler.reports.standing import Standing

TITLES = {
    "category": "By category",
    "country": "By country",
    "rank": "By rank",
}


def draw_groups(material: Material, lists: Lists, attribute: str) -> Figure | None:
    """Shares of one attribute's groups; None where the site list does not carry it."""
    panel, texts = material.panel, material.texts
    groups = find_groups(panel, material.bots, attribute)
    if not groups:
        return None
    rows, table = [], []
    for group in groups:
        low, high = group.share.interval
        told = f"{group.name}: {of_sites(group.share)}, 95 % interval {low:.0%} to {high:.0%}"
        rows.append((group.name, group.share.value, low, high, told))
        blocking = lists.add(
            f"{group.name}: sites that block at least one AI bot by name",
            (bot_row(panel, texts, *found) for found in group.blocking),
        )
        known = lists.add(
            f"{group.name}: sites whose answer is known",
            ((site.place, version.number, 0, "") for site, version in group.known),
        )
        table.append(
            [
                Cell(group.name),
                Cell(str(len(group.blocking)), blocking),
                Cell(str(len(group.known)), known),
                Cell(group.share.percent),
                Cell(f"{low:.0%} to {high:.0%}"),
            ]
        )
    heading = [attribute.capitalize(), "Block an AI bot", "Sites known", "Share", "95 % interval"]
    return make_figure(
        f"by-{attribute}",
        (TITLES[attribute], "; ".join(row[4] for row in rows[:3])),
        lambda width: bars.intervals(rows, width),
        (heading, table),
        source_note(
            material,
            f"sites of each {attribute} known on {panel.periods[-1].day}; lines are Wilson's",
        ),
    )


def blocked_by(material: Material, version: Version) -> list[int]:
    """Places of the AI bots that a version blocks by name."""
    return [bot for bot in material.bots if version.standings[bot] is Standing.FULL_NAMED]


def draw_protective(material: Material, most: int) -> Figure:
    """The sites that block most AI bots by name."""
    panel = material.panel
    counted: list[tuple[Site, int]] = sorted(
        ((site, len(blocked_by(material, version))) for site, version in panel.known(panel.last)),
        key=lambda each: (-each[1], each[0].name),
    )
    chosen = [each for each in counted[:most] if each[1]]
    rows = [(site.name, count, f"{site.name}: {count} AI bots") for site, count in chosen]
    table = [
        [Cell(site.name, site_page(site.name)), Cell(str(count), site_page(site.name))]
        for site, count in chosen
    ]
    return make_figure(
        "protective",
        ("The most protective sites", "; ".join(row[2] for row in rows[:5])),
        lambda width: bars.amounts(rows, width),
        (["Site", "AI bots blocked by name"], table),
        source_note(material, f"the {len(material.bots)} AI bots of this report"),
    )


def draw_bias(material: Material, lists: Lists, most: int) -> Figure:
    """Bots against everyone: how many sites are stricter to a bot, how many milder."""
    panel = material.panel
    found = find_bias(panel, material.tallies.most_blocked())
    extreme = sorted(found, key=lambda each: (each.value, -len(each.worse)))
    chosen = _ends(extreme, most)
    rows = [
        (
            panel.bots[each.bot],
            len(each.worse),
            len(each.better),
            (
                f"{panel.bots[each.bot]}: stricter at {sites(len(each.worse))}, "
                f"milder at {sites(len(each.better))}"
            ),
        )
        for each in chosen
    ]
    table = [_bias_row(material, lists, each) for each in chosen]
    total = chosen[0].total if chosen else 0
    legend = [("stricter than to everyone", "var(--full-named)"), ("milder", "var(--open-named)")]
    return make_figure(
        "bias",
        ("Treated worse or better than everyone", "; ".join(row[3] for row in rows[:5])),
        lambda width: bars.diverging(rows, width),
        (["Bot", "Stricter", "Milder", "Stricter : milder", "Bias (-1 to 1)"], table),
        source_note(
            material, f"{sites(total)} whose verdicts for the bot and for * are both known"
        ),
        legend,
    )


def _ends(ordered: Sequence[Bias], most: int) -> list[Bias]:
    milder = [each for each in ordered if each.value > 0][-most // 3 :]
    return [
        *ordered[: most - len(milder)],
        *(each for each in milder if each not in ordered[: most - len(milder)]),
    ]


def _bias_row(material: Material, lists: Lists, bias: Bias) -> list[Cell]:
    panel, texts = material.panel, material.texts
    token = panel.bots[bias.bot]
    worse, better = (
        lists.add(
            f"{token}: sites that are {word} to it than to everyone",
            (bot_row(panel, texts, site, version, bias.bot) for site, version in found),
        )
        for word, found in (("stricter", bias.worse), ("milder", bias.better))
    )
    return [
        Cell(token, bot_page(token)),
        Cell(str(len(bias.worse)), worse),
        Cell(str(len(bias.better)), better),
        Cell(bias.ratio),
        Cell(f"{bias.value:+.2f}"),
    ]
