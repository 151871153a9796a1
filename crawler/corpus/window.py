"""Bytes of a stream taken piece by piece: up to a mark, or so many of them."""

from collections.abc import Iterator
from typing import Final

from crawler.capture.members import Readable

_CHUNK: Final = 1 << 18


class Window:
    """What is next in `stream`; holds at most a chunk, and what `until` looks through."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._held = b""
        self.position = 0
        """Bytes taken so far."""

    def _fill(self) -> bool:
        more = self._stream.read(_CHUNK)
        self._held += more
        return bool(more)

    def peek(self, size: int = 1) -> bytes:
        """The next bytes, at most `size` of them, left where they are."""
        while len(self._held) < size and self._fill():
            pass
        return self._held[:size]

    def until(self, mark: bytes, limit: int) -> bytes:
        """Everything up to the end of the next `mark`; empty where none comes within `limit`."""
        start = 0
        while (found := self._held.find(mark, start)) < 0:
            start = max(0, len(self._held) - len(mark) + 1)
            if len(self._held) > limit or not self._fill():
                return b""
        return self._take(found + len(mark))

    def take(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes in pieces; fewer where the stream ends."""
        while size and (self._held or self._fill()):
            piece = self._take(min(size, len(self._held)))
            size -= len(piece)
            yield piece

    def _take(self, size: int) -> bytes:
        taken, self._held = self._held[:size], self._held[size:]
        self.position += len(taken)
        return taken

    def skip_to(self, mark: bytes) -> bool:
        """Leave out what is before the next `mark`; False where none comes."""
        while (found := self._held.find(mark)) < 0:
            self._take(max(0, len(self._held) - len(mark) + 1))
            if not self._fill():
                self._take(len(self._held))
                return False
        self._take(found)
        return True
