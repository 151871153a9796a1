"""What the files of a corpus say of one another, in a database on disk: memory stays flat."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from crawler.capture.cdxj import index_path, is_kept
from crawler.capture.layout import OPEN, place_of
from crawler.corpus.index import IndexLine
from crawler.corpus.records import Record, sort_states
from crawler.corpus.rows import Row
from crawler.stores.scratch import no_room, scratch

_FULL: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
_PRIMARY: Final = 0xFF
"""The bits of an extended result code that say which kind it is (sqlite.org/rescode.html)."""
_TABLES: Final = """
CREATE TABLE file (
    number INTEGER PRIMARY KEY, path TEXT, kind TEXT, open INTEGER, listed_in TEXT
);
CREATE TABLE record (
    file INTEGER, offset INTEGER, length INTEGER, kind TEXT, id TEXT, url TEXT, date TEXT,
    payload TEXT, status INTEGER, truncated INTEGER, refers TEXT, refers_url TEXT,
    refers_date TEXT, warcinfo TEXT, states TEXT, text_sha256 TEXT
);
CREATE TABLE companion (file INTEGER, offset INTEGER, kind TEXT, id TEXT, concurrent TEXT);
CREATE TABLE row (
    file INTEGER, line INTEGER, id TEXT, url TEXT, date TEXT, path TEXT, offset INTEGER,
    length INTEGER, payload TEXT, status INTEGER, truncated INTEGER, states TEXT, text_sha256 TEXT
);
CREATE TABLE line (
    file INTEGER, line INTEGER, path TEXT, offset INTEGER, length INTEGER, url TEXT,
    payload TEXT, status TEXT, date TEXT
);
"""
_INDEXES: Final = """
CREATE INDEX record_id ON record (id);
CREATE INDEX record_place ON record (file, offset);
CREATE INDEX record_refers ON record (refers) WHERE kind = 'conversion';
CREATE INDEX companion_of ON companion (concurrent);
CREATE INDEX row_id ON row (id);
CREATE INDEX line_place ON line (path, offset);
CREATE INDEX file_path ON file (path);
"""
_SHADOWED: Final = """
DELETE FROM {table} WHERE file IN (SELECT number FROM file WHERE open) AND id IN (
    SELECT id FROM {table} t JOIN file f ON f.number = t.file AND NOT f.open);
"""
"""What stands in a finished file, too, is looked up there."""

_BATCH: Final = 1_000
COMPANIONS: Final = frozenset({"request", "metadata"})


class Evidence:
    """Rows of tables, gathered first and asked about later."""

    def __init__(self, place: Path) -> None:
        self._db = sqlite3.connect(place, isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;"
            "PRAGMA temp_store = FILE; BEGIN;" + _TABLES
        )
        self._waiting: dict[str, list[Sequence[object]]] = {}
        self._file = 0

    def begin_file(self, path: str) -> None:
        """What comes next is of the file at `path`."""
        self._file += 1
        final = path.removesuffix(OPEN)
        index = index_path(final) if is_kept(final) else ""
        self._add("file", (self._file, final, place_of(final)[0].value, path != final, index))

    def add_record(self, record: Record) -> None:
        """A record of the file."""
        get = record.get
        if record.kind in COMPANIONS:
            self._add(
                "companion",
                (
                    self._file, record.offset, record.kind,
                    get("warc-record-id"), get("warc-concurrent-to"),
                ),
            )  # fmt: skip
        self._add(
            "record",
            (
                self._file, record.offset, record.length, record.kind, get("warc-record-id"),
                get("warc-target-uri"), get("warc-date"), get("warc-payload-digest"),
                record.status, "warc-truncated" in record.fields, get("warc-refers-to"),
                get("warc-refers-to-target-uri"), get("warc-refers-to-date"),
                get("warc-warcinfo-id"), record.states, record.text_sha256,
            ),
        )  # fmt: skip

    def add_row(self, number: int, row: Row, url: str) -> None:
        """A row of the file; `url` in the spelling of a WARC."""
        inner = row["metadata"]
        self._add(
            "row",
            (
                self._file, number, row["id"], url, row["date"], row["file_path"],
                inner["warc_offset"], inner["warc_length"], inner["payload_digest"],
                inner["http_status"], inner["truncated"], sort_states(inner["rights_uses"]),
                inner["text_sha256"],
            ),
        )  # fmt: skip

    def add_line(self, line: IndexLine) -> None:
        """A line of an index."""
        if line.fields is not None:
            get = line.fields.__getitem__
            self._add(
                "line",
                (
                    self._file, line.number, get("filename"), int(get("offset")),
                    int(get("length")), get("url"), get("digest"), get("status"), line.time,
                ),
            )  # fmt: skip

    def _add(self, table: str, values: Sequence[object]) -> None:
        waiting = self._waiting.setdefault(table, [])
        waiting.append(values)
        if len(waiting) >= _BATCH:
            self._write(table)

    def _write(self, table: str) -> None:
        waiting = self._waiting.pop(table, [])
        if waiting:
            marks = ",".join("?" * len(waiting[0]))
            self._db.executemany(f"INSERT INTO {table} VALUES ({marks})", waiting)  # noqa: S608 (names of our own)

    def settle(self) -> None:
        """Everything is gathered."""
        for table in tuple(self._waiting):
            self._write(table)
        self._db.executescript(_INDEXES)
        for table in ("record", "companion", "row"):
            self._db.executescript(_SHADOWED.format(table=table))

    def ask(self, question: str) -> Iterator[Any]:
        """The answers to a question in SQL."""
        yield from self._db.execute(question)

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()


@contextmanager
def gathering() -> Iterator[Evidence]:
    """An empty database in a temporary file, gone after the block.

    Raises `StorageError` where there is no room for it.
    """
    with scratch() as folder:
        try:
            with closing(Evidence(folder / "evidence.db")) as evidence:
                yield evidence
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY not in _FULL:
                raise
            raise no_room(str(error)) from error
