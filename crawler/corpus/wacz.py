"""A crawl as one WACZ file, for replay (WACZ 1.1.1, specs.webrecorder.net/wacz/1.1.1/).

Written here and not with the `wacz` package: that one wants the WARC files on the local disk, reads
each of them again to index it and to guess which records are pages, and brings frictionless with
it, which only validating needs. The files, their index and their pages are all there already.
"""

import heapq
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from crawler.capture.cdxj import index_lines, index_path, is_tombstone, write_clustered
from crawler.capture.layout import Kind, place_of
from crawler.capture.manifest import read_lines
from crawler.stores.protocol import Store
from crawler.stores.scratch import scratch

VERSION: Final = "1.1.1"
CLUSTERS: Final = "index.cdx.gz"
PACKED: Final = frozenset({Kind.WARC, Kind.CRAWLDIAGNOSTICS})
"""What is replayed: pages, and the redirects and errors on the way to them."""

MERGED_AT_ONCE: Final = 64
"""Indexes that are open at a time."""

Run = Callable[[], Iterator[str]]
"""Sorted lines of an index, read when they are called for."""

_CHUNK: Final = 1 << 20
_PAGES: Final = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": False}
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""A zip file's zero: the same crawl makes the same bytes, whenever it is packed."""


def wacz_path(crawl: str) -> str:
    """Where the WACZ of a crawl stands."""
    return f"wacz/{crawl}/{crawl}.wacz"


def write_wacz(store: Store, crawl: str, paths: list[str], created: str) -> str:
    """Pack the files among `paths` that are of `crawl`; returns the path of the package.

    `created` is a time as rows have it. Raises `StorageError`.
    """
    ours = [path for path in paths if place_of(path)[1] == crawl]
    with scratch() as folder:
        place = folder / "crawl.wacz"
        with ZipFile(place, "w", allowZip64=True) as archive:
            _Packing(store, archive, ours, folder).pack(crawl, created)
        store.replace(place, wacz_path(crawl))
    return wacz_path(crawl)


class _Packing:
    """A package being written."""

    def __init__(self, store: Store, archive: ZipFile, paths: list[str], folder: Path) -> None:
        self._store = store
        self._archive = archive
        self._warcs = [path for path in paths if place_of(path)[0] in PACKED]
        self._documents = [path for path in paths if place_of(path)[0] is Kind.DOCUMENTS]
        self._indexes = frozenset(path for path in paths if place_of(path)[0] is Kind.CDXJ)
        self._folder = folder
        self._resources: list[dict[str, Any]] = []

    def pack(self, crawl: str, created: str) -> None:
        """Write everything, the list of it last."""
        for warc in self._warcs:
            with self._store.open(warc) as stream:
                self._copy(f"archive/{PurePosixPath(warc).name}", stream.read)
        self._add_index()
        self._add("pages/pages.jsonl", self._pages(), ZIP_DEFLATED)
        package = json.dumps(
            {
                "profile": "data-package",
                "wacz_version": VERSION,
                "title": crawl,
                "created": created,
                "software": "heed",
                "resources": self._resources,
            },
            indent=2,
        ).encode()
        self._add("datapackage.json", iter([package]), ZIP_DEFLATED)
        digest = {"path": "datapackage.json", "hash": f"sha256:{sha256(package).hexdigest()}"}
        self._add("datapackage-digest.json", iter([json.dumps(digest).encode()]), ZIP_DEFLATED)

    def _add_index(self) -> None:
        clusters = self._folder / CLUSTERS
        with clusters.open("wb") as file:
            summary = write_clustered(self._sorted_lines(), file, CLUSTERS)
        with clusters.open("rb") as file:
            self._copy(f"indexes/{CLUSTERS}", file.read)
        self._add("indexes/index.idx", iter([summary.encode()]), ZIP_STORED)

    def _sorted_lines(self) -> Iterator[str]:
        """The index lines of all files: a long crawl has more of them than may be open at once."""
        runs: list[Run] = [partial(self._lines_of, warc) for warc in self._warcs]
        while len(runs) > MERGED_AT_ONCE:
            parts = range(0, len(runs), MERGED_AT_ONCE)
            runs = [self._merge(runs[at : at + MERGED_AT_ONCE]) for at in parts]
        return heapq.merge(*(run() for run in runs))

    def _merge(self, runs: list[Run]) -> Run:
        with NamedTemporaryFile(dir=self._folder, delete=False) as file:
            file.writelines(line.encode("utf-8") for line in heapq.merge(*(run() for run in runs)))
        return partial(_read_run, Path(file.name))

    def _lines_of(self, warc: str) -> Iterator[str]:
        """The index lines of a WARC file, which is known by its base name in a package.

        What a copy left out is not there to be replayed, so its tombstone stays outside.
        """
        name, index = PurePosixPath(warc).name, index_path(warc)
        if index in self._indexes:
            with self._store.open(index) as stream:
                yield from _rename(read_lines(stream), name)
        else:
            with self._store.open(warc) as stream:
                lines = index_lines(stream, warc).splitlines()
            yield from _rename(lines, name)

    def _pages(self) -> Iterator[bytes]:
        yield _json_line(_PAGES)
        for path in self._documents:
            with self._store.open(path) as stream:
                for line in read_lines(stream):
                    row = json.loads(line)
                    found = {"id": row["id"].strip("<>"), "url": row["url"], "ts": row["date"]}
                    yield _json_line({**found, "title": row["metadata"]["title"]})

    def _copy(self, path: str, read: Callable[[int], bytes]) -> None:
        self._add(path, iter(lambda: read(_CHUNK), b""), ZIP_STORED)

    def _add(self, path: str, pieces: Iterator[bytes], compression: int) -> None:
        entry = ZipInfo(path, _EARLIEST)
        entry.compress_type = compression
        hashed, size = sha256(), 0
        with self._archive.open(entry, "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)
                hashed.update(piece)
                size += len(piece)
        digest = f"sha256:{hashed.hexdigest()}"
        name = PurePosixPath(path).name.lower()
        self._resources.append({"name": name, "path": path, "hash": digest, "bytes": size})


def _rename(lines: Iterable[bytes], name: str) -> Iterator[str]:
    for line in lines:
        key, time, text = line.decode("utf-8").split(" ", 2)
        fields = json.loads(text)
        if not is_tombstone(fields):
            yield f"{key} {time} {json.dumps({**fields, 'filename': name})}\n"


def _read_run(place: Path) -> Iterator[str]:
    with place.open(encoding="utf-8", newline="\n") as file:
        yield from file


def _json_line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8") + b"\n"
