"""The index of kept pages, read from the finished WARC files, so that both always agree."""

import gzip
import io
import json
import warnings
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from warcio.exceptions import ArchiveLoadFailed

from crawler.capture.member import compress
from crawler.errors import StorageError
from crawler.stores.local import LocalStore
from crawler.stores.protocol import Store

with warnings.catch_warnings():
    # Its dependency surt writes regular expressions that compilers of Python warn about.
    warnings.simplefilter("ignore")
    from cdxj_indexer.main import CDXJIndexer, CompressedWriter

RECORDS: Final = "response,revisit"
_KEPT: Final = "crawl-data/*/segments/*/warc/*.warc.gz"


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


def write_indexes(root: Path, warcs: Iterable[str]) -> list[str]:
    """Index each of `warcs` that holds kept pages; returns the paths written below `root`."""
    store = LocalStore(root)
    return [write_index(store, warc) for warc in warcs if is_kept(warc)]


def write_index(store: Store, warc: str) -> str:
    """Index the WARC file at the path `warc` of `store`; returns the path of the index.

    Raises `StorageError`, also where the file is broken.
    """
    path = index_path(warc)
    try:
        with store.open(warc) as file:
            lines = index_lines(file, warc)
    except (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error) as error:
        # The reader quotes what it found, which may be any bytes.
        why = type(error).__name__
        raise StorageError(f"{warc} cannot be indexed ({why}); see heed verify.") from error
    store.put(compress(lines), path)
    return path


def index_lines(file: BinaryIO, warc: str) -> bytes:
    """The sorted index lines of the WARC in `file`: SURT key, time, JSON (`filename` is `warc`)."""
    lines = io.StringIO()
    indexer = CDXJIndexer(lines, [], records=RECORDS, filename=warc)
    indexer.process_one(file, lines, warc)
    ordered = sorted(lines.getvalue().encode("utf-8").split(b"\n")[:-1])
    return b"".join(line + b"\n" for line in ordered)


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
