"""Files that one process holds at a time (flock(2)).

A child that inherits the file holds it too; the kernel lets go of it when the last of them closes
it or dies, however it dies.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import IO, Final

from crawler.errors import StorageError

TRIES: Final = 4
BETWEEN_TRIES: Final = 0.02
"""Seconds: who only looks whether a lock is held holds it for an instant."""

_PAUSE: Final = Event()


def hold(path: Path) -> IO[str] | None:
    """The file at `path`, held until it is closed, or None where another process holds it.

    It and its folder are made where they are missing. Raises `StorageError` where they cannot be.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"The lock {str(path)!r} cannot be made: {error.strerror or error}; give the user that "
            "runs Heed permission to write there, or name another folder."
        ) from error
    for _ in range(TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _PAUSE.wait(BETWEEN_TRIES)
        else:
            return file
    file.close()
    return None


def is_held(path: Path) -> bool:
    """Whether some process holds the file at `path` at this moment."""
    try:
        with path.open("rb") as file:
            # Shared, and let go of at once: nobody who holds it notices.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextmanager
def taken(path: Path) -> Iterator[int]:
    """The descriptor of the file or folder at `path`, held for the block.

    Raises `BlockingIOError` where another process holds it, `OSError` where it is none: a link,
    say.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    finally:
        os.close(descriptor)
