"""PURE: keys met lately, in bounded memory; what it forgets the frontier still knows."""

from collections import OrderedDict
from hashlib import blake2b
from typing import Final

KEPT: Final = 200_000


class RecentKeys:
    """A set of keys that forgets the ones not asked about for longest."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._digests: OrderedDict[bytes, None] = OrderedDict()

    def __contains__(self, key: str) -> bool:
        digest = _digest(key)
        if digest not in self._digests:
            return False
        self._digests.move_to_end(digest)
        return True

    def add(self, key: str) -> None:
        """Remember `key`."""
        self._digests[_digest(key)] = None
        if len(self._digests) > self._kept:
            self._digests.popitem(last=False)


def _digest(key: str) -> bytes:
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
