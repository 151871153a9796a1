"""What the files of a corpus are, told by their paths (outputs.md, "Layout")."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a file holds."""

    WARC = "warc"
    WET = "wet"
    ROBOTSTXT = "robotstxt"
    CRAWLDIAGNOSTICS = "crawldiagnostics"
    DOCUMENTS = "documents"
    CDXJ = "cdxj"
    TABLE = "table"
    WACZ = "wacz"
    REMOVALS = "removals"
    ATTRIBUTES = "attributes"
    PATHS = "paths"
    CARD = "card"
    OTHER = "other"


MANIFEST: Final = "manifest.jsonl"
CARD: Final = "README.md"
WARC_PATHS: Final = "warc.paths.gz"
WET_PATHS: Final = "wet.paths.gz"
PATH_LISTS: Final[Mapping[str, Kind]] = {WARC_PATHS: Kind.WARC, WET_PATHS: Kind.WET}
"""Which files each list of paths names."""
OPEN: Final = ".open"

FOLDERS: Final = (
    "attributes/", "cc-index/", "crawl-data/", "documents/", "removals/", "wacz/",
)  # fmt: skip
"""Where every file belongs to the corpus; what else lies beside them (a ledger) does not."""

WARC_KINDS: Final = frozenset({Kind.WARC, Kind.WET, Kind.ROBOTSTXT, Kind.CRAWLDIAGNOSTICS})

_C: Final = r"(?P<crawl>[^/]+)"
_SHAPES: Final[Mapping[Kind, str]] = {
    **{
        kind: rf"crawl-data/{_C}/segments/[^/]+/{kind.value}/[^/]+\.warc\.gz"
        for kind in (Kind.WARC, Kind.WET, Kind.ROBOTSTXT, Kind.CRAWLDIAGNOSTICS)
    },
    Kind.DOCUMENTS: rf"documents/{_C}/[^/]+\.jsonl\.gz",
    Kind.TABLE: r"cc-index/table/crawl=(?P<crawl>[^/]+)/subset=[^/]+/[^/]+\.parquet",
    Kind.CDXJ: rf"cc-index/{_C}/[^/]+\.cdxj\.gz",
    Kind.WACZ: rf"wacz/{_C}/[^/]+\.wacz",
    Kind.REMOVALS: r"removals/[^/]+\.jsonl\.gz",
    Kind.ATTRIBUTES: rf"attributes/[^/]+/{_C}/[^/]+\.jsonl\.gz",
    Kind.PATHS: r"(?:warc|wet)\.paths\.gz",
    Kind.CARD: r"README\.md",
}
_COMPILED: Final = {kind: re.compile(shape) for kind, shape in _SHAPES.items()}


def place_of(path: str) -> tuple[Kind, str]:
    """The kind of the file at `path` below the root, and its crawl where it is of one."""
    for kind, shape in _COMPILED.items():
        found = shape.fullmatch(path)
        if found is not None:
            return kind, found.groupdict().get("crawl", "")
    return Kind.OTHER, ""


def belongs(path: str) -> bool:
    """Whether the corpus answers for the file at `path`, finished or not."""
    final = path.partition(OPEN)[0]
    return path.startswith(FOLDERS) or final in (MANIFEST, CARD, WARC_PATHS, WET_PATHS)
