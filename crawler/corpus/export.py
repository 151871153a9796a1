"""What is made of a corpus after its crawl: its lists again, and other forms of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.capture.cdxj import index_path, is_kept, write_index
from crawler.capture.layout import MANIFEST, place_of
from crawler.capture.listing import describe_all, enlist, finished
from crawler.capture.manifest import ManifestError, read_entries
from crawler.corpus.lists import LISTS
from crawler.corpus.table import INDEXED, import_pyarrow, table_path, write_table
from crawler.corpus.wacz import PACKED, write_wacz
from crawler.errors import ConfigurationError
from crawler.stores.opening import open_tree
from crawler.stores.protocol import Store


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make beside the lists."""

    table: bool = False
    wacz: bool = False
    manifest: bool = False
    """The manifest from every file anew, also of those that it has already."""


def export(where: str, wanted: Wanted, created: str) -> Iterator[str]:
    """Make what is `wanted` of the corpus at `where`; yields the path of each file written.

    An index that is missing is made in any case, and what no manifest has is entered into it.
    `created` is the time, as rows have it. Raises `ConfigurationError`, `StorageError`.
    """
    store = open_tree(where)
    paths = list(finished(store))
    if not paths:
        raise ConfigurationError(f"{where} is no corpus: nothing of one is there.")
    if wanted.table:
        import_pyarrow()
    store.tidy()
    made = []
    for path in _make(store, paths, wanted, created):
        made.append(path)
        yield path
    listed = _listed(store)
    if wanted.manifest or listed is None:
        enlist(store, describe_all(store, finished(store)), anew=True)
    else:
        new = [path for path in paths if path not in listed and path not in made]
        enlist(store, describe_all(store, [*new, *made]))
    yield from LISTS


def pack(where: str, crawl: str, created: str) -> str:
    """Make the WACZ of the one crawl `crawl` at `where` and enter it into the manifest there.

    Returns its path, empty where the crawl kept nothing. `created` is the time, as rows have it.
    Raises `ConfigurationError`, `StorageError`.
    """
    store = open_tree(where)
    ours = [path for path in finished(store) if place_of(path)[1] == crawl]
    if not any(place_of(path)[0] in PACKED for path in ours):
        return ""
    path = write_wacz(store, crawl, ours, created)
    enlist(store, describe_all(store, [path]))
    return path


def _make(store: Store, paths: list[str], wanted: Wanted, created: str) -> Iterator[str]:
    present = frozenset(paths)
    for path in paths:
        if is_kept(path) and index_path(path) not in present:
            yield write_index(store, path)
    if wanted.table:
        for path in paths:
            if place_of(path)[0] in INDEXED and table_path(path) not in present:
                yield write_table(store, path)
    if wanted.wacz:
        crawls = {place_of(path)[1] for path in paths if place_of(path)[0] in PACKED}
        for crawl in sorted(crawls):
            yield write_wacz(store, crawl, [*store.list("")], created)


def _listed(store: Store) -> frozenset[str] | None:
    """The paths in the manifest; None where there is none that can be read."""
    content = store.read(MANIFEST)
    try:
        return None if content is None else frozenset(one.path for one in read_entries(content))
    except ManifestError:
        return None
