"""An object of a bucket read as a stream, over connections that may break."""

from collections.abc import Callable
from io import RawIOBase
from typing import Any, Final

from botocore.exceptions import BotoCoreError

from crawler.stores.protocol import StoreAwayError

MOST_BREAKS: Final = 5
"""Connections in a row that may break without a byte read."""

Get = Callable[[int, str], Any]
"""Asks for the object from a byte on; with an entity tag, only as long as it is still that one."""


class ObjectStream(RawIOBase):
    """The bytes of an object, in order. What reads raises `StorageError`."""

    def __init__(self, get: Get, name: str) -> None:
        self._get = get
        self._name = name
        self._position = 0
        answer = get(0, "")
        self._length = int(answer["ContentLength"])
        self._etag = str(answer["ETag"])
        self._body: Any = answer["Body"]
        self._breaks = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (a buffer: bytearray, memoryview …)
        """Some bytes, 0 at the end."""
        while self._position < self._length:
            content = self._read(len(buffer))
            if content:
                self._breaks = 0
                self._position += len(content)
                buffer[: len(content)] = content
                return len(content)
            self._breaks += 1
            if self._breaks > MOST_BREAKS:
                raise StoreAwayError(f"{self._name} ends at byte {self._position}, too early.")
            self._body = self._get(self._position, self._etag)["Body"]
        return 0

    def _read(self, size: int) -> bytes:
        try:
            return bytes(self._body.read(size))
        except (BotoCoreError, OSError):
            return b""

    def close(self) -> None:
        """Let go of the connection."""
        if not self.closed:
            self._body.close()
        super().close()
