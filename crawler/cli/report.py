"""`heed report`: what the ledger says, as pages or a timeline for people, tables for programs."""

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.imports import DEFAULT_LEDGER
from crawler.cli.selecting import (
    check_order,
    check_outputs,
    names_of,
    read_bots,
    read_date,
    read_listed_facts,
    read_sites,
)
from crawler.errors import ConfigurationError
from crawler.policy.restriction import Rule

LATEST = "latest"


def report(
    site: Annotated[str | None, typer.Argument(help="Show this site's timeline.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write pages into this folder.")] = None,
    markdown: Annotated[
        str | None, typer.Option(help="Write the month in Markdown; - is the output.")
    ] = None,
    csv: Annotated[str | None, typer.Option(help="Write CSV here; - is the output.")] = None,
    jsonl: Annotated[str | None, typer.Option(help="Write JSONL here.")] = None,
    parquet: Annotated[str | None, typer.Option(help="Write Parquet here.")] = None,
    dpi_json: Annotated[str | None, typer.Option(help="Write the DPI's JSON here.")] = None,
    rule: Annotated[Rule, typer.Option(help="How verdicts are found.")] = Rule.RFC,
    at: Annotated[
        str | None,
        typer.Option(help="A date, or latest: one row a site; pages end there."),
    ] = None,
    since: Annotated[str | None, typer.Option(help="From this date on.")] = None,
    bots: Annotated[str | None, typer.Option(help="Tokens, parted by commas.")] = None,
    sites: Annotated[str | None, typer.Option(help="A file, or sites parted by commas.")] = None,
    fold: Annotated[bool, typer.Option("--fold", help="One host a registrable domain.")] = False,
    ledger: Annotated[str, typer.Option(help="A file, or a postgresql:// URL.")] = DEFAULT_LEDGER,
) -> None:
    """Say which site refuses which bot, since when, and by which line."""
    from crawler.cli.reporting import Asked, write_pages, write_tables
    from crawler.reports.queries import Selection, fold_sites, open_ledger, read_observed
    from crawler.reports.verdicts import LISTED

    tables = {"csv": csv, "jsonl": jsonl, "parquet": parquet, "dpi_json": dpi_json}
    if not any((site, html, markdown, *tables.values())):
        raise ConfigurationError(
            "Say what to report: a SITE, --html DIR, or --markdown, --csv, --jsonl, --parquet or "
            "--dpi-json FILE."
        )
    check_outputs(markdown, *tables.values())
    start = read_date(since, "--since")
    until = None if at == LATEST else read_date(at, "--at", end=True)
    check_order(start, until, "--since and --at")
    selected = names_of(site) if site else read_sites(sites)
    asked = Asked(rule, read_bots(bots, LISTED), start, html, markdown)
    facts = read_listed_facts(sites) if asked.pages else {}
    engine = open_ledger(ledger)
    # Pages carry into their first date what was seen before it.
    last_will_do = bool(at) and not asked.pages
    observed = read_observed(
        engine, Selection(None if asked.pages else start, until, selected, last_will_do)
    )
    observed = fold_sites(observed) if fold else observed
    observed = [each for each in observed if each.site == site] or observed
    if site and not observed:
        raise ConfigurationError(f"{site!r} has no robots.txt in the ledger {ledger!r}.")
    if asked.pages:
        write_pages(engine, observed, asked, facts)
    rows = [each for each in observed if start is None or each.at >= start]
    if at:
        rows = list({each.site: each for each in rows}.values())
    write_tables(engine, rows, asked, tables, timeline=bool(site))
