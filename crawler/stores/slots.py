"""A folder of its own for each worker of a machine: what waits there is that worker's to publish.

The folder of a worker that was killed is taken by the next one that starts, so nothing that waits
in it is forgotten.
"""

import fcntl
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from crawler.errors import StorageError

LOCK: Final = ".lock"


@dataclass(frozen=True, slots=True)
class Slot:
    """A folder that is this process's until `lock` is closed or the process dies."""

    folder: Path
    lock: IO[bytes]


def take_slot(root: Path) -> Slot:
    """The first of `root`/worker-0, worker-1, … that no process holds; raises `StorageError`."""
    number = -1
    while True:
        number += 1
        folder = root / f"worker-{number}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / LOCK).open("ab")
        except OSError as error:
            raise StorageError(
                f"Cannot use {folder}: {error.strerror or error}; give the user that runs Heed "
                "permission to write there, or start it in another folder."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return Slot(folder, lock)
