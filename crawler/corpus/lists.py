"""The manifest and what is derived of it, read as one."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Final

from crawler.capture.layout import CARD, MANIFEST, PATH_LISTS, Kind
from crawler.capture.listing import paths_of
from crawler.capture.manifest import Entry, ManifestError, describe, read_entries, read_lines
from crawler.corpus.faults import Fault
from crawler.stores.protocol import Store

LISTS: Final = (MANIFEST, *PATH_LISTS, CARD)


@dataclass(frozen=True, slots=True)
class Lists:
    """What the lists of a corpus hold; None for one that is not there."""

    contents: Mapping[str, bytes | None]
    entries: Mapping[str, Entry]
    faults: tuple[Fault, ...]

    @property
    def empty(self) -> bool:
        """Whether there are none at all."""
        return not any(self.contents.values())

    def check(self) -> Iterator[Fault]:
        """What is wrong with the lists, and where they do not agree."""
        yield from self.faults
        for path in LISTS[1:]:
            yield from self._check_derived(path)

    def _check_derived(self, path: str) -> Iterator[Fault]:
        content, listed = self.contents[path], self.entries.get(path)
        if content is None:
            yield Fault(path, "", "it is not here; heed export writes it anew")
            return
        entry = describe(path, BytesIO(content))
        if listed is None:
            yield Fault(path, "", "it is not in the manifest; heed export enters it")
        elif listed != entry:
            yield Fault(path, "", describe_change(listed, entry))
        if path in PATH_LISTS and not self._names_all(PATH_LISTS[path], content):
            yield Fault(path, "", "it does not name the files that the manifest names")

    def _names_all(self, kind: Kind, content: bytes) -> bool:
        # Line by line, since another compressor makes other bytes of the same lines.
        return list(read_lines(BytesIO(content))) == list(paths_of(kind, self.entries.values()))


def read_lists(store: Store) -> Lists:
    """The lists of the corpus in `store`; raises `StorageError`."""
    contents = {path: store.read(path) for path in LISTS}
    manifest = contents[MANIFEST]
    if manifest is None:
        missing = Fault(MANIFEST, "", "it is not here; heed export writes it anew")
        return Lists(contents, {}, (missing,))
    try:
        entries = read_entries(manifest)
    except ManifestError as error:
        return Lists(contents, {}, (Fault(MANIFEST, "", str(error)),))
    by_path = {entry.path: entry for entry in entries}
    faults = []
    if len(by_path) != len(entries) or list(by_path) != sorted(by_path):
        faults.append(Fault(MANIFEST, "", "its lines are out of order, or there twice"))
    return Lists(contents, by_path, tuple(faults))


def describe_change(listed: Entry, entry: Entry) -> str:
    """How a file is not as the manifest has it."""
    was, is_now = asdict(listed), asdict(entry)
    changed = [key for key in was if was[key] != is_now[key]]
    told = ", ".join(f"{key} {was[key]} is {is_now[key]}" for key in changed if key != "tallies")
    return f"it is not as the manifest has it: {told or 'its tallies differ'}"
