"""A corpus proved whole, or each thing named that is wrong with it (contract.md, `heed verify`)."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from crawler.capture.cdxj import index_path, is_kept
from crawler.capture.layout import (
    MANIFEST,
    OPEN,
    WARC_PATHS,
    WET_PATHS,
    Kind,
    belongs,
)
from crawler.capture.listing import render_paths
from crawler.capture.manifest import Entry, ManifestError, read_entries
from crawler.corpus.crosschecks import ARCHIVE, CORPUS, cross_check
from crawler.corpus.evidence import Evidence, gathering
from crawler.corpus.faults import Fault
from crawler.corpus.records import read_records
from crawler.corpus.scanning import scan
from crawler.errors import ConfigurationError, StorageError
from crawler.stores.local import LocalStore
from crawler.stores.opening import S3_SCHEME, open_tree
from crawler.stores.protocol import Store

_MARKS: Final = (MANIFEST, "crawl-data", "documents")
"""What a folder that is a corpus has, be it damaged."""

_ARCHIVES: Final = (".warc", ".warc.gz")
_WRITING: Final = "it is under writing, or was when its job was killed; run that job again"


@dataclass(slots=True)
class Counts:
    """How much was verified."""

    files: int = 0
    records: int = 0
    rows: int = 0
    bytes: int = 0


def verify(where: str, counts: Counts) -> Iterator[Fault]:
    """Every fault of the corpus, WARC file, or folder of WARC files at `where`, as it is found.

    `where` may be an `s3://` URL. Raises `ConfigurationError` where nothing of the kind is there,
    `StorageError` where it cannot be read.
    """
    with gathering() as evidence:
        if where.startswith(S3_SCHEME) or _is_corpus(Path(where)):
            yield from _Corpus(open_tree(where), evidence, counts).verify(where)
        else:
            yield from _verify_archives(Path(where), evidence, counts)


def _is_corpus(place: Path) -> bool:
    return any((place / mark).exists() for mark in _MARKS)


def _verify_archives(place: Path, evidence: Evidence, counts: Counts) -> Iterator[Fault]:
    files = [place] if place.is_file() else sorted(one for one in place.rglob("*"))
    archives = [one for one in files if one.is_file() and one.name.endswith(_ARCHIVES)]
    if not archives:
        raise ConfigurationError(f"{place} is no corpus, WARC file or folder of WARC files.")
    for one in archives:
        path = one.name if one == place else one.relative_to(place).as_posix()
        counts.files += 1
        counts.bytes += one.stat().st_size
        evidence.begin_file(path)
        with LocalStore(one.parent).open(one.name) as stream:
            for found in read_records(stream, path):
                if isinstance(found, Fault):
                    yield found
                else:
                    counts.records += 1
                    evidence.add_record(found)
    evidence.settle()
    yield from cross_check(evidence, ARCHIVE)


class _Corpus:
    """A corpus being verified."""

    def __init__(self, store: Store, evidence: Evidence, counts: Counts) -> None:
        self._store = store
        self._evidence = evidence
        self._counts = counts
        self._listed: dict[str, Entry] = {}
        self._paths: frozenset[str] = frozenset()

    def verify(self, where: str) -> Iterator[Fault]:
        """Every fault."""
        paths = [path for path in self._store.list() if belongs(path)]
        if not paths:
            raise ConfigurationError(f"{where} is no corpus: nothing of one is there.")
        self._paths = frozenset(paths)
        yield from self._read_manifest()
        for path in paths:
            yield from self._verify_file(path)
        for path in sorted(self._listed.keys() - self._paths):
            yield Fault(path, "", "it is in the manifest and not here")
        yield from self._verify_paths()
        self._evidence.settle()
        yield from cross_check(self._evidence, CORPUS)

    def _read_manifest(self) -> Iterator[Fault]:
        content = self._store.read(MANIFEST)
        if content is None:
            yield Fault(MANIFEST, "", "it is not here; heed export writes it anew")
            return
        try:
            entries = read_entries(content)
        except ManifestError as error:
            yield Fault(MANIFEST, "", str(error))
            return
        self._listed = {entry.path: entry for entry in entries}
        if len(self._listed) != len(entries) or list(self._listed) != sorted(self._listed):
            yield Fault(MANIFEST, "", "its lines are out of order, or there twice")

    def _verify_file(self, path: str) -> Iterator[Fault]:
        if path == MANIFEST:
            return
        if path.endswith(OPEN):
            yield Fault(path, "", _WRITING, incomplete=True)
            self._gather_open(path)
            return
        entry = None
        for found in self._scan(path):
            if isinstance(found, Fault):
                yield found
            else:
                entry = found
        if entry is not None:
            self._count(entry)
            yield from self._compare(entry)

    def _scan(self, path: str) -> Iterator[Fault | Entry]:
        try:
            with self._store.open(path) as stream:
                yield from scan(stream, path, self._evidence)
        except OSError as error:
            yield Fault(path, "", f"it cannot be read: {error.strerror}")

    def _gather_open(self, path: str) -> None:
        """What a file under writing holds so far; its torn tail is no fault."""
        final = path.removesuffix(OPEN)
        for place in (path, final):
            if final in self._paths:
                return
            try:
                with self._store.open(place) as stream:
                    for _ in scan(stream, path, self._evidence):
                        pass
            except StorageError:
                continue  # finished, and so renamed, just now
            return

    def _count(self, entry: Entry) -> None:
        counts = self._counts
        counts.files += 1
        counts.bytes += entry.size
        counts.records += entry.records if entry.kind != Kind.CDXJ else 0
        counts.rows += entry.rows if entry.kind == Kind.DOCUMENTS else 0

    def _compare(self, entry: Entry) -> Iterator[Fault]:
        if entry.kind == Kind.OTHER:
            yield Fault(entry.path, "", "it is no file of a corpus")
        listed = self._listed.get(entry.path)
        if listed is None:
            what = "it is not in the manifest; run its job again, or heed export"
            yield Fault(entry.path, "", what, incomplete=True)
        elif listed != entry:
            yield Fault(entry.path, "", _describe_change(listed, entry))
        index = index_path(entry.path) if is_kept(entry.path) else ""
        if index and index not in self._paths and index not in self._listed:
            what = "it has no index; run its job again, or heed export"
            yield Fault(entry.path, "", what, incomplete=True)

    def _verify_paths(self) -> Iterator[Fault]:
        entries = list(self._listed.values())
        for path, kind in ((WARC_PATHS, Kind.WARC), (WET_PATHS, Kind.WET)):
            if path in self._listed and self._store.read(path) != render_paths(entries, kind):
                yield Fault(path, "", "it does not name the files that the manifest names")


def _describe_change(listed: Entry, entry: Entry) -> str:
    was, is_now = asdict(listed), asdict(entry)
    changed = [key for key in was if was[key] != is_now[key]]
    told = ", ".join(f"{key} {was[key]} is {is_now[key]}" for key in changed if key != "tallies")
    return f"it is not as the manifest has it: {told or 'its tallies differ'}"
