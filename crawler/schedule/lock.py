"""One run of a job at a time, whoever started it and whatever was killed.

The lock is a `flock` that the job's own process inherits: it lasts as long as any of the two
lives, and the kernel lets go of it with the last one. The file says who they are.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import IO, Final

from crawler.errors import StorageError

TRIES: Final = 4
BETWEEN_TRIES: Final = 0.02
"""Seconds: who only looks whether a lock is held holds it for an instant."""

PAUSE: Final = Event()


class JobLock:
    """Holds a job; `fileno` is what a child inherits to hold it too."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @property
    def fileno(self) -> int:
        """The descriptor that holds the lock."""
        return self._file.fileno()

    def note(self, **processes: int) -> None:
        """Write down which processes hold the lock, by their part."""
        self._file.seek(0)
        self._file.truncate()
        json.dump(processes, self._file)
        self._file.flush()

    def beat(self) -> None:
        """Leave a sign of life on the file."""
        os.utime(self.fileno)

    def release(self) -> None:
        """Let go, as far as this process is concerned."""
        self._file.close()


def take(path: Path) -> JobLock | None:
    """The lock at `path`, or None where another process holds it; raises `StorageError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        why = error.strerror or error
        raise StorageError(
            f"The lock {str(path)!r} cannot be made: {why}; see to the folder's permissions."
        ) from error
    for _ in range(TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            PAUSE.wait(BETWEEN_TRIES)
        else:
            return JobLock(file)
    file.close()
    return None


def is_held(path: Path) -> bool:
    """Whether some process runs the job at this moment."""
    try:
        with path.open("rb") as file:
            # Shared, and let go of at once: nobody who holds it notices.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def holders(path: Path) -> Mapping[str, int]:
    """The processes that hold the lock at `path`, by their part; none where it is free.

    Each leads a session of its own. A number that no longer does is somebody else's by now.
    """
    if not is_held(path):
        return {}
    try:
        noted: dict[str, int] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        # It is being written in this very moment.
        return {}
    return {part: pid for part, pid in noted.items() if _leads_a_session(pid)}


def _leads_a_session(pid: int) -> bool:
    try:
        return os.getsid(pid) == pid
    except OSError:
        return False
