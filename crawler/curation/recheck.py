"""Rows against what their sites say now: removals for curators, an attribute row for every row.

Rows are immutable; permission is not. Both verdicts are offered, the one at fetch time and the
one of now, and no file of the crawl is touched.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import IO, Final, TypeVar, cast

from sqlalchemy import Engine

from crawler.capture.listing import describe_all, enlist
from crawler.curation.declaration import Declarations
from crawler.curation.page_words import PageWords, read_page_changes
from crawler.curation.removal import reason_of, removal_of
from crawler.curation.rows import DOCUMENTS, Row, document_files, read_rows
from crawler.curation.standing import Standing, Standings
from crawler.curation.writing import written
from crawler.ledger.history import DecisionChange
from crawler.policy.model import State
from crawler.stores.protocol import Store

REMOVALS: Final = "removals"
ATTRIBUTES: Final = "attributes/heed_rights"
ROWS_A_TIME: Final = 500
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)

Item = TypeVar("Item")


@dataclass
class Tally:
    """What a recheck came to."""

    rows: int = 0
    removed: int = 0
    signals: Counter[str] = field(default_factory=Counter)
    """Rows removed, by the first signal that decides."""
    hosts: Counter[str] = field(default_factory=Counter)
    """Rows removed by host."""
    unread: Counter[str] = field(default_factory=Counter)
    """Rows kept though their site's files could not be read last time, by host."""
    unknown: int = 0
    """Rows of whose site the ledger knows nothing."""
    files: list[str] = field(default_factory=list)
    """What was written, by path below the corpus's root; the removals last."""

    def add(self, row: Row, standing: Standing) -> None:
        """Count `row`."""
        self.rows += 1
        self.unknown += not standing.known
        if standing.refused:
            self.removed += 1
            self.signals[standing.deciding[0].signal] += 1
            self.hosts[row.host] += 1
        elif standing.unread:
            self.unread[row.host] += 1


class Recheck:
    """One pass over a corpus, as of `now`. `asked` are pages that answered a moment ago."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        declarations: Declarations,
        now: datetime,
        asked: frozenset[str] = frozenset(),
    ) -> None:
        self._store = store
        self._engine = engine
        self._declarations = declarations
        self._standings = Standings(engine)
        self._now = now
        self._asked = asked

    def write(self) -> Tally:
        """Write the attributes and then the removals of the day; raises `HeedError`.

        A removals file is written where nothing is removed too: it says so, and takes the place
        of an older one.
        """
        tally = Tally()
        path = f"{REMOVALS}/{self._now:%Y-%m-%d}.jsonl.gz"
        with _lines(self._store, path) as removals:
            for file in document_files(self._store):
                attributes = ATTRIBUTES + file.removeprefix(DOCUMENTS)
                with _lines(self._store, attributes) as lines:
                    self._recheck(file, removals, lines, tally)
                tally.files.append(attributes)
        tally.files.append(path)
        enlist(self._store, describe_all(self._store, tally.files))
        return tally

    def why_refused(self, url: str, fetched_at: datetime, warc: str) -> str:
        """Why a page that a record of the file `warc` holds is refused now, empty if it is not."""
        words = self._words(url, fetched_at, read_page_changes(self._engine, [url]))
        standing = self._standings.judge(url, self._declarations.of_file(warc), words)
        return reason_of(standing) if standing.refused else ""

    def _words(
        self, url: str, since: datetime, changes: Mapping[str, tuple[DecisionChange, ...]]
    ) -> PageWords:
        if since > self._now:
            # A clock ran ahead when the row was written: what is known must count as later.
            since = _BEGINNING
        later = [one for one in changes.get(url, ()) if one.at > since]
        return PageWords(since, tuple(later), url in self._asked)

    def _recheck(self, file: str, removals: IO[bytes], attributes: IO[bytes], tally: Tally) -> None:
        for row, words, standing in self._judge(read_rows(self._store, file)):
            tally.add(row, standing)
            attributes.write(attribute_line(row, standing))
            if standing.refused:
                declared = self._declarations.of(row)
                since = self._standings.refused_since(row.url, declared, words)
                removals.write(removal_of(row, standing, since or row.fetched_at).to_line())

    def _judge(self, rows: Iterable[Row]) -> Iterator[tuple[Row, PageWords, Standing]]:
        for part in in_parts(rows, ROWS_A_TIME):
            changes = read_page_changes(self._engine, [row.url for row in part])
            for row in part:
                words = self._words(row.url, row.fetched_at, changes)
                standing = self._standings.judge(row.url, self._declarations.of(row), words)
                yield row, words, standing


def attribute_line(row: Row, standing: Standing) -> bytes:
    """A line of Dolma attributes: the whole text as one span a question, 1.0 for yes."""
    answers = {
        "removed": standing.refused,
        "disallow": standing.state is State.DISALLOW,
        "conditional": standing.state is State.CONDITIONAL,
        "unread": bool(standing.unread),
    }
    line = {
        "id": row.id,
        "then": row.then,
        "now": standing.state.value,
        "attributes": {
            f"heed_rights__{name}": [[0, row.length, float(answer)]]
            for name, answer in answers.items()
        },
    }
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def in_parts(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """`items` in lists of `size`, the last one shorter."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


@contextmanager
def _lines(store: Store, path: str) -> Iterator[IO[bytes]]:
    # Neither name nor time in the header: the same state of things gives the same file.
    with (
        written(store, path) as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as lines,
    ):
        yield cast("IO[bytes]", lines)
