"""A folder of its own for each worker of a machine: what waits there is that worker's to publish.

The folder of a worker that was killed is taken by the next one that starts, so nothing that waits
in it is forgotten.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from crawler.stores.locks import hold

LOCK: Final = ".lock"


@dataclass(frozen=True, slots=True)
class Slot:
    """A folder that is this process's until `lock` is closed or the process dies."""

    folder: Path
    lock: IO[str]


def take_slot(root: Path) -> Slot:
    """The first of `root`/worker-0, worker-1, … that no process holds; raises `StorageError`."""
    number = -1
    while True:
        number += 1
        folder = root / f"worker-{number}"
        lock = hold(folder / LOCK)
        if lock is not None:
            return Slot(folder, lock)
