"""Digests as WARC fields write them (WARC/1.1 5.8): algorithm, colon, base32 or hexadecimal."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hashlib import _Hash

ALGORITHMS: Final[Mapping[str, "Callable[[], _Hash]"]] = {
    "sha1": partial(hashlib.sha1, usedforsecurity=False),
    "md5": partial(hashlib.md5, usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha-256": hashlib.sha256,
    "sha512": hashlib.sha512,
}


class Checked:
    """Bytes being held against the digest that a field states; one in unknown terms holds."""

    def __init__(self, stated: str) -> None:
        algorithm, _, value = stated.partition(":")
        make = ALGORITHMS.get(algorithm.lower())
        self._hash = make() if make is not None else None
        self._wanted = _decode(value, self._hash.digest_size) if self._hash is not None else b""

    def update(self, content: bytes) -> None:
        """Add `content`."""
        if self._hash is not None:
            self._hash.update(content)

    @property
    def holds(self) -> bool:
        """Whether the bytes have the stated digest."""
        return self._hash is None or self._hash.digest() == self._wanted


def _decode(value: str, size: int) -> bytes:
    try:
        if len(value) == size * 2:
            return bytes.fromhex(value)
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except (ValueError, binascii.Error):
        return b""
