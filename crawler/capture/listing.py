"""Files entered into a store's manifest, with what is derived of it: path lists and data card."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from crawler.capture.card import render_card
from crawler.capture.layout import (
    CARD,
    FOLDERS,
    MANIFEST,
    OPEN,
    PATH_LISTS,
    Kind,
    place_of,
)
from crawler.capture.manifest import Entry, describe, merge, read_entries, render
from crawler.capture.member import compress_derived
from crawler.errors import StorageError
from crawler.stores.local import LocalStore
from crawler.stores.protocol import Store

_DERIVED: Final = frozenset({Kind.PATHS, Kind.CARD})


def describe_all(store: Store, paths: Iterable[str]) -> list[Entry]:
    """An entry for each of `paths`; raises `StorageError`."""
    entries = []
    for path in paths:
        with store.open(path) as stream:
            entries.append(describe(path, stream))
    return entries


def enlist(store: Store, entries: Iterable[Entry], *, anew: bool = False) -> None:
    """Enter `entries` into the manifest of `store`, or make it `anew` of them alone.

    What is derived is written before the manifest that speaks of it: a kill in between leaves
    files that the next call writes anew. Raises `StorageError`, `ManifestError`.
    """
    new = tuple(entries)

    def change(old: bytes | None) -> bytes:
        known = read_entries(old) if old is not None and not anew else []
        files = [one for one in merge(known, new) if place_of(one.path)[0] not in _DERIVED]
        derived = dict(_derive(files, store.read(CARD) or b""))
        for path, content in derived.items():
            store.put(content, path)
        return render(merge(files, describe_all(store, derived)))

    store.update(MANIFEST, change)


def _derive(entries: list[Entry], card: bytes) -> Iterator[tuple[str, bytes]]:
    for path, kind in PATH_LISTS.items():
        lines = b"".join(line + b"\n" for line in paths_of(kind, entries))
        yield path, compress_derived(lines)
    yield CARD, render_card(entries, card)


def paths_of(kind: Kind, entries: Iterable[Entry]) -> Iterator[bytes]:
    """The paths of the files of `kind`: the lines of a list of paths, as Common Crawl has them."""
    return (one.path.encode() for one in entries if one.kind == kind)


def unlisted(store: Store) -> list[str]:
    """Finished files of a corpus that its manifest does not name; raises as `enlist`."""
    known = {entry.path for entry in read_entries(store.read(MANIFEST) or b"")}
    return [path for path in finished(store) if path not in known]


def finished(store: Store) -> Iterator[str]:
    """Every finished file below the folders of a corpus."""
    for folder in FOLDERS:
        yield from (path for path in store.list(folder) if not path.endswith(OPEN))


class Pending:
    """Entries of files that go from a spool to a store, kept until the store's manifest has them.

    They are written down before a file leaves, so that a kill loses none; what is not written
    down does not leave.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._here = LocalStore(root)
        self._noted = {entry.path for entry in self._entries()}

    def _entries(self) -> list[Entry]:
        return read_entries(self._here.read(MANIFEST) or b"")

    def has(self, path: str) -> bool:
        """Whether the file at `path` has been written down."""
        return path in self._noted

    def add(self, paths: Iterable[str]) -> None:
        """Note the files at `paths`. One that is gone was noted by whoever sent it."""
        new = [entry for path in paths for entry in self._describe(path)]
        if new:
            self._change(lambda old: merge(old, new))
            self._noted.update(entry.path for entry in new)

    def _describe(self, path: str) -> list[Entry]:
        try:
            return describe_all(self._here, [path])
        except StorageError:
            if (self._root / path).exists():
                raise
            return []

    def unlisted(self) -> list[str]:
        """Finished files here that have not been noted."""
        return unlisted(self._here)

    def forward(self, store: Store) -> None:
        """Enter what has left into the manifest of `store`; raises as `enlist`."""
        gone = [one for one in self._entries() if not (self._root / one.path).exists()]
        if gone:
            enlist(store, gone)
            sent = {entry.path for entry in gone}
            self._change(lambda old: [one for one in old if one.path not in sent])
            self._noted -= sent

    def _change(self, change: Callable[[list[Entry]], list[Entry]]) -> None:
        self._here.update(MANIFEST, lambda old: render(change(read_entries(old or b""))))
