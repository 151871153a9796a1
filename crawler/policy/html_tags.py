"""The tags of an HTML page as a parser meets them, with exact offsets, at the speed of a search.

The tokenization stage of the HTML Standard (13.2.5), written as possessive patterns so that every
byte is looked at a fixed number of times whatever a page holds. Tags in comments, in attribute
values and in raw text elements are no tags; tags in `noscript` are, since Heed runs no scripts.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from html.entities import html5
from typing import Final, NamedTuple

from crawler.policy.word_search import WordSearch

_ATTRIBUTES: Final = (
    rb"[^>=]*+(?:=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]*+)?[^>=]*+)*+"
)
_COMMENT: Final = rb"<!--(?:-?>|[^-]*+(?:-(?!-!?>)[^-]*+)*+(?:--!?>|\Z))"
_NO_TAG: Final = _COMMENT + rb"|<[!?][^>]*+>?|</(?![a-z])[^>]*+>?|<(?![a-z/])"
_NAMED: Final = (
    rb"(?:meta|link|script|style|title|textarea|xmp|iframe|noembed|noframes|plaintext)(?=[\s/>]|\Z)"
)
_UNNAMED_TAG: Final = (
    rb"</[a-z][^>]*+>?|<(?:[abcdefghjkoqruvwyz]|(?!" + _NAMED + rb")[a-z])" + _ATTRIBUTES + rb">?"
)
"""An end tag, or a start tag that is not of interest (first letters first, for speed)."""
_ANY_TAG: Final = rb"<(/?[a-z][^\s/>]*+)" + _ATTRIBUTES + rb">?"
_TAG: Final = re.compile(_ANY_TAG)
_NEXT_TAG: Final = re.compile(rb"[^<]*+(?:(?:" + _NO_TAG + rb")[^<]*+)*+" + _ANY_TAG)
_NEXT_NAMED_TAG: Final = re.compile(
    rb"[^<]*+(?:(?:" + _UNNAMED_TAG + rb"|" + _NO_TAG + rb")[^<]*+)*+" + _ANY_TAG
)
_ATTRIBUTE: Final = re.compile(
    rb"([^\s/>=][^\s/>=]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"?|'([^']*+)'?|([^\s>]*+)))?"
)
_REFERENCE: Final = re.compile(
    r"&(?:#[0-9]++;?|#[xX][0-9a-fA-F]++;?|[A-Za-z][0-9A-Za-z]*+(?:;|(?!=)))"
)
_ADDRESSES: Final = frozenset({b"href", b"src"})
_UNQUOTED: Final = 4
"""The group of `_ATTRIBUTE` that a value without quotes matches."""
_RAW_TEXT: Final = {
    name: b"</" + name
    for name in (
        b"script", b"style", b"title", b"textarea", b"xmp", b"iframe", b"noembed", b"noframes",
        b"plaintext",
    )
}  # fmt: skip
_BEHIND_NAME: Final = re.compile(rb"(?=[\s/>])[^>]*+>?")
_WANTABLE: Final = frozenset({b"meta", b"link", b"script"})
_TYPES: Final = (b"ld+json", b"rsl+xml")
_SOUGHT_WORDS: Final = (*_TYPES, b"<link", b"<meta")
_SOUGHT: Final = WordSearch(_SOUGHT_WORDS)
"""Where none of these follows, no tag that is wanted does; a script is found by its type."""
_MOST_WEIGHED: Final = 200
_LONGEST_WEIGHED: Final = 4_096
_LONGEST_SCRIPT_WEIGHED: Final = 65_536
"""Tags, and bytes of each and of what a script holds, that are read only to learn whether one is
wanted: a bound on the time that a page can make this take."""
_OF_A_HEAD: Final = frozenset(
    {
        b"html", b"head", b"meta", b"link", b"base", b"script", b"style", b"title", b"noscript",
        b"template", b"/noscript", b"/template", b"/script", b"/style", b"/title", b"bgsound",
        b"basefont", b"noframes", b"/noframes", b"/meta", b"/link", b"/base",
    }
)  # fmt: skip
"""Tags that do not end the head (HTML Standard 13.2.6.4.4); `</head>` and all others do."""


class Tag(NamedTuple):
    """One tag: its name (an end tag's begins with `/`) and where it stands, as text indexes.

    `content_end` is where the raw text behind it ends ("script"); for other tags it is `end`.
    """

    name: bytes
    start: int
    end: int
    content_end: int
    in_head: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page's bytes, and a lower-case copy with exactly one byte a code unit to search in.

    An index into `lower` is turned into an offset of `body` by `offset`.
    """

    body: bytes
    lower: bytes
    base: int = 0
    width: int = 1
    codec: str = "utf-8"

    def offset(self, index: int) -> int:
        """The byte offset in `body` of the code unit at `index`."""
        return self.base + index * self.width

    def text(self, start: int, end: int) -> str:
        """The words between two indexes: by the page's codec, or as Latin-1 where that fails."""
        words = self.body[self.offset(start) : self.offset(end)]
        try:
            return words.decode(self.codec)
        except UnicodeDecodeError:
            return words.decode("latin-1" if self.width == 1 else self.codec, "replace")


Wanted = Callable[[Page, Tag], bool]
"""Whether a tag may say anything of interest."""

_WIDE: Final = (
    (b"\xff\xfe", 2, "utf-16-le"),
    (b"\xfe\xff", 2, "utf-16-be"),
    (b"<\x00", 0, "utf-16-le"),
    (b"\x00<", 0, "utf-16-be"),
)
"""How UTF-16 begins: with a byte order mark, or with a `<` whose other half is NUL."""
_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")
_ESCAPE: Final = 0x1B
_SHIFTED: Final = re.compile(rb"\x1b\$[@B][^\x1b]*+")


def open_page(body: bytes) -> Page:
    """`body` made searchable; never raises, and no length changes."""
    for mark, base, codec in _WIDE:
        if body.startswith(mark):
            even = body[base : len(body) - (len(body) - base) % 2]
            units = _ASTRAL.sub("??", even.decode(codec, "surrogatepass"))
            return Page(body, units.encode("ascii", "replace").lower(), base, 2, codec)
    lower = body.lower()
    if _ESCAPE in body:
        # ISO-2022-JP spells characters with the bytes of quotes and angle brackets.
        lower = _SHIFTED.sub(lambda found: b"?" * len(found[0]), body).lower()
    return Page(body, lower)


def read_tags(page: Page, wanted: Wanted | None = None) -> Iterator[Tag]:
    """Every tag in document order but the end tags of raw text.

    With `wanted` only the metas, links and scripts that are. The time is linear in the page's
    length: no byte is looked at by more than a few patterns.
    """
    lower, position, in_head, ahead = page.lower, 0, True, _NEXT_TAG
    last = _last_sought(page, wanted) if wanted else len(lower)
    while position <= last and (found := ahead.match(lower, position)):
        start, name, end = found.start(1) - len(b"<"), found[1], found.end()
        if in_head and name not in _OF_A_HEAD:
            in_head = False
            ahead = _NEXT_NAMED_TAG if wanted else _NEXT_TAG
        content_end = position = end
        if name in _RAW_TEXT:
            content_end, position = _behind_raw_text(lower, name, end)
        if wanted is None or name in _WANTABLE:
            tag = Tag(name, start, end, content_end, in_head)
            if wanted is None or wanted(page, tag):
                yield tag


def find_head_end(body: bytes) -> int | None:
    """Where the first tag begins that ends the head, as a byte offset; None where none does.

    A tag that reaches the end of `body` may not be whole yet and counts for nothing.
    """
    page = open_page(body)
    for tag in read_tags(page):
        if not tag.in_head and tag.end < len(page.lower):
            return page.offset(tag.start)
    return None


def _last_sought(page: Page, wanted: Wanted) -> int:
    """Where the last tag stands that may be wanted, or the type of a script that may; or -1."""
    places = [(_SOUGHT_WORDS[which], place) for which, place in _SOUGHT.places(page.lower)]
    for word, place in reversed(places[-_MOST_WEIGHED:]):
        if _may_be_wanted(page, word, place, wanted):
            return place
    return places[-_MOST_WEIGHED - 1][1] if len(places) > _MOST_WEIGHED else -1


def _may_be_wanted(page: Page, word: bytes, place: int, wanted: Wanted) -> bool:
    """Whether the tag at `place` is wanted, as far as that can be told of it alone."""
    lower = page.lower
    if word in _TYPES:
        end = place + len(word)
        closed = lower.find(_RAW_TEXT[b"script"], end, end + _LONGEST_SCRIPT_WEIGHED)
        return closed < 0 or wanted(page, Tag(b"script", place, end, closed, in_head=False))
    whole = min(len(lower), place + _LONGEST_WEIGHED)
    found = _TAG.match(lower, place, whole)
    if found is None or found.end() == whole:
        return True
    return wanted(page, Tag(found[1], place, found.end(), found.end(), in_head=False))


def _behind_raw_text(lower: bytes, name: bytes, end: int) -> tuple[int, int]:
    """Where the raw text ends and where tags begin again, behind a start tag that ends at `end`.

    HTML Standard 13.2.5.2 to 13.2.5.5. A self-closing element is empty, as it is in XHTML and
    SVG: a refusal behind it must be heard.
    """
    if lower.endswith(b"/>", 0, end):
        return end, end
    start, closing = end, _RAW_TEXT[name]
    while (start := lower.find(closing, start)) >= 0:
        if rest := _BEHIND_NAME.match(lower, start + len(closing)):
            return start, rest.end()
        start += len(closing)
    return len(lower), len(lower)


def read_attributes(page: Page, tag: Tag, wanted: Mapping[bytes, str]) -> dict[str, str]:
    """The attributes of `tag` that `wanted` names, entities decoded; of repeats the first.

    The slash of `content=noai/>` closes the tag, as its author meant, and is not in the value;
    that of `href=/licences/>` is (HTML Standard 13.2.5.37).
    NUL is dropped from values.
    """
    found: dict[str, str] = {}
    lower, end = page.lower, tag.end
    end -= lower.endswith(b">", 0, end)
    for one in _ATTRIBUTE.finditer(lower, tag.start + 1 + len(tag.name), end):
        key = wanted.get(one[1])
        if key is not None and key not in found:
            found[key] = _value(page, one, end)
    return found


def _value(page: Page, attribute: re.Match[bytes], end: int) -> str:
    group = attribute.lastindex or 1
    if group == 1:
        return ""
    start, stop = attribute.span(group)
    closes = group == _UNQUOTED and stop == end and attribute[1] not in _ADDRESSES
    if closes and page.lower.endswith(b"/", start, stop):
        stop -= 1
    words = page.text(start, stop)
    return _unescape(words).replace("\x00", "") if "&" in words or "\x00" in words else words


def _unescape(words: str) -> str:
    return _REFERENCE.sub(_character, words)


def _character(reference: re.Match[str]) -> str:
    """HTML Standard 13.2.5.73: in an attribute `&copy=` and `&region` are what they look like."""
    name = reference[0][1:]
    if not name.startswith("#") and name not in html5:
        return reference[0]
    try:
        return unescape(reference[0])
    except ValueError:  # a numeric reference with thousands of digits
        return reference[0]
