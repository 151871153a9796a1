"""WARC files read back by two readers that are not the writer."""

import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator


@dataclass(frozen=True)
class ReadRecord:
    """One record: its fields in order, its block, and where its member begins."""

    kind: str
    fields: tuple[tuple[str, str], ...]
    block: bytes
    offset: int

    def __getitem__(self, name: str) -> str:
        values = self.all(name)
        assert len(values) == 1, f"{name}: {values}"
        return values[0]

    def all(self, name: str) -> list[str]:
        """Every value of the field `name`."""
        return [value for key, value in self.fields if key == name]


def read_records(place: Path) -> list[ReadRecord]:
    """Every record, blocks unparsed, by FastWARC."""
    with place.open("rb") as file:
        return [
            ReadRecord(
                kind=record.headers["WARC-Type"],
                fields=tuple(record.headers.astuples()),
                block=record.reader.read(),
                offset=record.stream_pos,
            )
            for record in FastIterator(file, parse_http=False)
        ]


def read_payload(place: Path, offset: int, length: int) -> tuple[str, bytes]:
    """Record-ID and body as sent of the member at `offset`, read alone, by warcio."""
    member = place.read_bytes()[offset : offset + length]
    records = iter(ArchiveIterator(BytesIO(member)))
    record = next(records)
    found = record.rec_headers.get_header("WARC-Record-ID"), record.raw_stream.read()
    assert next(records, None) is None
    return found


def assert_checked(place: Path, *, payloads: bool = True) -> None:
    """Both `warcio check` and `fastwarc check` find every digest right.

    `payloads=False` for files with revisits: FastWARC holds their payload digest, which is that
    of the payload referred to (WARC/1.1 5.9), against the empty one in the record.
    """
    tools = Path(sys.executable).parent
    commands: tuple[list[str | Path], ...] = (
        [tools / "warcio", "check", "-v", place],
        [tools / "fastwarc", "check", *["--verify-payloads"][: int(payloads)], "--quiet", place],
    )
    for command in commands:
        done = subprocess.run(  # noqa: S603 (the environment's own tools)
            command, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
