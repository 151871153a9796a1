"""The manifest: one line of JSON a file, with what proves that the file is still the one written.

A line is a function of its file alone, so that a manifest can be made anew, and verified.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any, Final

from crawler.capture.layout import WARC_KINDS, Kind, place_of
from crawler.capture.members import Member, Members, Readable
from crawler.capture.tallies import Tallies, Tally
from crawler.errors import StorageError

_CHUNK: Final = 1 << 18
_LINES: Final = frozenset({Kind.DOCUMENTS, Kind.CDXJ, Kind.REMOVALS, Kind.ATTRIBUTES, Kind.PATHS})


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: `records` of a WARC or lines of an index, `rows` of what else has lines."""

    path: str
    size: int
    sha256: str
    kind: str
    crawl: str
    records: int = 0
    rows: int = 0
    tallies: Tally = field(default_factory=dict)
    """Of documents: counts by language, extractor, policy …; of others empty."""

    def to_line(self) -> bytes:
        """The entry as a line of the manifest."""
        text = json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8") + b"\n"


_TYPES: Final[Mapping[str, type]] = {
    "path": str, "size": int, "sha256": str, "kind": str, "crawl": str,
    "records": int, "rows": int, "tallies": dict,
}  # fmt: skip


class ManifestError(StorageError):
    """A manifest that cannot be read: which line, and what helps."""


class Metered:
    """A stream that keeps size and digest of what was read from it."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._hash = sha256()
        self.size = 0

    def read(self, size: int, /) -> bytes:
        """As the stream's own."""
        content = self._stream.read(size)
        self._hash.update(content)
        self.size += len(content)
        return content

    def drain(self) -> None:
        """Read what is left."""
        while self.read(_CHUNK):
            pass

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of what was read."""
        return self._hash.hexdigest()


def describe(path: str, stream: Readable) -> Entry:
    """The entry of the file at `path` with the content of `stream`, read to its end."""
    kind, crawl = place_of(path)
    metered = Metered(stream)
    tallies = Tallies()
    records = 0
    if kind in WARC_KINDS:
        records = sum(1 for _ in Members(metered))
    elif kind in _LINES:
        for line in read_lines(metered):
            records += 1
            if kind is Kind.DOCUMENTS:
                tallies.add_line(line)
    metered.drain()
    return entry_of(path, metered, records, tallies.as_json(), kind=kind, crawl=crawl)


def entry_of(
    path: str, metered: Metered, count: int, tally: Tally, *, kind: Kind, crawl: str
) -> Entry:
    """The entry of a file that was read already; `count` is of its records, or of its rows."""
    counted = kind in WARC_KINDS or kind is Kind.CDXJ
    return Entry(
        path=path,
        size=metered.size,
        sha256=metered.sha256,
        kind=kind.value,
        crawl=crawl,
        records=count if counted else 0,
        rows=0 if counted else count,
        tallies=tally,
    )


def read_lines(
    stream: Readable, on_fault: Callable[[Member], None] | None = None
) -> Iterator[bytes]:
    """The lines of a gzip stream, ended by LF; what follows the last LF counts as one.

    `on_fault` is told of each member that is not whole.
    """
    rest = b""
    for member in Members(stream):
        while content := member.read(_CHUNK):
            *lines, rest = (rest + content).split(b"\n")
            yield from lines
        if member.fault and on_fault is not None:
            on_fault(member)
    if rest:
        yield rest


def read_entries(content: bytes) -> list[Entry]:
    """The entries of a manifest; raises `ManifestError`."""
    lines = content.split(b"\n")
    return [_read_entry(line, number) for number, line in enumerate(lines, 1) if line]


def _read_entry(line: bytes, number: int) -> Entry:
    try:
        found: dict[str, Any] = json.loads(line)
        entry = Entry(**found)
        typed = all(type(found.get(key)) is kind for key, kind in _TYPES.items())
        if typed and entry.to_line() == line + b"\n":
            return entry
    except (ValueError, TypeError, RecursionError):
        pass
    raise ManifestError(
        f"manifest.jsonl, line {number}: it is no entry of a manifest; "
        "run heed export to write the manifest anew from the files."
    )


def merge(old: Iterable[Entry], new: Iterable[Entry]) -> list[Entry]:
    """The entries of both, by path; a new one takes the place of an old one."""
    by_path: Mapping[str, Entry] = {entry.path: entry for entry in (*old, *new)}
    return [by_path[path] for path in sorted(by_path)]


def render(entries: Iterable[Entry]) -> bytes:
    """A manifest of `entries`."""
    return b"".join(entry.to_line() for entry in entries)
