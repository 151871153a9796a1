"""The characters that a page's bytes stand for: as declared, or else as guessed."""

from typing import Final

from charset_normalizer import from_bytes
from w3lib.encoding import resolve_encoding, to_unicode

from crawler.policy.charset import read_declared

SAMPLE: Final = 16_384
"""Bytes that a guess is made from."""


def decode(body: bytes, declared: str = "") -> tuple[str, str]:
    """The text of `body` and the charset it was read in.

    `declared` is the response's Content-Type, or just the charset that it names. Never raises:
    what cannot be decoded becomes U+FFFD.
    """
    found = read_declared(body, declared)
    if found is None:
        charset = _guess(body) or "utf-8"
        found = to_unicode(body, charset), charset
    return found


def _guess(body: bytes) -> str | None:
    half = SAMPLE // 2
    sample = body if len(body) <= SAMPLE else body[:half] + body[-half:]
    best = from_bytes(sample).best()
    return resolve_encoding(best.encoding) if best else None
