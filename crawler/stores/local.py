"""A local folder as a store: a hard link where it can be, a copy where it must."""

import os
import shutil
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Final

from crawler.errors import StorageError

PARTIAL: Final = ".open"


class LocalStore:
    """Files below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def check(self) -> None:
        """Make the folder where it is missing; raises `StorageError`."""
        try:
            self._root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"Cannot use {self._root} as a store: {error.strerror}.") from error

    def publish(self, file: Path, key: str) -> None:
        """Link or copy `file` to `key`; raises `StorageError`."""
        place = self._root / key
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            _link(file, place)
        except FileExistsError:
            if not place.is_file() or sha256_of(file) != sha256_of(place):
                raise StorageError(f"{place} holds something else and stays as it is.") from None
        except OSError as error:
            raise StorageError(f"Cannot publish {place}: {error.strerror}.") from error

    def abort_unfinished(self, wanted: frozenset[str], before: datetime) -> int:
        """Remove partial copies."""
        left = [
            place
            for place in self._root.rglob("*" + PARTIAL)
            if place.relative_to(self._root).as_posix().removesuffix(PARTIAL) not in wanted
            and place.stat().st_mtime < before.timestamp()
        ]
        for place in left:
            place.unlink(missing_ok=True)
        return len(left)


def _link(file: Path, place: Path) -> None:
    try:
        os.link(file, place)
    except FileExistsError:
        raise
    except OSError:  # another file system, or one without links
        partial = place.with_name(place.name + PARTIAL)
        shutil.copyfile(file, partial)
        os.link(partial, place)
        partial.unlink()


def sha256_of(file: Path) -> str:
    """Hexadecimal digest of a file's bytes."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
