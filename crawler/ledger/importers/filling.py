"""Fills a ledger from files: finds out what each is, reads it, and counts what was new."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from crawler.errors import ConfigurationError
from crawler.ledger.errors import storage_errors
from crawler.ledger.importers.archive import read_wacz, read_warc
from crawler.ledger.importers.capture import Capture, Fault, Found
from crawler.ledger.importers.folder import read_dated
from crawler.ledger.importers.jsonl import read_jsonl
from crawler.ledger.schema import observations
from crawler.ledger.store import SqlLedger

OCTETS_A_COMMIT: Final = 32 << 20
CAPTURES_A_COMMIT: Final = 2_000
"""After so many a transaction is committed: memory stays flat, and little is read again."""

READERS: Final[tuple[tuple[str, Callable[[Path, str], Iterator[Found]]], ...]] = (
    (".jsonl", read_jsonl),
    (".jsonl.gz", read_jsonl),
    (".ndjson", read_jsonl),
    (".ndjson.gz", read_jsonl),
    (".warc", read_warc),
    (".warc.gz", read_warc),
    (".wacz", read_wacz),
)
"""What a file's name ends in, and what reads it."""


@dataclass
class Filling:
    """What an import did so far."""

    files: int = 0
    read: int = 0
    added: int = 0
    sites: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


def fill(ledger: SqlLedger, paths: Iterable[Path], tell: Callable[[Filling], None]) -> Filling:
    """Bring every capture in `paths` (files or folders) into `ledger`; `tell` hears of progress.

    The same input twice adds nothing. What cannot be taken is in `faults`, and the rest goes on.
    Raises `ConfigurationError` for a path that is not there or of no known kind before anything
    is written, and `StorageError`.
    """
    listed = [each for path in paths for each in _files(path)]
    filling, before = Filling(), _count(ledger)
    waiting = octets = 0
    for path, reading in listed:
        filling.files += 1
        for found in _guarded(path, reading):
            if isinstance(found, Fault):
                filling.faults.append(found)
                continue
            _take(ledger, found, filling)
            waiting, octets = waiting + 1, octets + len(found.resource.body)
            if waiting >= CAPTURES_A_COMMIT or octets >= OCTETS_A_COMMIT:
                ledger.commit()
                waiting = octets = 0
                tell(filling)
    ledger.commit()
    filling.added = _count(ledger) - before
    return filling


def _take(ledger: SqlLedger, capture: Capture, filling: Filling) -> None:
    filling.read += 1
    filling.sites.add(capture.site)
    ledger.record_site_file(capture.site, capture.path, capture.resource)


def _count(ledger: SqlLedger) -> int:
    with storage_errors(ledger.engine.url), ledger.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(observations)).scalar_one()


def _files(path: Path) -> Iterator[tuple[Path, Iterator[Found]]]:
    if path.is_dir():
        for file in sorted(each for each in path.rglob("*") if each.is_file()):
            place = file.relative_to(path.parent)
            yield file, _reader(file) or read_dated(file, place, str(file))
        return
    reading = _reader(path) if path.is_file() else None
    if reading is None:
        endings = ", ".join(ending for ending, _ in READERS)
        why = "is of no known kind" if path.exists() else "is not there"
        raise ConfigurationError(f"{str(path)!r} {why}: name a folder, or a file in {endings}.")
    yield path, reading


def _reader(path: Path) -> Iterator[Found] | None:
    name = path.name.lower()
    return next((read(path, str(path)) for end, read in READERS if name.endswith(end)), None)


def _guarded(path: Path, reading: Iterator[Found]) -> Iterator[Found]:
    try:
        yield from reading
    except OSError as error:
        what = f"it cannot be read ({error.strerror or error})"
        yield Fault(str(path), "the file", what, "check its permissions")
