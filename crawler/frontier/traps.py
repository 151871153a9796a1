"""PURE: URL patterns that a site can spin for ever, counted and cut off.

The counters are bounded: the patterns that were not met for longest are forgotten first, and a
host's own budget, which the frontier keeps on disk, stands behind them.
"""

import re
from hashlib import blake2b
from typing import Final
from urllib.parse import urlsplit

from cachetools import LRUCache

DATED_URLS: Final = 400
"""URLs of one shape that differ in their dates: more than a year of days."""

QUERIES_A_PATH: Final = {2: 1000, 3: 300}
MANY_PARAMETERS: Final = 50
"""Queries of one path by their number of parameters; one parameter alone is how many sites name
their pages, and only the host's budget bounds it."""

PATTERNS_KEPT: Final = 50_000
_DATE: Final = re.compile(
    r"(?<![0-9])(?:19|20|21)[0-9]{2}[-/_.](?:0?[1-9]|1[0-2])(?![0-9])"
    r"(?:[-/_.](?:0?[1-9]|[12][0-9]|3[01])(?![0-9]))?"
    r"|(?<![0-9])(?:19|20|21)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
)
_DATE_PARAMETER: Final = re.compile(
    r"(?:^|&)(?:year|month|day|week|date|yr|mon|cal_?[a-z]*|start_?date|end_?date)=[^&]*",
    re.IGNORECASE,
)


class Traps:
    """Counts what traps are made of, for all hosts of one crawl."""

    def __init__(self) -> None:
        self._patterns: LRUCache[bytes, int] = LRUCache(PATTERNS_KEPT)

    def find(self, key: str) -> str:
        """Why the URL with this canonical key is one too many; empty where it is not.

        Reasons: `calendar`, `facets`. Each call counts, so ask once a URL.
        """
        for reason, pattern, limit in _patterns_of(key):
            if not self._count(_digest(pattern), limit):
                return reason
        return ""

    def _count(self, pattern: bytes, limit: int) -> bool:
        met = self._patterns.get(pattern, 0)
        self._patterns[pattern] = min(met + 1, limit)
        return met < limit


def _patterns_of(key: str) -> list[tuple[str, str, int]]:
    parts = urlsplit(key)
    found = []
    undated_path = _DATE.sub("#", parts.path)
    undated_query = _DATE.sub("#", _DATE_PARAMETER.sub("#", parts.query))
    if undated_path != parts.path or undated_query != parts.query:
        shape = f"{parts.netloc} {undated_path} {undated_query}"
        found.append(("calendar", "date " + shape, DATED_URLS))
    parameters = parts.query.count("&") + 1 if parts.query else 0
    if parameters > 1:
        limit = QUERIES_A_PATH.get(parameters, MANY_PARAMETERS)
        shape = f"{parts.netloc} {parts.path} {min(parameters, 4)}"
        found.append(("facets", "query " + shape, limit))
    return found


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
