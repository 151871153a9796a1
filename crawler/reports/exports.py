"""The long table of contract.md (one row an observation and bot) in the forms asked for."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Final, TextIO

from crawler.clock import iso_milliseconds
from crawler.errors import ConfigurationError
from crawler.policy.agents import CATALOGUE_VERSION
from crawler.reports.queries import Observed
from crawler.reports.verdicts import Verdicts

COLUMNS: Final = (
    "site", "bot", "date", "verdict", "basis", "rule", "outcome", "mention", "named",
    "explicit_allow", "sha256", "catalogue",
)  # fmt: skip

ROWS_A_GROUP: Final = 100_000

Row = tuple[str, ...]


def make_rows(observed: Sequence[Observed], verdicts: Verdicts) -> Iterator[Row]:
    """Rows in the order of `COLUMNS`; `verdicts` is prepared here."""
    verdicts.prepare(observed)
    for one in observed:
        date = iso_milliseconds(one.at)
        sha256 = one.sha256 if one.answered else ""
        for bot, found in zip(verdicts.bots, verdicts.of(one), strict=True):
            yield (
                one.site,
                bot,
                date,
                found.verdict,
                found.basis.value,
                verdicts.rule.value,
                one.outcome.value,
                _word(found.mention),
                _word(found.named),
                _word(found.explicit_allow),
                sha256,
                CATALOGUE_VERSION,
            )


def _word(truth: bool) -> str:  # noqa: FBT001 (the word for a truth)
    return "yes" if truth else "no"


def write_csv(rows: Iterable[Row], file: TextIO) -> None:
    """`rows` under a heading, lines ending in LF."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)


def write_jsonl(rows: Iterable[Row], file: TextIO) -> None:
    """One object a row."""
    file.writelines(
        json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) + "\n" for row in rows
    )


def write_parquet(rows: Iterable[Row], file: BinaryIO) -> None:
    """A Parquet file of text columns; a column's repeats cost little."""
    # Takes a while to load, and no other export needs it.
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 (an extra)
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise ConfigurationError(
            "--parquet needs pyarrow, which is not installed: pip install 'heedbot[parquet]'."
        ) from None

    schema = pa.schema([(column, pa.string()) for column in COLUMNS])
    remaining = iter(rows)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while part := list(islice(remaining, ROWS_A_GROUP)):
            columns = [pa.array(column, pa.string()) for column in zip(*part, strict=True)]
            writer.write_table(pa.table(columns, schema=schema))


DpiTable = dict[str, dict[str, dict[str, dict[str, str]]]]


def make_dpi(observed: Sequence[Observed], verdicts: Verdicts) -> DpiTable:
    """The Data Provenance Initiative's shape: each year by its last answer.

    A year in which a site never answered is left out: that is not known, not `no_robots`.
    """
    verdicts.prepare(observed)
    table: DpiTable = {}
    for one in observed:
        bots = table.setdefault(one.site, {"robots.txt restrictions": {}})
        years = bots["robots.txt restrictions"]
        if not one.answered:
            continue
        for bot, found in zip(verdicts.bots, verdicts.of(one), strict=True):
            years.setdefault(bot, {})[str(one.at.year)] = found.verdict
    return table
