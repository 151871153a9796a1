"""`heed changes`: what changed between two dates, with the lines that did it."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.imports import DEFAULT_LEDGER
from crawler.cli.selecting import read_bots, read_date, read_sites
from crawler.clock import iso_milliseconds
from crawler.policy.restriction import Rule

if TYPE_CHECKING:
    from crawler.reports.changes import Change


def changes(
    since: Annotated[str | None, typer.Option(help="Changes seen from this date on.")] = None,
    until: Annotated[str | None, typer.Option(help="And up to this one.")] = None,
    rule: Annotated[Rule, typer.Option(help="How verdicts are found.")] = Rule.RFC,
    bots: Annotated[str | None, typer.Option(help="Tokens, parted by commas.")] = None,
    sites: Annotated[str | None, typer.Option(help="A file, or sites parted by commas.")] = None,
    ledger: Annotated[str, typer.Option(help="A file, or a postgresql:// URL.")] = DEFAULT_LEDGER,
    fail_on_change: Annotated[bool, typer.Option(help="Exit 1 where a verdict changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one change a line.")] = False,
) -> None:
    """Name every change of a verdict and of the words behind it; a gap is no change."""
    from crawler.reports.changes import find_changes, find_mass_changes
    from crawler.reports.queries import Selection, open_ledger, read_observed
    from crawler.reports.verdicts import LISTED, Verdicts

    start = read_date(since, "--since")
    selection = Selection(until=read_date(until, "--until", end=True), sites=read_sites(sites))
    asked = read_bots(bots, LISTED)
    engine = open_ledger(ledger)
    observed = read_observed(engine, selection)
    verdicts = Verdicts(engine, rule, asked)
    changed = False
    for change in find_changes(engine, observed, verdicts, start):
        changed = changed or not change.text_only
        if as_json or not change.text_only:
            print(_as_json(change, rule) if as_json else _as_text(change))
    for mass in find_mass_changes(observed, verdicts):
        if start is None or mass.day >= start.date():
            print(
                f"heed: on {mass.day} {mass.changed} of {mass.seen} sites changed at once: "
                "check that bodies and sites belong together.",
                file=sys.stderr,
            )
    if changed and fail_on_change:
        raise typer.Exit(1)


def _as_json(change: "Change", rule: Rule) -> str:
    return json.dumps(
        {
            "site": change.site,
            "bot": change.bot,
            "rule": rule.value,
            "from": change.before,
            "to": change.after,
            "from_date": iso_milliseconds(change.from_date),
            "to_date": iso_milliseconds(change.to_date),
            "text_only": change.text_only,
            "lines_added": change.difference.added,
            "lines_removed": change.difference.removed,
            "unstable": change.unstable,
        },
        ensure_ascii=False,
    )


def _as_text(change: "Change") -> str:
    mark = " (unstable)" if change.unstable else ""
    states = f"{change.before} → {change.after}{mark}"
    difference = change.difference
    return "\n".join(
        (
            f"{change.to_date:%Y-%m-%d} {change.site} {change.bot}: {states}",
            *(f"  + {line}" for line in difference.added),
            *(f"  - {line}" for line in difference.removed),
        )
    )
