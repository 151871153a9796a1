"""WARC records read for proof: every digest held against its bytes, and every fault told.

A reader of our own, because those that there are forgive what is to be found here: bytes between
records, members of several records, lengths that are off by some.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from crawler.capture.members import Members, Readable
from crawler.corpus.digests import Checked
from crawler.corpus.faults import Fault
from crawler.corpus.window import Window

_HEAD_LIMIT: Final = 1 << 20
_BLOCK_LIMIT: Final = 1 << 24
"""Bytes of a metadata block that are kept to be read."""

_END: Final = b"\r\n\r\n"
_BEGIN: Final = b"WARC/1."
_VERSION: Final = re.compile(rb"WARC/1\.[01]")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z")
_STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})\b")
_FIELDS_TYPE: Final = "application/warc-fields"
_CHUNKED: Final = re.compile(rb"(?im)^transfer-encoding[ \t]*:.*chunked")
_MANDATORY: Final = ("warc-type", "warc-record-id", "warc-date", "content-length")
_STATES: Final = "heed-states"

NO_RECORD: Final = "it does not begin as a WARC record does"
MANY: Final = "its gzip member holds more records, which cannot be reached one by one"


@dataclass(slots=True)
class Record:
    """What a record says of itself; `whats` are the faults found in it."""

    offset: int
    length: int = 0
    fields: dict[str, list[str]] = field(default_factory=dict)
    status: int = 0
    http_head: bytes = b""
    """Of an HTTP message: its first line and fields."""
    notes: dict[str, str] = field(default_factory=dict)
    """Of a metadata record: the fields of its block."""
    text_sha256: str = ""
    """Of a conversion record: the digest of its text."""
    whats: list[str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """The first value of the field `name` (lower case), or empty."""
        return self.fields.get(name, ("",))[0]

    @property
    def states(self) -> str:
        """Of a metadata record: the states of the decision, as JSON with sorted keys."""
        return sort_states(self.notes.get(_STATES, ""))

    @property
    def kind(self) -> str:
        """The record's type."""
        return self.get("warc-type").lower()


def read_records(stream: Readable, path: str) -> Iterator[Record | Fault]:
    """The records of a WARC file with their faults; raises what `stream` raises."""
    found = _read_plain(stream) if not path.endswith((".gz", ".gz.open")) else _read_gzip(stream)
    number = 0
    for number, record in enumerate(found, 1):
        where = f"record {number} at byte {record.offset}"
        yield from (Fault(path, where, what) for what in record.whats)
        if record.fields:
            yield record
    if not number:
        yield Fault(path, "", "it holds no WARC record")


def _read_gzip(stream: Readable) -> Iterator[Record]:
    lost = False
    for member in Members(stream):
        window = Window(member)
        record = _read_record(window)
        rest = window.peek()
        record.offset, record.length = member.offset, 0 if rest else member.length
        if member.fault:
            # What comes after a damaged place is silent until something is whole again.
            record.whats, record.fields = [] if lost else [member.fault], {}
            lost = True
        elif rest:
            record.whats.append(MANY)
        lost = lost and bool(member.fault)
        yield record
        if record.fields:
            yield from _read_on(window)


def _read_plain(stream: Readable) -> Iterator[Record]:
    yield from _read_on(Window(stream))


def _read_on(window: Window) -> Iterator[Record]:
    """Records without bounds of their own, until the window is empty."""
    while window.peek():
        begun = window.position
        record = _read_record(window)
        record.offset, record.length = begun, window.position - begun
        yield record
        if record.whats:
            window.skip_to(_BEGIN)


def _read_record(window: Window) -> Record:
    record = Record(window.position)
    head = window.until(_END, _HEAD_LIMIT)
    version, _, lines = head.partition(b"\r\n")
    if not _VERSION.fullmatch(version):
        record.whats.append(NO_RECORD)
        window.skip_to(_BEGIN)
        return record
    _read_fields(record, lines)
    record.whats += [f"it has no {name}" for name in _MANDATORY if not record.get(name)]
    if not _DATE.fullmatch(record.get("warc-date")):
        record.whats.append("its WARC-Date is none")
    length = record.get("content-length")
    if not (length.isascii() and length.isdigit()):
        record.whats.append("its Content-Length is no number")
        window.skip_to(_BEGIN)
        return record
    _read_block(record, window, int(length))
    return record


def _read_fields(record: Record, lines: bytes) -> None:
    name = ""
    for line in lines[: -len(_END)].split(b"\r\n"):
        text = line.decode("utf-8", "replace")
        if text[:1] in (" ", "\t") and name:
            record.fields[name][-1] += " " + text.strip()
            continue
        key, colon, value = text.partition(":")
        name = key.strip().lower()
        if not colon or not name:
            record.whats.append(f"its head has a line that is no field: {text[:80]!r}")
            continue
        record.fields.setdefault(name, []).append(value.strip())


def _read_block(record: Record, window: Window, length: int) -> None:
    block = Block(record)
    read = 0
    for piece in window.take(length):
        read += len(piece)
        block.update(piece)
    if read < length:
        record.whats.append(f"its block ends {length - read} bytes early")
        return
    block.close()
    if window.peek(len(_END)) == _END:
        window.until(_END, len(_END))
    else:
        record.whats.append("what follows its block is not the end of a record")


class Block:
    """A record's block going by: digests, and the few things that are read of it."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._block = Checked(record.get("warc-block-digest"))
        self._payload = Checked(record.get("warc-payload-digest"))
        self._http = record.get("content-type").lower().startswith("application/http")
        self._head: bytes | None = b"" if self._http else None
        self._text = sha256() if record.kind == "conversion" else None
        self._kept = b""

    def update(self, piece: bytes) -> None:
        """Take the next piece."""
        self._block.update(piece)
        if self._text is not None:
            self._text.update(piece)
        if self._record.kind == "metadata" and len(self._kept) < _BLOCK_LIMIT:
            self._kept += piece
        if self._head is None:
            self._payload.update(piece)
        else:
            self._look_for_body(self._head + piece)

    def _look_for_body(self, begun: bytes) -> None:
        end = begun.find(_END)
        if end < 0 and len(begun) <= _HEAD_LIMIT:
            self._head = begun
            return
        cut = end + len(_END) if end >= 0 else 0
        self._close_head(begun[:cut])
        self._payload.update(begun[cut:])

    def _close_head(self, head: bytes) -> None:
        self._head = None
        found = _STATUS.match(head)
        self._record.http_head = head
        self._record.status = int(found.group(1)) if found else 0
        if _CHUNKED.search(head):
            # Whether a payload digest is of the chunks or of what they hold, makers disagree.
            self._payload = Checked("")

    def close(self) -> None:
        """Take note of what was found."""
        record = self._record
        if self._head is not None:
            self._close_head(self._head)
        if not self._block.holds:
            record.whats.append("its block does not have its WARC-Block-Digest")
        # A revisit's payload is that of the record it refers to (WARC/1.1 5.9).
        if record.kind != "revisit" and not self._payload.holds:
            record.whats.append("its payload does not have its WARC-Payload-Digest")
        if self._text is not None:
            record.text_sha256 = self._text.hexdigest()
        if record.get("content-type").startswith(_FIELDS_TYPE):
            record.notes = _read_notes(self._kept)


def _read_notes(block: bytes) -> dict[str, str]:
    lines = block.decode("utf-8", "replace").split("\r\n")
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def sort_states(text: str) -> str:
    """States as JSON text in an order of their own, so that equal ones are equal; or empty."""
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except (ValueError, TypeError, RecursionError):
        return ""
