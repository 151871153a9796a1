"""Files that are made with their first record, grow by whole records and are finished by renaming.

The file under writing ends in `.open` and is locked while its writer lives, so that a start-up
that repairs can tell a dead worker's file from a busy neighbour's.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crawler.capture.storage import make_folder, storage_error, sync_folder
from crawler.clock import Clock

OPEN: Final = ".open"


class OpenFile:
    """One file under writing. `path` is its final name below the root, known from the start."""

    def __init__(self, root: Path, path: str, *, until: float) -> None:
        """Raises `FileExistsError` where the name is taken, `StorageError` where it cannot be."""
        self.path = path
        self.until = until
        self.length = 0
        self._final = root / path
        self._place = root / (path + OPEN)
        self._descriptor = self._claim()

    def _claim(self) -> int:
        make_folder(self._place.parent)
        if self._final.exists():
            raise FileExistsError(self._final)
        try:
            descriptor = os.open(self._place, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            raise
        except OSError as error:
            raise storage_error(error, self._place) from error
        try:
            lock(descriptor)
        except BlockingIOError:
            os.close(descriptor)
            raise FileExistsError(self._place) from None
        if not self._place.exists():  # a neighbour's repair saw it empty in between, and took it
            os.close(descriptor)
            raise FileExistsError(self._place)
        return descriptor

    def append(self, content: bytes) -> int:
        """Write all of `content` at the end, or nothing of it; returns where it begins."""
        offset = self.length
        rest = memoryview(content)
        try:
            while rest:
                written = os.pwrite(self._descriptor, rest, offset + len(content) - len(rest))
                rest = rest[written:]
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._descriptor, offset)
            raise storage_error(error, self._place) from error
        self.length += len(content)
        return offset

    def sync(self) -> None:
        """Put what was written on disk."""
        try:
            os.fsync(self._descriptor)
            sync_folder(self._place.parent)
        except OSError as error:
            raise storage_error(error, self._place) from error

    def finish(self) -> bool:
        """Give the file its final name; False where it held nothing and is gone instead."""
        try:
            if self.length:
                self.sync()
                self._place.rename(self._final)
            else:
                self._place.unlink(missing_ok=True)
            sync_folder(self._place.parent)
        except OSError as error:
            raise storage_error(error, self._place) from error
        finally:
            os.close(self._descriptor)
        return self.length > 0

    def abandon(self) -> None:
        """Let go of the file as it is; the next start cuts it to what was acknowledged."""
        os.close(self._descriptor)


def lock(descriptor: int) -> None:
    """Hold the file until it is closed; `BlockingIOError` where somebody else does."""
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@dataclass(frozen=True, slots=True)
class Limits:
    """When a file is full."""

    bytes: int
    seconds: float


class RollingFiles:
    """The files of one series, one after the other.

    `name` makes a path below the root of a serial and of the first and last moment at which the
    file may be written; a name that is taken makes it take the next serial.
    """

    def __init__(
        self,
        root: Path,
        name: Callable[[int, float, float], str],
        serials: Iterator[int],
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._root = root
        self._name = name
        self._serials = serials
        self._limits = limits
        self._clock = clock
        self._current: OpenFile | None = None
        self._full: list[OpenFile] = []
        self._settled: list[OpenFile] = []
        self.finished: list[str] = []
        """Paths finished so far and not yet taken away by whoever indexes or publishes them."""

    def current(self) -> OpenFile:
        """The file to write to now; a new one where the last is full or its time is over."""
        self._roll()
        if self._current is None:
            self._current = self._open()
        return self._current

    def _roll(self) -> None:
        file = self._current
        if file is None:
            return
        if file.length >= self._limits.bytes or self._clock.now() >= file.until:
            self._full.append(file)
            self._current = None

    def _open(self) -> OpenFile:
        start = self._clock.now()
        # A row names its WARC while that is still growing, so the final name must be known when
        # the file is made: its end is the moment after which nothing is written to it any more.
        end = start + self._limits.seconds
        while True:
            try:
                path = self._name(next(self._serials), start, end)
                return OpenFile(self._root, path, until=end)
            except FileExistsError:
                continue

    def checkpoint(self) -> dict[str, int]:
        """Put everything on disk; returns the length of each open file by its path below the root.

        A full file keeps `.open` until the checkpoint after the one that reported its whole
        length: only then is that length known to stand in the ledger, and a kill in between
        could not leave records in a finished file that nobody acknowledged.
        """
        self._roll()
        self._finish(self._settled)
        self._settled, self._full = self._full, []
        files = [*self._settled, *([self._current] if self._current else [])]
        for file in files:
            file.sync()
        return {file.path + OPEN: file.length for file in files if file.length}

    def close(self) -> None:
        """Finish every file."""
        current, self._current = self._current, None
        full, self._full = self._full, []
        self._finish(self._settled)
        self._finish(full)
        self._finish([current] if current else [])

    def abandon(self) -> None:
        """Let go of every file as it is."""
        files = [*self._settled, *self._full, *([self._current] if self._current else [])]
        self._settled, self._full, self._current = [], [], None
        for file in files:
            file.abandon()

    def _finish(self, files: list[OpenFile]) -> None:
        while files:
            file = files.pop(0)
            if file.finish():
                self.finished.append(file.path)

    def take_finished(self) -> list[str]:
        """Paths finished since the last call."""
        taken, self.finished = self.finished, []
        return taken
