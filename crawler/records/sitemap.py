"""PURE: what a sitemap lists (sitemaps.org), read as it streams: no tree, no entities, no end.

| form | entries |
|---|---|
| `<urlset>` | `<url>`: pages; a news sitemap's publication date stands for a missing lastmod |
| `<sitemapindex>` | `<sitemap>`: further sitemaps |
| text | one URL a line |

Any of them may be packed with gzip. What an `<image:loc>` or a `<video:…>` points to is no page.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from lxml import etree

from crawler.records.codings import decode_body

MOST_BYTES: Final = 16 * 1024 * 1024
"""Of one unpacked sitemap that are read; what lies behind is not looked at."""

MOST_ENTRIES: Final = 50_000
"""Of one sitemap that are read (sitemaps.org)."""

LONGEST_TEXT: Final = 4096
"""Characters of an element that are kept."""

_STEP: Final = 1 << 16
_GZIP_MAGIC: Final = b"\x1f\x8b"
_LAST_SECOND: Final = 86_399.0
_DATE_ALONE: Final = len("2026-11-22")
_LISTED: Final = frozenset({"url", "sitemap"})
_ENTRY: Final = 2
"""Depth at which entries stand; what says where they are and when they changed is theirs."""

_DATES: Final = frozenset({"lastmod", "publication_date"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A URL as it is written in a sitemap."""

    url: str
    changed_at: float = 0.0
    """Epoch seconds, 0 where no date is given or none can be read."""
    is_sitemap: bool = False


def unpack(body: bytes) -> bytes:
    """`body` without its gzip, where it has one; at most `MOST_BYTES`. Never raises."""
    codings = ["gzip"] if body.startswith(_GZIP_MAGIC) else []
    return decode_body(body, codings, MOST_BYTES, whole=False).body


def read_entries(text: bytes) -> Iterator[Entry]:
    """The entries of an unpacked sitemap, in order, at most `MOST_ENTRIES`; never raises.

    It is read bit by bit as entries are asked for, and up to the first place that is no XML.
    """
    entries = (
        _read_xml(text)
        if text.lstrip()[:512].startswith((b"<", b"\xef\xbb\xbf<"))
        else (_read_lines(text))
    )
    for number, entry in enumerate(entries):
        if number == MOST_ENTRIES:
            return
        yield entry


def read_date(written: str) -> float:
    """A W3C date as epoch seconds, its last second where only the day is given; else 0."""
    written = written.strip()
    try:
        when = datetime.fromisoformat(written)
        when = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
        seconds = when.timestamp()
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, seconds + (_LAST_SECOND if len(written) <= _DATE_ALONE else 0.0))


def _read_lines(text: bytes) -> Iterator[Entry]:
    begin = 0
    while begin < len(text):
        end = text.find(b"\n", begin)
        end = len(text) if end < 0 else end
        line = text[begin : min(end, begin + LONGEST_TEXT)].decode("utf-8", "replace").strip()
        begin = end + 1
        if line.startswith(("http://", "https://")):
            yield Entry(line)


def _read_xml(text: bytes) -> Iterator[Entry]:
    listing = _Listing()
    parser = etree.XMLPullParser(
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
    )
    with suppress(etree.XMLSyntaxError):
        for start in range(0, len(text), _STEP):
            parser.feed(text[start : start + _STEP])
            yield from listing.take(parser.read_events())
    yield from listing.take(parser.read_events())


@dataclass
class _Listing:
    """Hears of elements as they begin and end, and remembers those of the entry it is in."""

    _depth: int = 0
    _url: str = ""
    _dates: dict[str, float] = field(default_factory=dict)

    def take(self, events: Iterable[tuple[str, Any]]) -> Iterator[Entry]:
        """The entries that end with `events`; the tree behind these is given up."""
        with suppress(etree.XMLSyntaxError):
            for event, element in events:
                if event == "start":
                    self._begin()
                else:
                    yield from self._end(element)
                    _give_up(element)

    def _begin(self) -> None:
        self._depth += 1
        if self._depth == _ENTRY:
            self._url, self._dates = "", {}

    def _end(self, element: etree._Element) -> Iterator[Entry]:
        name = str(element.tag).rpartition("}")[2]
        words = (element.text or "")[:LONGEST_TEXT].strip()
        if self._depth == _ENTRY and name in _LISTED and self._url:
            changed_at = self._dates.get("lastmod") or self._dates.get("publication_date", 0.0)
            yield Entry(self._url, changed_at, name == "sitemap")
        elif self._depth == _ENTRY + 1 and name == "loc":
            self._url = self._url or words
        elif name in _DATES:
            self._dates.setdefault(name, read_date(words))
        self._depth -= 1


def _give_up(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
