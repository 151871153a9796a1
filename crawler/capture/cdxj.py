"""The index of kept pages, by cdxj-indexer: as its lines were gathered, or read from WARC files."""

import gzip
import io
import json
import warnings
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import BinaryIO, ClassVar, Final

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed

from crawler.capture.member import GZIP_WINDOW, compress_derived
from crawler.errors import StorageError
from crawler.stores.local import LocalStore
from crawler.stores.protocol import Store

with warnings.catch_warnings():
    # Its dependency surt writes regular expressions that compilers of Python warn about.
    warnings.simplefilter("ignore")
    from cdxj_indexer.main import CDXJIndexer, CompressedWriter

RECORDS: Final = "response,revisit"
_BROKEN: Final[tuple[type[Exception], ...]] = (
    ArchiveLoadFailed, EOFError, OSError, ValueError,
    isal_zlib.error,  # type: ignore[assignment]  # its stub calls the class an instance
)  # fmt: skip
TOMBSTONE: Final = "tombstone"
"""The field that says why a record was left out."""

_NOTHING: Final[Mapping[str, bytes]] = MappingProxyType({})
_KEPT: Final = "crawl-data/*/segments/*/warc/*.warc.gz"


class _Reader(DecompressingBufferedReader):  # type: ignore[misc]  # warcio has no types
    """warcio's reader of members, by ISA-L: a page is indexed in little more than half the time."""

    DECOMPRESSORS: ClassVar = {
        **DecompressingBufferedReader.DECOMPRESSORS,
        "gzip": partial(isal_zlib.decompressobj, GZIP_WINDOW),
    }


def index_path(warc: str) -> str:
    """Where the index of a WARC file (both paths below the root) stands."""
    path = PurePosixPath(warc)
    return f"cc-index/{path.parts[1]}/{path.name.removesuffix('.warc.gz')}.cdxj.gz"


def is_kept(warc: str) -> bool:
    """Whether this path below the root is that of a finished WARC file of kept pages."""
    return PurePosixPath(warc).match(_KEPT)


def unindexed(root: Path) -> list[str]:
    """Finished WARC files of kept pages, below `root`, that have no index yet."""
    found = (place.relative_to(root).as_posix() for place in sorted(root.glob(_KEPT)))
    return [path for path in found if not (root / index_path(path)).exists()]


def write_indexes(
    root: Path, warcs: Iterable[str], known: Mapping[str, bytes] = _NOTHING
) -> list[str]:
    """Index each of `warcs` that holds kept pages; returns the paths written below `root`.

    Of those in `known` these are the lines; others are read. Raises `StorageError`.
    """
    store = LocalStore(root)
    return [write_index(store, warc, known.get(warc)) for warc in warcs if is_kept(warc)]


def write_index(store: Store, warc: str, known: bytes | None = None) -> str:
    """Index the WARC file at the path `warc` of `store`; returns the path of the index.

    Its lines are `known`, or read. Raises `StorageError`, also where the file is broken.
    """
    path = index_path(warc)
    lines = _read_lines(store, warc) if known is None else known
    store.put(compress_derived(lines), path)
    return path


def _read_lines(store: Store, warc: str) -> bytes:
    try:
        with store.open(warc) as file:
            return index_lines(file, warc)
    except _BROKEN as error:
        # The reader quotes what it found, which may be any bytes.
        why = type(error).__name__
        raise StorageError(f"{warc} cannot be indexed ({why}); see heed verify.") from error


def index_lines(file: BinaryIO, warc: str) -> bytes:
    """The sorted index lines of the WARC in `file`: SURT key, time, JSON (`filename` is `warc`)."""
    lines = io.StringIO()
    indexer = make_indexer(warc)
    records = ArchiveIterator(file)
    records.reader = _Reader(records.fh)
    for record in records:
        if indexer.filter_record(record):
            indexer.process_index_entry(records, record, warc, lines)
    return in_order(lines.getvalue().encode("utf-8").split(b"\n")[:-1])


def make_indexer(warc: str) -> CDXJIndexer:
    """What makes the lines of the WARC file that they are to call `warc`."""
    indexer = CDXJIndexer(io.StringIO(), [], records=RECORDS, filename=warc)
    indexer.curr_filename = warc
    return indexer


def in_order(lines: Iterable[bytes]) -> bytes:
    """Lines as an index has them."""
    return b"".join(line + b"\n" for line in sorted(lines))


def is_tombstone(fields: object) -> bool:
    """Whether the fields of an index line say that a copy was made without the record, and why."""
    return isinstance(fields, dict) and TOMBSTONE in fields and "filename" not in fields


def url_key(url: str) -> str:
    """The SURT key under which an index has `url`."""
    return str(CDXJIndexer(io.StringIO(), []).get_url_key(url))


def write_clustered(lines: Iterable[str], clusters: BinaryIO, name: str) -> str:
    """Write sorted `lines` in gzip members of some hundred lines each to `clusters`.

    Returns the index of the members: what readers search first (ZipNum). `name` is what the
    file of the members is called.
    """
    summary = io.StringIO()
    writer = CompressedWriter(summary, clusters, data_out_name=name)
    for line in lines:
        writer.write(line)
    writer.flush()
    return summary.getvalue()


def read_index(place: Path) -> list[tuple[str, str, dict[str, str]]]:
    """An index file's lines as (SURT key, time, fields)."""
    with gzip.open(place, "rt", encoding="utf-8", newline="\n") as file:
        parts = (line.split(" ", 2) for line in file)
        return [(key, time, json.loads(fields)) for key, time, fields in parts]
