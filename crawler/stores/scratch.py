"""A folder for what is not finished yet, on the disk for temporary files."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

from crawler.errors import StorageError
from crawler.stores.locks import taken

_PREFIX: Final = "heed-scratch-"
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def scratch() -> Iterator[Path]:
    """A new folder, gone after the block; raises `StorageError` where it cannot hold more.

    It is held while the block lasts: that tells it from what a killed process left, which goes.
    """
    _check_writable()
    try:
        _drop_unheld()
        with _held_folder() as folder:
            yield folder
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise no_room(error.strerror or "") from error


def _check_writable() -> None:
    """Raise `StorageError` where nothing can be written to any folder for temporary files."""
    try:
        gettempdir()
    except FileNotFoundError as error:
        raise StorageError(
            f"{error.strerror}: free some space in one of them, or name another in TMPDIR."
        ) from error


@contextmanager
def _held_folder() -> Iterator[Path]:
    while True:
        with TemporaryDirectory(prefix=_PREFIX) as name:
            descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if not Path(name).exists():
                    continue  # who tidies saw it before it was held
                yield Path(name)
            finally:
                os.close(descriptor)
            return


@cache  # A rewriting has a folder for each of its files: once a process is enough.
def _drop_unheld() -> None:
    """Remove this user's folders that nobody holds; others' cannot be judged."""
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError), taken(folder) as descriptor:
            if os.fstat(descriptor).st_uid == os.geteuid():
                shutil.rmtree(folder)


def no_room(why: str) -> StorageError:
    """The sentence for a disk that cannot hold what is temporary."""
    return StorageError(
        f"The folder for temporary files, {gettempdir()}, can hold no more ({why}): "
        "free some space there, or name another in TMPDIR."
    )
