"""The last date of a report as one page of Markdown: to post, to mail, to keep beside others."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from crawler.policy.agents import CATALOGUE_VERSION
from crawler.reports.companies import find_companies
from crawler.reports.counting import Share
from crawler.reports.groups import ATTRIBUTES, find_groups
from crawler.reports.material import Material
from crawler.reports.openness import is_weighted
from crawler.reports.purposes import Purpose, sort_by_purpose
from crawler.reports.shifts import Shift, tell_days
from crawler.reports.standing import labels_of
from crawler.reports.uses import SAYINGS, USE_LABELS, USES_SHOWN, sort_by_state

MOST: Final = 20
_MARKS: Final = re.compile(r"([\\`*_{}\[\]|#~])")


def make_month(material: Material) -> str:
    """The page; what sites wrote is escaped."""
    sections = (
        _head(material),
        _bots(material),
        _purposes(material),
        _companies(material),
        *(_groups(material, attribute) for attribute in ATTRIBUTES),
        _uses(material),
        _open_text(material),
        _changes(material),
        _foot(material),
    )
    return "\n".join(line for section in sections for line in section) + "\n"


def escape(text: str) -> str:
    """`text` as Markdown that says it and nothing else."""
    return html.escape(_MARKS.sub(r"\\\1", " ".join(text.split())), quote=False)


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heading) + " |"
    yield "|" + " --- |" * len(heading)
    for row in rows:
        yield "| " + " | ".join(escape(cell) for cell in row) + " |"
    yield ""


def _of(share: Share) -> str:
    return f"{share.percent} ({share.count:.0f} of {share.total:.0f})"


def _head(material: Material) -> Iterator[str]:
    panel = material.panel
    now, then = material.any_share(panel.last), material.any_share(panel.first)
    yield f"# AI bots and {len(panel.sites)} sites, {panel.periods[-1].day}"
    yield ""
    if material.note:
        yield f"*{escape(material.note)}*"
        yield ""
    if not now.total:
        yield "What these sites say is not known on that day."
        yield ""
        return
    yield (
        f"**{_of(now)}** of the sites whose answer is known block at least one AI bot by name; "
        f"on {panel.periods[panel.first].day} it was {_of(then)}. "
        "Rules for every bot are not counted."
    )
    yield ""


def _bots(material: Material) -> Iterator[str]:
    panel, tallies = material.panel, material.tallies
    yield "## Most blocked bots"
    yield ""
    yield from _table(
        ("Bot", "Blocked by name", panel.periods[panel.first].day),
        (
            (
                panel.bots[bot],
                _of(tallies.blocked(bot, panel.last)),
                tallies.blocked(bot, panel.first).percent,
            )
            for bot in tallies.most_blocked()[:MOST]
        ),
    )


def _purposes(material: Material) -> Iterator[str]:
    found = sort_by_purpose(material.panel, material.panel.last)
    yield "## Training, search, or both"
    yield ""
    yield from _table(
        ("Blocked by name", "Sites"), ((each.value, str(len(found[each]))) for each in Purpose)
    )


def _companies(material: Material) -> Iterator[str]:
    panel = material.panel
    known = len(panel.known(panel.last))
    yield "## Companies, by the strictest answer to any of their agents"
    yield ""
    yield from _table(
        ("Company", "Blocked by name"),
        (
            (each.name, _of(Share(len(each.blocked_by), known)))
            for each in find_companies(panel, MOST)
        ),
    )


def _groups(material: Material, attribute: str) -> Iterator[str]:
    groups = find_groups(material.panel, material.bots, attribute)
    if not groups:
        return
    yield f"## By {attribute}"
    yield ""
    yield from _table(
        (attribute.capitalize(), "Block an AI bot by name", "95 % interval (Wilson)"),
        (
            (
                group.name,
                _of(group.share),
                "{:.0%} to {:.0%}".format(*group.share.interval),
            )
            for group in groups
        ),
    )


def _uses(material: Material) -> Iterator[str]:
    panel, looks = material.panel, material.looks
    yield "## What may be done with the text, all signals counted"
    yield ""
    counted = ((use, sort_by_state(panel, looks, use, panel.last)) for use in USES_SHOWN)
    yield from _table(
        ("Use", *SAYINGS.values()),
        (
            (USE_LABELS[use], *(str(len(found[state])) for state in SAYINGS))
            for use, found in counted
        ),
    )


def _open_text(material: Material) -> Iterator[str]:
    unit = "weight of the site list" if is_weighted(material.panel) else "sites"
    yield f"## Still open (of the {unit})"
    yield ""
    yield from _table(
        ("Use", "Open", "95 % interval", "Points a year"),
        (
            (
                USE_LABELS[series.use],
                series.points[-1].percent,
                "{:.0%} to {:.0%}".format(*series.points[-1].interval),
                "too few dates" if series.trend is None else series.trend.told,
            )
            for series in material.openness
        ),
    )


def _changes(material: Material) -> Iterator[str]:
    shifts = material.shifts[: 2 * MOST]
    yield f"## Changes ({len(material.shifts)}, the latest first)"
    yield ""
    yield from (_change(material, shift) for shift in shifts)
    yield ""


def _change(material: Material, shift: Shift) -> str:
    labels = labels_of(material.panel.rule)
    bots = ", ".join(material.panel.bots[bot] for bot in shift.bots[:6])
    more = f" and {len(shift.bots) - 6} more" if len(shift.bots) > 6 else ""  # noqa: PLR2004
    return (
        f"- {shift.newer.first:%Y-%m-%d} **{escape(shift.site.name)}**: {escape(bots)}{more}: "
        f"{labels[shift.before]} → {labels[shift.after]} after {tell_days(*shift.held_days)}"
    )


def _foot(material: Material) -> Iterator[str]:
    panel = material.panel
    yield (
        f"Rule {panel.rule.value}; catalogue {CATALOGUE_VERSION}; dates {panel.periods[0].day} to "
        f"{panel.periods[-1].day}; of {len(panel.sites)} sites "
        f"{len(panel.known(panel.last))} are known on the last."
    )
