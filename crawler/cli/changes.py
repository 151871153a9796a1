"""`heed changes`: what changed between two dates, with the lines that did it."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.imports import DEFAULT_LEDGER
from crawler.cli.selecting import check_order, read_bots, read_date, read_sites
from crawler.clock import iso_milliseconds
from crawler.policy.restriction import Rule
from crawler.records.legible import legible

if TYPE_CHECKING:
    from crawler.reports.changes import Change, MassChange


def changes(
    since: Annotated[str | None, typer.Option(help="Changes seen from this date on.")] = None,
    until: Annotated[str | None, typer.Option(help="And up to this one.")] = None,
    rule: Annotated[Rule, typer.Option(help="How verdicts are found.")] = Rule.RFC,
    bots: Annotated[str | None, typer.Option(help="Tokens, parted by commas.")] = None,
    sites: Annotated[str | None, typer.Option(help="A file, or sites parted by commas.")] = None,
    ledger: Annotated[str, typer.Option(help="A file, or a postgresql:// URL.")] = DEFAULT_LEDGER,
    webhook: Annotated[str | None, typer.Option(help="Post what changed here, as JSON.")] = None,
    fail_on_change: Annotated[bool, typer.Option(help="Exit 1 where a verdict changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one change a line.")] = False,
) -> None:
    """Name every change of a verdict and of the words behind it; a gap is no change."""
    from crawler.cli.webhook import check_webhook, tell_webhook
    from crawler.clock import SystemClock
    from crawler.reports.changes import find_changes, find_mass_changes
    from crawler.reports.queries import open_ledger
    from crawler.reports.turns import read_turns
    from crawler.reports.verdicts import LISTED, Verdicts

    start, end = read_date(since, "--since"), read_date(until, "--until", end=True)
    check_order(start, end, "--since and --until")
    chosen, asked = read_sites(sites), read_bots(bots, LISTED)
    if webhook is not None:
        check_webhook(webhook)
    engine = open_ledger(ledger)
    turns = read_turns(engine, end, chosen, start)
    verdicts = Verdicts(engine, rule, asked)
    told: list[dict[str, object]] = []
    for change in find_changes(engine, turns, verdicts, start, of_text=as_json):
        if not change.text_only:
            told.append(_as_object(change, rule))
        _print(change, rule, as_json=as_json)
    masses = find_mass_changes(turns, verdicts)
    warnings = [_warn(mass) for mass in masses if start is None or mass.day >= start.date()]
    for warning in warnings:
        print(f"heed: {warning}.", file=sys.stderr)
    if webhook is not None and told:
        tell_webhook(webhook, {"changes": told, "warnings": warnings}, SystemClock())
    if told and fail_on_change:
        raise typer.Exit(1)


def _print(change: "Change", rule: Rule, *, as_json: bool) -> None:
    """People are told of verdicts, programs of words as well."""
    if as_json:
        print(json.dumps(_as_object(change, rule), ensure_ascii=False))
    elif not change.text_only:
        print(_as_text(change))


def _warn(mass: "MassChange") -> str:
    return (
        f"on {mass.day} {mass.changed} of {mass.seen} sites changed at once: "
        "check that bodies and sites belong together"
    )


def _as_object(change: "Change", rule: Rule) -> dict[str, object]:
    return {
        "site": change.site,
        "bot": change.bot,
        "rule": rule.value,
        "from": change.before,
        "to": change.after,
        "from_date": iso_milliseconds(change.from_date),
        "to_date": iso_milliseconds(change.to_date),
        "text_only": change.text_only,
        "lines_added": list(change.difference.added),
        "lines_removed": list(change.difference.removed),
        "unstable": change.unstable,
    }


def _as_text(change: "Change") -> str:
    mark = " (unstable)" if change.unstable else ""
    states = f"{change.before} → {change.after}{mark}"
    difference = change.difference
    return "\n".join(
        (
            f"{change.to_date:%Y-%m-%d} {change.site} {change.bot}: {states}",
            *(f"  + {legible(line)}" for line in difference.added),
            *(f"  - {legible(line)}" for line in difference.removed),
        )
    )
