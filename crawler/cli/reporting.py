"""Writes what `heed report` was asked for: pages, a month in Markdown, tables, a timeline."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from sqlalchemy import Engine

from crawler.errors import StorageError
from crawler.ledger.sites import SiteFacts, read_site_facts
from crawler.policy.restriction import Rule
from crawler.reports import exports
from crawler.reports.html.writing import write_report
from crawler.reports.markdown import make_month
from crawler.reports.material import Wanted, gather
from crawler.reports.queries import Observed
from crawler.reports.timeline import make_timeline
from crawler.reports.verdicts import Verdicts

STANDARD_OUTPUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for; `html` is a folder, `markdown` a file or `-`."""

    rule: Rule
    bots: Sequence[str]
    since: datetime | None
    html: Path | None
    markdown: str | None

    @property
    def pages(self) -> bool:
        """Whether anything for people to read is asked for."""
        return bool(self.html or self.markdown)


def write_pages(
    engine: Engine, observed: Sequence[Observed], asked: Asked, listed: Mapping[str, SiteFacts]
) -> None:
    """The pages in HTML and the month in Markdown, whichever is asked for.

    `listed` is what the list given now says of its sites; the ledger's lists tell the rest.
    Raises `StorageError` and, where nothing was observed, `ConfigurationError`.
    """
    facts = {**read_site_facts(engine), **listed}
    material = gather(engine, observed, facts, Wanted(asked.rule, asked.bots, asked.since))
    if asked.html is not None:
        with _storing(str(asked.html)):
            page = write_report(material, asked.html)
        print(f"{len(material.panel.sites)} sites: {page}", file=sys.stderr)
    if asked.markdown is not None:
        with _opened(asked.markdown) as file:
            file.write(make_month(material))


def write_tables(
    engine: Engine,
    observed: Sequence[Observed],
    asked: Asked,
    tables: Mapping[str, str | None],
    *,
    timeline: bool,
) -> None:
    """The tables that have a file's name, and the timeline of the one site, if asked for."""
    verdicts = Verdicts(engine, asked.rule, asked.bots)
    if timeline and observed:
        print("\n".join(make_timeline(engine, observed, verdicts)))
    for form, write in (("csv", exports.write_csv), ("jsonl", exports.write_jsonl)):
        if name := tables[form]:
            with _opened(name) as file:
                write(exports.make_rows(observed, verdicts), file)
    if name := tables["parquet"]:
        with _opened_for_octets(name) as octets:
            exports.write_parquet(exports.make_rows(observed, verdicts), octets)
    if name := tables["dpi_json"]:
        table = exports.make_dpi(observed, Verdicts(engine, Rule.DPI, asked.bots))
        with _opened(name) as file:
            file.write(json.dumps(table, ensure_ascii=False) + "\n")


@contextmanager
def _opened(name: str) -> Iterator[TextIO]:
    if name == STANDARD_OUTPUT:
        yield sys.stdout
        return
    with _storing(name), Path(name).open("w", encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def _opened_for_octets(name: str) -> Iterator[BinaryIO]:
    if name == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    with _storing(name), Path(name).open("wb") as file:
        yield file


@contextmanager
def _storing(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The report {name!r} cannot be written: {error.strerror or error}; "
            "choose another place."
        ) from None
