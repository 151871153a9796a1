"""A page in a charset whose bytes are not read: its words as UTF-8, and where in it they stand.

Plain words are looked for among bytes, as UTF-8 and Latin-1 spell them; UTF-16 and the charsets of
East Asia and Eastern Europe spell the same words in others.
"""

from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from w3lib.encoding import read_bom

from crawler.policy.charset import declarations, read_declared

_READ_AS_BYTES: Final = frozenset({"utf-8", "ascii", "cp1252"})
_STRIDE: Final = 1_024
"""Bytes decoded at once on the way to a place, then one by one."""


@dataclass(frozen=True, slots=True)
class Transcoded:
    """A page's bytes, the charset that they are written in, and their text in UTF-8."""

    body: bytes
    charset: str
    words: bytes

    def places(self, bounds: Iterable[int]) -> Iterator[int]:
        """The byte offsets in `body` of offsets in `words`, which come in order."""
        walk = _Walk(self.body, self.charset)
        known = characters = 0
        for bound in bounds:
            characters += len(self.words[known:bound].decode("utf-8", "replace"))
            known = bound
            yield walk.to(characters)


def transcode(body: bytes, declared: str) -> Transcoded | None:
    """A page that was served as `declared`, where its charset is known and is read by this alone.

    Of a page that says nothing of its charset, or is UTF-8 whatever it says, its bytes are read.
    """
    marked, mark = read_bom(body)
    if {marked or "utf-8", *declarations(body, declared)} <= _READ_AS_BYTES:
        return None
    found = read_declared(body, declared)
    if found is None or found[1] in _READ_AS_BYTES:
        return None
    text = _decoder(found[1]).decode(body[len(mark or b"") :], final=True)
    return Transcoded(body, found[1], text.encode("utf-8", "replace"))


def _decoder(charset: str) -> IncrementalDecoder:
    return getincrementaldecoder(charset)("replace")


class _Walk:
    """Goes through a body once, and tells where the characters of its text begin."""

    def __init__(self, body: bytes, charset: str) -> None:
        self._body = body
        self._decoder = _decoder(charset)
        self._place = len(read_bom(body)[1] or b"")
        self._passed = 0

    def to(self, character: int) -> int:
        """The byte offset behind as many characters; no fewer than in the call before."""
        before = self._decoder.getstate()
        while self._passed + (step := len(self._decoder.decode(self._next(_STRIDE)))) < character:
            if self._place >= len(self._body):
                return len(self._body)
            self._passed += step
            self._place += _STRIDE
            before = self._decoder.getstate()
        self._decoder.setstate(before)
        while self._passed < character and self._place < len(self._body):
            self._passed += len(self._decoder.decode(self._next(1)))
            self._place += 1
        return self._place

    def _next(self, size: int) -> bytes:
        return self._body[self._place : self._place + size]
