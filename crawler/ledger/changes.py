"""Writes decisions as changes: a row where a page's decision differs from its last one.

A page that was never refused has no row of its own, however often it is kept: its origin counts
under which findings its pages were kept. So the ledger grows with what sites say, not with how
often they are asked.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, bindparam, func, select

from crawler.ledger.buffer import Decided
from crawler.ledger.findings import digest_of
from crawler.ledger.rows import Row, add_rows, in_chunks, insertion, number_rows
from crawler.ledger.schema import decisions, findings, kept, places

if TYPE_CHECKING:
    from crawler.ledger.rows import Insert

_LAST: Final = select(decisions.c.page, decisions.c.finding_id, decisions.c.kept).where(
    decisions.c.id.in_(
        select(func.max(decisions.c.id))
        .where(decisions.c.page.in_(bindparam("pages", expanding=True)))
        .group_by(decisions.c.page)
    )
)
"""The last row of each of `pages`; built once, which takes as long as to run it."""

Standing = tuple[int, bool]
"""What the last row of a page says: the number of its finding, and whether it was kept."""


def write_decisions(connection: Connection, decided: Sequence[Decided]) -> None:
    """Write what `decided` changes, and count the pages kept."""
    if not decided:
        return
    finding_ids = number_texts(connection, "finding", {each.finding for each in decided})
    place_ids = number_texts(connection, "places", {each.places for each in decided})
    standings = _read_standings(connection, decided)
    changed: list[Row] = []
    counted: dict[tuple[str, int], dict[str, object]] = {}
    for each in decided:
        numbers = {"finding_id": finding_ids[each.finding], "places_id": place_ids[each.places]}
        standing = (numbers["finding_id"], each.kept)
        if each.kept:
            _count(counted, each, numbers)
        if standing != standings.get(each.page) and (each.page in standings or not each.kept):
            changed.append({**_as_row(each), **numbers})
            standings[each.page] = standing
    add_rows(connection, decisions, changed)
    _write_counts(connection, [counted[key] for key in sorted(counted)])


def number_texts(connection: Connection, column: str, texts: set[str]) -> Mapping[str, int]:
    """The numbers of wordings (`column` "finding") or of places ("places"), added if new."""
    table = findings if column == "finding" else places
    keyed = {text: digest_of(text) for text in texts}
    rows = ({"sha256": digest, column: text} for text, digest in keyed.items())
    numbers = number_rows(connection, table, "sha256", rows)
    return {text: numbers[digest] for text, digest in keyed.items()}


def _read_standings(connection: Connection, decided: Sequence[Decided]) -> dict[str, Standing]:
    standings: dict[str, Standing] = {}
    for chunk in in_chunks(sorted({each.page for each in decided})):
        found = connection.execute(_LAST, {"pages": list(chunk)})
        standings.update((page, (number, was)) for page, number, was in found)
    return standings


def _as_row(decided: Decided) -> dict[str, object]:
    return {
        "page": decided.page,
        "url": decided.url,
        "origin": decided.origin,
        "at": decided.at,
        "stage": decided.stage,
        "kept": decided.kept,
        "use": decided.use,
        "signal": decided.signal,
    }


def _count(
    counted: dict[tuple[str, int], dict[str, object]], decided: Decided, numbers: Mapping[str, int]
) -> None:
    row = counted.setdefault(
        (decided.origin, numbers["finding_id"]),
        {
            "origin": decided.origin,
            **numbers,
            "url": decided.url,
            "first_at": decided.at,
            "last_at": decided.at,
            "pages": 0,
        },
    )
    row["last_at"] = decided.at
    row["pages"] = int(str(row["pages"])) + 1


def _write_counts(connection: Connection, rows: Sequence[Row]) -> None:
    if not rows:
        return
    connection.execute(_counting(connection.dialect.name), list(rows))


@cache
def _counting(dialect: str) -> "Insert":
    statement = insertion(dialect, kept)
    return statement.on_conflict_do_update(
        index_elements=["origin", "finding_id"],
        set_={
            "last_at": statement.excluded.last_at,
            "pages": kept.c.pages + statement.excluded.pages,
        },
    )
