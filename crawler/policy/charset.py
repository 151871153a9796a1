"""Which characters a body's bytes stand for, as far as they or who wrote them say.

Servers and pages lie about charsets, mostly by calling UTF-8 something else. UTF-8 with anything
beyond ASCII in it is hardly ever valid by accident, so bytes that are valid UTF-8 are read as
such whatever was declared; only then are header, BOM and meta believed.
"""

from collections.abc import Iterator
from typing import Final

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
    to_unicode,
)

META_WITHIN: Final = 4096
"""Bytes at the start of a page that are searched for its own declaration."""

TOLERATED: Final = 1000
"""One undecodable character in so many is damage, more is another charset."""

WHOLE_A_DAMAGE: Final = 10
"""Characters beyond ASCII that must be whole for each that is not, to call it damage."""

NO_CHARSETS: Final = frozenset({"unicode-escape", "raw-unicode-escape", "punycode", "idna"})
"""Codecs of Python's own that a server can name and that no page is written in."""

_WIDE: Final = ("utf-16", "utf-32")
_UNMARKED: Final = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""How markup in UTF-16 begins where nothing else tells of it."""
_SHORT: Final = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}
"""Names that leave the order of bytes to a mark: without one it is this (WHATWG Encoding 4.2)."""
SEVEN_BIT: Final = ("iso2022", "hz", "utf-7", "utf-16", "utf-32")
"""Codecs whose bytes look like valid UTF-8, or like no text, though they mean other characters."""

REPLACEMENT: Final = "\ufffd"


def read_declared(body: bytes, declared: str) -> tuple[str, str] | None:
    """The text of `body` and the charset it was read in; None where nothing says which it is.

    `declared` is the response's Content-Type, or just the charset that it names. Never raises:
    what cannot be decoded becomes U+FFFD.
    """
    charset, mark = read_bom(body)
    if charset and mark:
        return to_unicode(body[len(mark) :], charset), charset
    candidates = tuple(declarations(body, declared))
    for charset in candidates:
        if charset.startswith(SEVEN_BIT) and (text := _attempt(body, charset)) is not None:
            return text, charset
    if (text := _attempt(body, "utf-8")) is not None and _looks_meant(text):
        return text, "utf-8"
    for charset in candidates:
        if (text := _attempt(body, charset)) is not None:
            return text, charset
    return None


def declarations(body: bytes, declared: str) -> Iterator[str]:
    """The codecs that the response, then the page itself, say it is written in."""
    named = http_content_type_encoding(declared) or resolve_encoding(declared)
    in_page = html_body_declared_encoding(body[:META_WITHIN])
    # Markup in a wide charset is full of NUL bytes; without them whoever names one is wrong.
    wide = b"\0" in body[:META_WITHIN]
    for charset in dict.fromkeys((named, in_page, _UNMARKED.get(body[:2]))):
        if not charset or charset in NO_CHARSETS or (charset.startswith(_WIDE) and not wide):
            continue
        yield _SHORT.get(charset, charset)


def _attempt(body: bytes, charset: str) -> str | None:
    """`body` in `charset`, or None where that is not what it is written in."""
    try:
        text = to_unicode(body, charset)
    except (LookupError, UnicodeError):
        return None
    damage = text.count(REPLACEMENT)
    # A body that was cut may end within a character.
    return text if damage <= 1 + len(text) // TOLERATED else None


def _looks_meant(text: str) -> bool:
    """Whether UTF-8 that is damaged holds much more beyond ASCII that is not."""
    damage = text.count(REPLACEMENT)
    beyond = len(text) - len(text.encode("ascii", "ignore")) if damage else 0
    return beyond >= damage * WHOLE_A_DAMAGE
