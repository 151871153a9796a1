"""The index of kept pages, read from the finished WARC files, so that both always agree."""

import gzip
import io
import json
import warnings
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

from crawler.capture.member import compress
from crawler.capture.storage import storage_error
from crawler.stores.local import LocalStore

with warnings.catch_warnings():
    # Its dependency surt writes regular expressions that compilers of Python warn about.
    warnings.simplefilter("ignore")
    from cdxj_indexer.main import CDXJIndexer

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
    written = []
    for warc in warcs:
        if is_kept(warc):
            path = index_path(warc)
            LocalStore(root).put(compress(read_lines(root, warc)), path)
            written.append(path)
    return written


def read_lines(root: Path, warc: str) -> bytes:
    """The sorted index lines of one WARC file: SURT key, time, JSON (`filename` below `root`)."""
    lines = io.StringIO()
    indexer = CDXJIndexer(lines, [], records=RECORDS, filename=warc)
    try:
        with (root / warc).open("rb") as file:
            indexer.process_one(file, lines, warc)
    except OSError as error:
        raise storage_error(error, root / warc) from error
    ordered = sorted(lines.getvalue().encode("utf-8").split(b"\n")[:-1])
    return b"".join(line + b"\n" for line in ordered)


def read_index(place: Path) -> list[tuple[str, str, dict[str, str]]]:
    """An index file's lines as (SURT key, time, fields)."""
    with gzip.open(place, "rt", encoding="utf-8", newline="\n") as file:
        parts = (line.split(" ", 2) for line in file)
        return [(key, time, json.loads(fields)) for key, time, fields in parts]
