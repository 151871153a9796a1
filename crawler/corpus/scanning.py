"""One pass over each file of a corpus: its faults, its entry, and what it says of the others."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from crawler.capture.layout import OPEN, WARC_KINDS, Kind, place_of
from crawler.capture.manifest import Entry, Metered, describe, entry_of, read_lines
from crawler.capture.members import Member, Readable
from crawler.capture.record import uri
from crawler.capture.tallies import Tallies
from crawler.corpus.evidence import Evidence
from crawler.corpus.faults import Fault
from crawler.corpus.index import read_index_lines
from crawler.corpus.records import Record, read_records
from crawler.corpus.rows import read_rows


@dataclass(slots=True)
class Scan:
    """A file being read; `count` records or lines so far."""

    path: str
    evidence: Evidence
    tallies: Tallies
    count: int = 0


def scan(stream: Readable, path: str, evidence: Evidence) -> Iterator[Fault | Entry]:
    """The faults of the file at `path`, and at last the entry that it ought to have."""
    kind, crawl = place_of(path.removesuffix(OPEN))
    read = _READERS.get(kind)
    if read is None:
        yield describe(path, stream)
        return
    evidence.begin_file(path)
    metered = Metered(stream)
    scanning = Scan(path, evidence, Tallies())
    yield from read(metered, scanning)
    metered.drain()
    tally = scanning.tallies.as_json()
    yield entry_of(path, metered, scanning.count, tally, kind=kind, crawl=crawl)


def _scan_warc(stream: Readable, scanning: Scan) -> Iterator[Fault]:
    for found in read_records(stream, scanning.path):
        if isinstance(found, Record):
            scanning.count += 1
            scanning.evidence.add_record(found)
        else:
            yield found


def _scan_rows(stream: Readable, scanning: Scan) -> Iterator[Fault]:
    broken: list[Fault] = []
    crawl = place_of(scanning.path.removesuffix(OPEN))[1]
    for line in read_rows(read_lines(stream, _noting(broken, scanning.path))):
        scanning.count += 1
        where = f"line {line.number}"
        if line.row is not None:
            where = f"{where} {line.row['id']}"
            scanning.tallies.count(line.row)
            scanning.evidence.add_row(line.number, line.row, uri(line.row["url"]))
            if line.row["dump"] != crawl:
                yield Fault(scanning.path, where, f"dump is {line.row['dump'][:60]!r}")
        yield from (Fault(scanning.path, where, what) for what in line.whats)
    yield from broken


def _scan_index(stream: Readable, scanning: Scan) -> Iterator[Fault]:
    broken: list[Fault] = []
    for line in read_index_lines(read_lines(stream, _noting(broken, scanning.path))):
        if line.what:
            yield Fault(scanning.path, f"line {line.number}", line.what)
        scanning.count = max(scanning.count, line.number)
        scanning.evidence.add_line(line)
    yield from broken


def _noting(broken: list[Fault], path: str) -> Callable[[Member], None]:
    def note(member: Member) -> None:
        broken.append(Fault(path, f"byte {member.offset}", member.fault))

    return note


_READERS: Final[Mapping[Kind, Callable[[Readable, Scan], Iterator[Fault]]]] = {
    **dict.fromkeys(WARC_KINDS, _scan_warc),
    Kind.DOCUMENTS: _scan_rows,
    Kind.CDXJ: _scan_index,
}
