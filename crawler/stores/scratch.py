"""A folder for what is not finished yet, on the disk for temporary files."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

from crawler.errors import StorageError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def scratch() -> Iterator[Path]:
    """A new folder, gone after the block; raises `StorageError` where it cannot hold more."""
    check_scratch()
    try:
        with TemporaryDirectory(prefix="heed-") as folder:
            yield Path(folder)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise no_room(error.strerror or "") from error


def check_scratch() -> None:
    """Raise `StorageError` where nothing can be written to any folder for temporary files."""
    try:
        gettempdir()
    except FileNotFoundError as error:
        raise StorageError(
            f"{error.strerror}: free some space in one of them, or name another in TMPDIR."
        ) from error


def no_room(why: str) -> StorageError:
    """The sentence for a disk that cannot hold what is temporary."""
    return StorageError(
        f"The folder for temporary files, {gettempdir()}, can hold no more ({why}): "
        "free some space there, or name another in TMPDIR."
    )
