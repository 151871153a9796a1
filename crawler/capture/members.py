"""The gzip members of a stream, one after the other, in bounded memory; damage is told, not raised.

Every member is read to its checksum. Where one is damaged the reading goes on with the next bytes
that begin one.
"""

import zlib
from collections.abc import Iterator
from typing import Final, Protocol, cast

from isal import isal_zlib

_WINDOW: Final = zlib.MAX_WBITS + 16
_CHUNK: Final = 1 << 18
_MAGIC: Final = b"\x1f\x8b\x08"
_ERROR: Final = cast("type[Exception]", isal_zlib.error)

ENDS_EARLY: Final = "the gzip member ends early"
DAMAGED: Final = "the gzip member is damaged"
NO_MEMBER: Final = "bytes that are no gzip member"


class Readable(Protocol):
    """Anything that bytes are read from."""

    def read(self, size: int, /) -> bytes: ...


class Member:
    """One gzip member being read. `fault` is set where it is not whole."""

    def __init__(self, source: "Members", offset: int) -> None:
        self.offset = offset
        self.length = 0
        """Compressed bytes; right once `read` has come to the end."""
        self.fault = ""
        self._source = source
        self._stream = isal_zlib.decompressobj(wbits=_WINDOW)
        self._ended = False

    def read(self, size: int = _CHUNK, /) -> bytes:
        """At most `size` bytes more, decompressed; empty at the end, or at the fault."""
        while not self._ended:
            content = self._advance(size)
            if content:
                return content
        return b""

    def _advance(self, size: int) -> bytes:
        held = self._source.held or self._source.fill()
        if not held:
            self._end(ENDS_EARLY)
            return b""
        try:
            content = self._stream.decompress(held, size)
        except _ERROR:
            self._end(DAMAGED)
            return b""
        rest = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        self.length += len(held) - len(rest)
        self._source.held = rest
        if self._stream.eof:
            self._end("")
        return bytes(content)

    def _end(self, fault: str) -> None:
        self._ended, self.fault = True, fault
        self._source.position = self.offset + self.length

    def drain(self) -> None:
        """Read what is left of it."""
        while self.read():
            pass


class Members:
    """Iterates over the members of `stream`; each is read to its end before the next."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.held = b""
        self.position = 0
        """Where the next member begins."""

    def fill(self) -> bytes:
        """Read more; empty at the end."""
        self.held = self._stream.read(_CHUNK)
        return self.held

    def __iter__(self) -> Iterator[Member]:
        while self.held or self.fill():
            member = Member(self, self.position)
            yield member
            member.drain()
            if member.fault:
                self._skip_to_magic()

    def _skip_to_magic(self) -> None:
        """Leave out the first byte, and all after it until something begins like a member."""
        self._drop(1)
        while True:
            found = self.held.find(_MAGIC)
            if found >= 0:
                self._drop(found)
                return
            tail = self.held[-len(_MAGIC) + 1 :]
            more = self._stream.read(_CHUNK)
            self.position += len(self.held) - len(tail)
            self.held = tail + more
            if not more:
                self.held = b""
                return

    def _drop(self, count: int) -> None:
        self.position += min(count, len(self.held))
        self.held = self.held[count:]
