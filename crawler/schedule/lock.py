"""One run of a job at a time, whoever started it and whatever was killed.

The lock is a `flock` that the job's own process inherits: it lasts as long as any of the two
lives, and the kernel lets go of it with the last one. The file says who they are.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from crawler.stores.locks import hold, is_held


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
    file = hold(path)
    return JobLock(file) if file is not None else None


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
