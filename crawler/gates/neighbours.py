"""The turns of other processes on the same ledger: two crawls of one host are one visitor to it.

One file beside the ledger. A host or an address that is being asked is a locked byte of it, which
the kernel frees when its process dies, however it dies. When it may be asked again stands in one
of the few places that its number leads to; of more than these hold, the one that is over soonest
is forgotten. What is said of one key never holds for another: it may be a rest of hours.
"""

import fcntl
import os
import struct
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

from crawler.errors import StorageError
from crawler.policy.pace import LONGEST_PARKING

BUCKETS: Final = 1 << 16
PLACES: Final = 4
"""Places in a bucket: a quarter of a million keys in all."""

CLOCKS_APART: Final = 1.0
"""Seconds by which the clocks of two processes may differ."""

BUSY: Final = 0.25
"""Seconds until a key that another process asks is tried again."""

_WORD: Final = struct.Struct("<dd7sx")
"""When it was left, until when its host or address is to rest, and which that is."""
_LOCKS: Final = 1 << 40
"""Where the bytes begin that are locked: far behind the words, so that no two keys share one."""


class Neighbours:
    """What the processes that keep one ledger know of one another's turns.

    A process must open a file but once: closing it frees all of its locks (POSIX, fcntl).
    """

    def __init__(self, place: Path) -> None:
        """Raises `StorageError` where the file cannot be made."""
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            # Not every file system has locks: better told now than waited for.
            self._free([""] if self._lock("") else [])
        except OSError as error:
            raise StorageError(
                f"The file {str(place)!r} cannot be used: {error.strerror or error}; give the user "
                "that runs Heed permission to write there, or name another --ledger."
            ) from error

    def ready(self, key: str, now: float) -> float:
        """When `key` may be asked again for all that others left word of, 0 for at once.

        Word from a time that has not come yet is older than a clock that was set back: how long
        the rest was to be is believed, not when. No rest is longer than `LONGEST_PARKING`.
        """
        said = {whose: (written, until) for _, written, until, whose in self._bucket(key)}
        written, until = said.get(_digest(key), (0.0, 0.0))
        if not 0.0 < until - written <= LONGEST_PARKING:
            return 0.0
        if written > now + CLOCKS_APART:
            until = now + (until - written)
            self._put(key, now, until)
        return until if until > now else 0.0

    def hold(self, until: Mapping[str, float], now: float) -> Mapping[str, float]:
        """Take the turns of all keys of `until`; nothing came of it where any is returned.

        `until` tells of each key when it may be asked again if this process dies at once, what
        is returned when to try those again that are not to be had.
        """
        held = [key for key in until if self._lock(key)]
        busy = {key: now + BUSY for key in until if key not in held}
        busy |= {key: ready for key in held if (ready := self.ready(key, now))}
        if busy:
            self._free(held)
        else:
            self._write(until, now)
        return busy

    def release(self, until: Mapping[str, float], now: float) -> None:
        """Give the turns of all keys of `until` back; each may be asked again from then on."""
        self._write(until, now)
        self._free(until)

    def close(self) -> None:
        """Give everything back."""
        os.close(self._file)

    def _lock(self, key: str) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _LOCKS + _number(key))
        except (BlockingIOError, PermissionError):
            # fcntl(2): EACCES or EAGAIN where another process has it.
            return False
        return True

    def _free(self, keys: Iterable[str]) -> None:
        for key in keys:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _LOCKS + _number(key))

    def _write(self, until: Mapping[str, float], now: float) -> None:
        for key, when in until.items():
            self._put(key, now, max(when, self.ready(key, now)))

    def _put(self, key: str, now: float, until: float) -> None:
        own, bucket = _digest(key), self._bucket(key)
        place, *_ = min(bucket, key=lambda word: (word[3] != own, word[2] > now, word[2]))
        # Of a full disk the ledger speaks; the locks hold without it.
        with suppress(OSError):
            os.pwrite(self._file, _WORD.pack(now, until, own), place)

    def _bucket(self, key: str) -> list[tuple[int, float, float, bytes]]:
        """Every place where word of `key` may stand, and what stands there."""
        start = _number(key) % BUCKETS * PLACES * _WORD.size
        found = os.pread(self._file, PLACES * _WORD.size, start).ljust(PLACES * _WORD.size, b"\0")
        words = enumerate(_WORD.iter_unpack(found))
        return [(start + at * _WORD.size, *word) for at, word in words]


class Alone:
    """Where no other process can be on the same ledger, or nobody could tell."""

    def ready(self, key: str, now: float) -> float:  # noqa: ARG002
        """At once."""
        return 0.0

    def hold(self, until: Mapping[str, float], now: float) -> Mapping[str, float]:  # noqa: ARG002
        """All of them."""
        return {}

    def release(self, until: Mapping[str, float], now: float) -> None:
        """Nobody waits."""

    def close(self) -> None:
        """Nothing to give back."""


def neighbours_on(ledger: str) -> Neighbours | Alone:
    """Those that keep the ledger of this path; the workers on a database's share a frontier."""
    return Alone() if "://" in ledger else Neighbours(Path(f"{ledger}.turns"))


def _number(key: str) -> int:
    return int.from_bytes(_digest(key), "big")


def _digest(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=7).digest()
