"""Pages that say with status 200 that there is no such page: noticed, proved, and given no row.

A host that gave `SUSPECT` URLs the same text is asked once for a URL that no site has, through
the frontier and so gated and paced like any page. Only where the answer has that very text do
further pages with it count as soft errors: many a good site repeats itself, and a guess would
cost rows. Their records are kept, as those of every page.
"""

from dataclasses import dataclass, field
from enum import Enum
from hashlib import blake2b
from typing import Final
from urllib.parse import unquote, urlsplit

from cachetools import LRUCache

SUSPECT: Final = 10
"""URLs of a host with one and the same text before it is asked."""

TEXTS_A_HOST: Final = 50
HOSTS_KEPT: Final = 10_000
"""What is remembered; of more the ones met longest ago are forgotten."""

TELLING: Final = 8
"""Characters from which on a page's own name says so: a site's page 7 may differ by the 7 alone."""

_PATH: Final = "/heed-"
_SPACES: Final = b" \t\n\r\f\v"


class Finding(Enum):
    """What a page turned out to be."""

    OWN = "own"
    """A text of its own, for all that is known."""
    ASK = "ask"
    """The same as so many others that the host is to be asked for `probe_url`."""
    SOFT = "soft"
    """What the host says of pages that it does not have."""
    PROBE = "probe"
    """The answer to a probe: no page at all."""


@dataclass(slots=True)
class _Host:
    counts: LRUCache[bytes, int] = field(default_factory=lambda: LRUCache(TEXTS_A_HOST))
    asked: bool = False
    missing: bytes = b""


class SoftErrors:
    """Remembers, within bounds, which texts the hosts of a crawl repeat."""

    def __init__(self) -> None:
        self._hosts: LRUCache[str, _Host] = LRUCache(HOSTS_KEPT)

    def judge(self, url: str, text: str) -> Finding:
        """What the page at `url` is, whose text is not empty; each page is shown once."""
        name = urlsplit(url).netloc
        host = self._hosts.setdefault(name, _Host())
        seen = _digest(url, text)
        if url == probe_url(url):
            host.asked, host.missing = True, seen
            return Finding.PROBE
        if seen == host.missing:
            return Finding.SOFT
        return self._count(host, seen)

    def _count(self, host: _Host, seen: bytes) -> Finding:
        host.counts[seen] = host.counts.get(seen, 0) + 1
        if host.counts[seen] < SUSPECT or host.asked:
            return Finding.OWN
        host.asked = True
        return Finding.ASK


def probe_url(url: str) -> str:
    """The URL on the origin of `url` that no site has, always the same."""
    parts = urlsplit(url)
    name = blake2b(parts.netloc.encode("utf-8", "replace"), digest_size=12).hexdigest()
    return f"{parts.scheme}://{parts.netloc}{_PATH}{name}"


def _digest(url: str, text: str) -> bytes:
    """Of `text` without the address that a page repeats to say that it is not there.

    Spaces do not count: where the address stood there may be one more, or one less.
    """
    path = unquote(urlsplit(url).path)
    for own in (url, path, path.rpartition("/")[2]):
        text = text.replace(own, "") if len(own) >= TELLING else text
    words = text.encode("utf-8", "replace").translate(None, _SPACES)
    return blake2b(words, digest_size=8).digest()
