"""A copy of a corpus without what is refused now: records, text and rows left out, index marked.

What stays is copied byte for byte. A record that is left out leaves a tombstone in the index:
its key and time, why it went, and no place to find it at.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from crawler.capture.cdxj import TOMBSTONE, index_lines, index_path, is_kept, is_tombstone
from crawler.capture.layout import Kind, place_of
from crawler.capture.listing import describe_all, enlist
from crawler.capture.member import compress
from crawler.curation.members import Member, read_members
from crawler.curation.recheck import Recheck
from crawler.curation.rows import document_files
from crawler.curation.writing import written
from crawler.errors import ConfigurationError, StorageError
from crawler.stores.local import LocalStore
from crawler.stores.protocol import Store

CRAWL_DATA: Final = "crawl-data"
EVIDENCE: Final = "/robotstxt/"
"""What sites said stays, whoever it refuses."""

GONE: Final = "451"
"""The status of a tombstone: unavailable for legal reasons (RFC 7725)."""

INDEXED: Final = frozenset({"response", "revisit"})


@dataclass
class Rewriting:
    """What was copied and what was left out."""

    rows: int = 0
    rows_left_out: int = 0
    records: int = 0
    records_left_out: int = 0
    tombstones: int = 0
    files: list[str] = field(default_factory=list)
    """Paths below the copy's root."""

    def as_json(self) -> Mapping[str, object]:
        """For machines."""
        return {
            "rows": self.rows,
            "rows_left_out": self.rows_left_out,
            "records": self.records,
            "records_left_out": self.records_left_out,
            "tombstones": self.tombstones,
        }

    def as_text(self) -> str:
        """For people."""
        return (
            f"copied: {self.rows} rows and {self.records} records; left out: "
            f"{self.rows_left_out} rows and {self.records_left_out} records, "
            f"{self.tombstones} tombstones"
        )


def rewrite(store: Store, target: Path, judged: Recheck) -> Rewriting:
    """Copy the corpus on `store` into the new folder `target`; raises `HeedError`."""
    make_target(target)
    return _Copy(store, target, judged).make()


def make_target(target: Path) -> None:
    """Make the new folder `target`, which is to hold a copy; raises `HeedError`."""
    if target.parts[:1] == ("s3:",):
        raise ConfigurationError(
            "--rewrite writes to a folder of this machine, not to S3: name one, and upload it."
        )
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConfigurationError(f"--rewrite {str(target)!r} is not empty: name a new folder.")
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"Cannot write {target}: {error.strerror}.") from error


class _Copy:
    def __init__(self, store: Store, target: Path, judged: Recheck) -> None:
        self._store = store
        self._root = target
        self._target = LocalStore(target)
        self._judged = judged
        self._gone: dict[str, str] = {}
        """Why a record, by its identifier, is left out."""
        self._places: dict[str, tuple[int, int]] = {}
        """Offset and length in the copy of a response, by its identifier."""
        self._done = Rewriting()

    def make(self) -> Rewriting:
        warcs = [path for path in self._store.list(f"{CRAWL_DATA}/") if path.endswith(".warc.gz")]
        listed = self._store.list("cc-index/")
        indexes = {path for path in listed if place_of(path)[0] is Kind.CDXJ}
        self._judge([path for path in warcs if EVIDENCE not in path])
        for path in warcs:
            gone, index = self._copy_warc(path), index_path(path)
            if is_kept(path):
                marks = self._tombstones(index, gone) if gone or index in indexes else ()
                self._write_index(index, [*self._index_lines(path), *marks])
                indexes.discard(index)
        # An index may be all that an earlier copy kept of a file.
        for index in sorted(indexes):
            self._write_index(index, list(self._tombstones(index, {})))
        for path in document_files(self._store):
            self._copy_rows(path)
        enlist(self._target, describe_all(self._target, self._done.files))
        return self._done

    def _judge(self, warcs: list[str]) -> None:
        revisits: list[tuple[str, str]] = []
        for path in warcs:
            for member in self._members(path):
                if not member.url:
                    continue
                why = self._judged.why_refused(member.url, member.date, path)
                if why:
                    self._gone[member.record_id] = why
                elif refers := member.fields.get("warc-refers-to"):
                    revisits.append((member.record_id, refers))
        for record_id, refers in revisits:
            if refers in self._gone:
                self._gone[record_id] = self._gone[refers]

    def _copy_warc(self, path: str) -> Mapping[int, str]:
        """Copy one file; returns why the records at which offsets were left out."""
        gone: dict[int, str] = {}
        kinds: Counter[str] = Counter()
        with written(self._target, path) as file:
            for member in self._members(path):
                why = self._why_gone(member)
                if why:
                    gone[member.offset] = why
                    continue
                kinds[member.kind] += 1
                if member.kind == "response":
                    self._places[member.record_id] = (file.tell(), len(member.raw))
                file.write(member.raw)
        if set(kinds) <= {"warcinfo"}:
            (self._root / path).unlink()
        else:
            self._done.files.append(path)
        self._done.records += kinds.total()
        self._done.records_left_out += len(gone)
        return gone

    def _why_gone(self, member: Member) -> str:
        partner = member.fields.get("warc-concurrent-to", "")
        return self._gone.get(member.record_id) or self._gone.get(partner) or ""

    def _index_lines(self, warc: str) -> list[bytes]:
        place = self._root / warc
        if not place.exists():
            return []
        with place.open("rb") as file:
            return index_lines(file, warc).splitlines()

    def _write_index(self, path: str, lines: list[bytes]) -> None:
        if lines:
            with written(self._target, path) as file:
                file.write(compress(b"".join(line + b"\n" for line in sorted(lines))))
            self._done.files.append(path)

    def _tombstones(self, path: str, gone: Mapping[int, str]) -> Iterator[bytes]:
        """Those that the index at `path` has, and one for each record that is `gone`."""
        with self._store.open(path) as stream, gzip.open(stream) as lines:
            for line in lines:
                key, time, text = line.rstrip(b"\n").split(b" ", 2)
                fields = json.loads(text)
                if is_tombstone(fields):
                    yield line.rstrip(b"\n")
                elif why := gone.get(int(fields["offset"])):
                    self._done.tombstones += 1
                    tombstone = {
                        "url": fields["url"],
                        "mime": "-",
                        "status": GONE,
                        "digest": fields.get("digest", "-"),
                        TOMBSTONE: why,
                    }
                    yield b" ".join((key, time, json.dumps(tombstone).encode()))

    def _copy_rows(self, path: str) -> None:
        kept = 0
        with (
            written(self._target, path) as file,
            gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as copied,
            self._store.open(path) as stream,
            gzip.open(stream) as lines,
        ):
            for line in lines:
                row = json.loads(line)
                place = self._places.get(row["id"])
                if place is None:
                    self._check_gone(path, row)
                    self._done.rows_left_out += 1
                    continue
                metadata = row["metadata"]
                metadata["warc_offset"], metadata["warc_length"] = place
                text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
                copied.write(text.encode("utf-8", "replace") + b"\n")
                kept += 1
        if kept:
            self._done.files.append(path)
        else:
            (self._root / path).unlink()
        self._done.rows += kept

    def _check_gone(self, path: str, row: dict[str, Any]) -> None:
        if row["id"] not in self._gone:
            raise ConfigurationError(
                f"{path} has a row whose record is in no finished file ({row['id']}), so its page "
                "cannot be copied: let its job end, or run heed verify."
            )

    def _members(self, path: str) -> Iterator[Member]:
        with self._store.open(path) as stream:
            yield from read_members(stream, path)
