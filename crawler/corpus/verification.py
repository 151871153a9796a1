"""A corpus proved whole, or each thing named that is wrong with it (contract.md, `heed verify`)."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from crawler.capture.cdxj import index_path, is_kept
from crawler.capture.layout import (
    MANIFEST,
    OPEN,
    Kind,
    belongs,
)
from crawler.capture.manifest import Entry
from crawler.clock import SystemClock
from crawler.corpus.crosschecks import ARCHIVE, CORPUS, cross_check
from crawler.corpus.evidence import Evidence, gathering
from crawler.corpus.faults import Fault
from crawler.corpus.lists import LISTS, Lists, describe_change, read_lists
from crawler.corpus.records import read_records
from crawler.corpus.scanning import scan
from crawler.errors import ConfigurationError, StorageError
from crawler.stores.local import LocalStore
from crawler.stores.opening import S3_SCHEME, open_tree
from crawler.stores.protocol import Store

_MARKS: Final = (MANIFEST, "crawl-data", "documents")
"""What a folder that is a corpus has, be it damaged."""

_ARCHIVES: Final = (".warc", ".warc.gz")
_PATIENCE: Final = 50
_PAUSE: Final = 0.1
"""Seconds between two looks at lists that a job is changing."""

_WRITING: Final = "it is under writing, or was when its job was killed; run that job again"


@dataclass(slots=True)
class Counts:
    """How much was verified."""

    files: int = 0
    records: int = 0
    rows: int = 0
    bytes: int = 0


def verify(where: str, counts: Counts, *, running: bool = False) -> Iterator[Fault]:
    """Every fault of the corpus, WARC file, or folder of WARC files at `where`, as it is found.

    `where` may be an `s3://` URL. `running` waits for a job at work there to come to a moment at
    which its lists agree; what it has open is told as `incomplete` all the same. Raises
    `ConfigurationError` where nothing of the kind is there, `StorageError` where it cannot be read.
    """
    with gathering() as evidence:
        if not where or ("://" in where and not where.startswith(S3_SCHEME)):
            raise ConfigurationError(
                f"{where!r} is no corpus: name a folder or s3://bucket/prefix."
            )
        if where.startswith(S3_SCHEME) or _is_corpus(Path(where)):
            yield from _Corpus(open_tree(where), evidence, counts).verify(where, running=running)
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
        self._listed: Mapping[str, Entry] = {}
        self._paths: frozenset[str] = frozenset()
        self._gathered: set[str] = set()

    def verify(self, where: str, *, running: bool) -> Iterator[Fault]:
        """Every fault."""
        # The lists first: what a job adds from here on is merely not in them yet.
        lists = self._read_lists(_PATIENCE if running else 0)
        paths = self._list_paths()
        if not paths:
            raise ConfigurationError(f"{where} is no corpus: nothing of one is there.")
        self._paths = frozenset(paths)
        yield from self._check_lists(lists)
        self._listed = lists.entries
        for path in paths:
            if path not in LISTS:
                yield from self._verify_file(path)
        # Whatever a finished file speaks of was there when it was finished, be it open.
        for path in self._list_paths():
            if path not in self._paths:
                self._gather(path)
        for path in sorted(self._listed.keys() - self._paths - frozenset(LISTS)):
            yield Fault(path, "", "it is in the manifest and not here")
        self._evidence.settle()
        yield from cross_check(self._evidence, CORPUS)

    def _check_lists(self, lists: Lists) -> Iterator[Fault]:
        """What is wrong with the lists; merely incomplete where a job had not come to its end.

        A job makes its lists with the first file that it finishes. From then on it writes what is
        derived of the manifest before the manifest: a kill in between leaves files that the
        manifest does not name, and lists that do.
        """
        begun = lists.empty and any(path.endswith(OPEN) for path in self._paths)
        finished = (path for path in self._paths if not path.endswith(OPEN) and path not in LISTS)
        ahead = any(path not in lists.entries for path in finished)
        for fault in lists.check():
            listed = fault.file in lists.entries
            yield replace(fault, incomplete=begun or (ahead and listed))

    def _list_paths(self) -> list[str]:
        return [path for path in self._store.list() if belongs(path)]

    def _read_lists(self, patience: int) -> Lists:
        """The lists as they agree, or as they stand when patience is over."""
        while True:
            lists = read_lists(self._store)
            if not patience or lists.empty or not any(lists.check()):
                return lists
            patience -= 1
            asyncio.run(SystemClock().sleep(_PAUSE))

    def _verify_file(self, path: str) -> Iterator[Fault]:
        if path.endswith(OPEN):
            yield Fault(path, "", _WRITING, incomplete=True)
            self._gather(path)
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

    def _gather(self, path: str) -> None:
        """What a file under writing, or finished just now, holds so far; no fault of it counts."""
        final = path.removesuffix(OPEN)
        if final in self._paths or final in self._gathered:
            return
        self._gathered.add(final)
        for place in (final + OPEN, final):
            try:
                with self._store.open(place) as stream:
                    for _ in scan(stream, final + OPEN, self._evidence):
                        pass
            except StorageError:
                continue  # renamed in this moment, or finished already
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
            yield Fault(entry.path, "", describe_change(listed, entry))
        index = index_path(entry.path) if is_kept(entry.path) else ""
        if index and index not in self._paths and index not in self._listed:
            what = "it has no index; run its job again, or heed export"
            yield Fault(entry.path, "", what, incomplete=True)
