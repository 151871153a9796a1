"""`heed report`: what the ledger says, as a table for programs or a timeline for people."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from crawler.cli.imports import DEFAULT_LEDGER
from crawler.cli.selecting import read_bots, read_date, read_sites
from crawler.errors import ConfigurationError, StorageError
from crawler.policy.restriction import Rule

LATEST = "latest"


def report(
    site: Annotated[str | None, typer.Argument(help="Show this site's timeline.")] = None,
    csv: Annotated[str | None, typer.Option(help="Write CSV here; - is the output.")] = None,
    jsonl: Annotated[str | None, typer.Option(help="Write JSONL here.")] = None,
    parquet: Annotated[str | None, typer.Option(help="Write Parquet here.")] = None,
    dpi_json: Annotated[str | None, typer.Option(help="Write the DPI's JSON here.")] = None,
    rule: Annotated[Rule, typer.Option(help="How verdicts are found.")] = Rule.RFC,
    at: Annotated[str | None, typer.Option(help="A date, or latest: one row a site.")] = None,
    since: Annotated[str | None, typer.Option(help="From this date on.")] = None,
    bots: Annotated[str | None, typer.Option(help="Tokens, parted by commas.")] = None,
    sites: Annotated[str | None, typer.Option(help="A file, or sites parted by commas.")] = None,
    ledger: Annotated[str, typer.Option(help="A file, or a postgresql:// URL.")] = DEFAULT_LEDGER,
) -> None:
    """Say which site refuses which bot, since when, and by which line."""
    from crawler.reports import exports
    from crawler.reports.queries import Selection, open_ledger, read_observed
    from crawler.reports.timeline import make_timeline
    from crawler.reports.verdicts import LISTED, Verdicts

    if not any((site, csv, jsonl, parquet, dpi_json)):
        raise ConfigurationError(
            "Say what to report: a SITE, --csv, --jsonl, --parquet or --dpi-json FILE."
        )
    until = None if at == LATEST else read_date(at, "--at", end=True)
    selected = frozenset({site}) if site else read_sites(sites)
    asked = read_bots(bots, LISTED)
    selection = Selection(read_date(since, "--since"), until, selected, latest_only=bool(at))
    engine = open_ledger(ledger)
    observed = read_observed(engine, selection)
    verdicts = Verdicts(engine, rule, asked)
    if site:
        if not observed:
            raise ConfigurationError(f"{site!r} has no robots.txt in the ledger {ledger!r}.")
        print("\n".join(make_timeline(engine, observed, verdicts)))
    for name, write in ((csv, exports.write_csv), (jsonl, exports.write_jsonl)):
        if name:
            with _opened(name) as file:
                write(exports.make_rows(observed, verdicts), file)
    if parquet:
        with _storing(parquet):
            exports.write_parquet(exports.make_rows(observed, verdicts), parquet)
    if dpi_json:
        table = exports.make_dpi(observed, Verdicts(engine, Rule.DPI, asked))
        with _opened(dpi_json) as file:
            file.write(json.dumps(table, ensure_ascii=False) + "\n")


@contextmanager
def _opened(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdout
        return
    with _storing(name), Path(name).open("w", encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def _storing(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The report {name!r} cannot be written: {error.strerror}; choose another place."
        ) from None
