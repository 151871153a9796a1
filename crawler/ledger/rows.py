"""Adds, replaces and numbers rows, the same way on every database that Heed knows.

Rows that two processes may make at the same time are made only where they are missing, in the
order of their keys, so that neither writer ends in an error or in a deadlock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import Connection, Select, Table, bindparam, select
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

    Insert = sqlite.Insert | postgresql.Insert

KEYS_A_QUERY: Final = 500
"""Keys asked for in one statement: SQLite takes no more than 32,766 values in one."""

Row = Mapping[str, object]
Key = TypeVar("Key", str, int)


def add_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Append `rows`, all of the same columns."""
    if rows:
        connection.execute(table.insert(), list(rows))


def add_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Append those of `rows` that break no uniqueness of `table`."""
    if rows:
        connection.execute(_addition(connection.dialect.name, table), list(rows))


def replace_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Append `rows`, or overwrite those of the same primary key."""
    if not rows:
        return
    columns = tuple(rows[0])
    connection.execute(_replacement(connection.dialect.name, table, columns), list(rows))


def number_rows(
    connection: Connection, table: Table, key: str, rows: Iterable[Row]
) -> dict[str, int]:
    """The numbers of `rows` by their column `key`; rows that are missing are added."""
    wanted = {str(row[key]): row for row in rows}
    numbers = _read_numbers(connection, table, key, list(wanted))
    # Looked up first: most are known, and a body that is need not be sent to be refused.
    missing = sorted(wanted.keys() - numbers.keys())
    add_missing(connection, table, [wanted[each] for each in missing])
    return numbers | _read_numbers(connection, table, key, missing)


def _read_numbers(
    connection: Connection, table: Table, key: str, names: Sequence[str]
) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for chunk in in_chunks(names):
        found = connection.execute(_numbering(table, key), {"keys": list(chunk)})
        numbers.update((name, number) for name, number in found)
    return numbers


# Built once, since to build a statement takes as long as to run it.
@cache
def _addition(dialect: str, table: Table) -> "Insert":
    return insertion(dialect, table).on_conflict_do_nothing()


@cache
def _replacement(dialect: str, table: Table, columns: tuple[str, ...]) -> "Insert":
    statement = insertion(dialect, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


@cache
def _numbering(table: Table, key: str) -> Select[str, int]:
    known = table.c[key].in_(bindparam("keys", expanding=True))
    return select(table.c[key], table.c.id).where(known)


def insertion(dialect: str, table: Table) -> "Insert":
    """An INSERT that knows ON CONFLICT in `dialect`."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    # A tenth of a second that every start would pay for.
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415

    return postgresql.insert(table)


def in_chunks(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """`keys` in pieces that fit into one statement."""
    for start in range(0, len(keys), KEYS_A_QUERY):
        yield keys[start : start + KEYS_A_QUERY]
