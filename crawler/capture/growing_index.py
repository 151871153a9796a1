"""Index lines gathered while a WARC file is written, so that a finished file is not read again.

To read it again takes as long as to write it, at a time when nothing else is left to do. The lines
are made by cdxj-indexer all the same, of the record that has just been written.
"""

import io
from typing import Final, NamedTuple

from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader

from crawler.capture.cdxj import in_order, make_indexer
from crawler.capture.record import Record

MOST_LINES: Final = 50_000
"""Lines that are held of a file, some 15 MB; one with more records is read when it is finished."""

_LOADER: Final = ArcWarcRecordLoader(verify_http=False)


class _Place(NamedTuple):
    """What the indexer asks an iterator of records."""

    offset: int
    length: int

    def get_record_offset(self) -> int:
        return self.offset

    def get_record_length(self) -> int:
        return self.length


class GrowingIndex:
    """The lines of one file under writing, which they call `path`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._indexer = make_indexer(path)
        self._lines: list[bytes] = []
        self._whole = True

    def add(self, record: Record, offset: int, length: int) -> None:
        """Note `record`, whose member has just been written at `offset`; never raises."""
        if len(self._lines) >= MOST_LINES:
            self._give_up()
        if not self._whole:
            return
        try:
            self._lines.append(self._line(record, _Place(offset, length)))
        except Exception:  # noqa: BLE001 (the record is written; whoever reads the file will say)
            self._give_up()

    def _give_up(self) -> None:
        self._lines, self._whole = [], False

    def _line(self, record: Record, place: _Place) -> bytes:
        head = record.head()
        url = head.get_header("WARC-Target-URI")
        block = io.BytesIO(record.block)
        http = _LOADER.load_http_headers(record.kind, url, block, len(record.block))
        parsed = ArcWarcRecord("warc", record.kind, head, block, http, record.content_type, 0)
        line = io.StringIO()
        self._indexer.process_index_entry(place, parsed, self._path, line)
        return line.getvalue().removesuffix("\n").encode("utf-8")

    def lines(self) -> bytes | None:
        """All lines in order; None where the file must be read."""
        return in_order(self._lines) if self._whole else None
