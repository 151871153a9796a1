"""Which characters a body's bytes stand for: what was declared, unless the bytes say otherwise.

Servers and pages lie about charsets, mostly by calling UTF-8 something else. UTF-8 with anything
beyond ASCII in it is hardly ever valid by accident, so bytes that are valid UTF-8 are read as
such whatever was declared; only then are header, BOM and meta believed, and then a guess.
"""

from collections.abc import Iterator
from typing import Final

from charset_normalizer import from_bytes
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
    to_unicode,
)

META_WITHIN: Final = 4096
"""Bytes at the start of a page that are searched for its own declaration."""

SAMPLE: Final = 16_384
"""Bytes that a guess is made from."""

TOLERATED: Final = 1000
"""One undecodable character in so many is damage, more is another charset."""

WHOLE_A_DAMAGE: Final = 10
"""Characters beyond ASCII that must be whole for each that is not, to call it damage."""

_NO_CHARSETS: Final = frozenset({"unicode-escape", "raw-unicode-escape", "punycode", "idna"})
"""Codecs of Python's own that a server can name and that no page is written in."""

_WIDE: Final = ("utf-16", "utf-32")
_SEVEN_BIT: Final = ("iso2022", "hz", "utf-7", "utf-16", "utf-32")
"""Codecs whose bytes look like valid UTF-8 though they mean other characters."""

REPLACEMENT: Final = "\ufffd"


def decode(body: bytes, declared: str = "") -> tuple[str, str]:
    """The text of `body` and the charset it was read in.

    `declared` is the response's Content-Type, or just the charset that it names. Never raises:
    what cannot be decoded becomes U+FFFD.
    """
    charset, mark = read_bom(body)
    if charset and mark:
        return to_unicode(body[len(mark) :], charset), charset
    candidates = tuple(_declarations(body, declared))
    for charset in candidates:
        if charset.startswith(_SEVEN_BIT) and (text := _attempt(body, charset)) is not None:
            return text, charset
    if (text := _attempt(body, "utf-8")) is not None and _looks_meant(text):
        return text, "utf-8"
    for charset in candidates:
        if (text := _attempt(body, charset)) is not None:
            return text, charset
    charset = _guess(body) or "utf-8"
    return to_unicode(body, charset), charset


def _declarations(body: bytes, declared: str) -> Iterator[str]:
    named = http_content_type_encoding(declared) or resolve_encoding(declared)
    in_page = html_body_declared_encoding(body[:META_WITHIN])
    # Markup in a wide charset is full of NUL bytes; without them whoever names one is wrong.
    wide = b"\0" in body[:META_WITHIN]
    for charset in dict.fromkeys((named, in_page)):
        if not charset or charset in _NO_CHARSETS or (charset.startswith(_WIDE) and not wide):
            continue
        yield charset


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


def _guess(body: bytes) -> str | None:
    half = SAMPLE // 2
    sample = body if len(body) <= SAMPLE else body[:half] + body[-half:]
    best = from_bytes(sample).best()
    return resolve_encoding(best.encoding) if best else None
