"""What a crawl left behind, read back by programs other than the one that wrote it."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator
from warcio.checker import Checker

from crawler.capture.cdxj import read_index

KEPT = "crawl-data/*/segments/*/warc/*.warc.gz"


@dataclass(frozen=True, slots=True)
class Held:
    """One response or revisit record of a kept page."""

    kind: str
    url: str
    record_id: str
    digest: str
    profile: str
    file: str
    offset: int


@dataclass(frozen=True, slots=True)
class _CheckerArguments:
    inputs: list[str]
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class Corpus:
    """The files below a crawl's output root."""

    root: Path

    @property
    def warcs(self) -> list[Path]:
        """Every WARC file, finished or not."""
        return sorted([*self.root.rglob("*.warc.gz"), *self.root.rglob("*.warc.gz.open")])

    @property
    def open_files(self) -> list[Path]:
        """What nobody has finished."""
        return sorted(self.root.rglob("*.open"))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every row."""
        for file in sorted(self.root.glob("documents/*/*.jsonl.gz")):
            with gzip.open(file, "rb") as lines:
                yield from map(json.loads, lines)

    def held(self) -> Iterator[Held]:
        """Every response and revisit record of kept pages."""
        for file in sorted(self.root.glob(KEPT)):
            with file.open("rb") as stream:
                for record in ArchiveIterator(stream, parse_http=False):
                    fields = record.headers
                    if fields["WARC-Type"] in ("response", "revisit"):
                        yield Held(
                            kind=fields["WARC-Type"],
                            url=fields["WARC-Target-URI"],
                            record_id=fields["WARC-Record-ID"],
                            digest=fields.get("WARC-Payload-Digest") or "",
                            profile=(fields.get("WARC-Profile") or "").rpartition("/")[2],
                            file=file.relative_to(self.root).as_posix(),
                            offset=record.stream_pos,
                        )

    def index(self) -> Iterator[tuple[str, str, int]]:
        """URL, file and offset of every line of the index."""
        for file in sorted(self.root.glob("cc-index/*/*.cdxj.gz")):
            for _, _, fields in read_index(file):
                yield fields["url"], fields["filename"], int(fields["offset"])

    def check(self) -> None:
        """Every file is finished, whole and indexed, and every row has its record."""
        assert self.open_files == []
        assert Checker(_CheckerArguments([str(one) for one in self.warcs])).process_all() == 0
        for warc in self.warcs:
            with warc.open("rb") as stream:
                records = ArchiveIterator(stream, parse_http=False)
                assert all(record.verify_block_digest() for record in records)
        held = list(self.held())
        assert sorted(self.index()) == sorted((one.url, one.file, one.offset) for one in held)
        responses = {one.record_id: one for one in held if one.kind == "response"}
        assert len(responses) == sum(one.kind == "response" for one in held)
        for row in self.rows():
            record = responses[row["id"]]
            place = (record.url, record.file, record.offset)
            assert place == (row["url"], row["file_path"], row["metadata"]["warc_offset"])
