"""Trouble with the machine's disk, said in one sentence with its remedy."""

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from crawler.errors import StorageError

_SPACE: Final = "free some space there and run the same command again to continue"
_RIGHTS: Final = "give the user that runs Heed permission to write there, or choose another --out"
_FOLDER: Final = "a file stands where a folder is needed: move it, or choose another --out"

REMEDIES: Final[Mapping[int, str]] = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EFBIG: "raise the file size limit (ulimit -f), or lower HEED_ROLL_BYTES",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.EROFS: "remount the file system for writing, or choose another --out",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.ENOTDIR: _FOLDER,
    errno.EEXIST: _FOLDER,
}
_OTHERWISE: Final = "check that disk and run the same command again to continue"


def storage_error(error: OSError, path: Path) -> StorageError:
    """`error`, met while writing `path`, as the sentence that the operator reads."""
    reason = os.strerror(error.errno) if error.errno is not None else str(error)
    remedy = REMEDIES.get(error.errno or 0, _OTHERWISE)
    return StorageError(f"Cannot write {path}: {reason}; {remedy}.")


def make_folder(folder: Path) -> None:
    """Make `folder` and those above it where they are missing; raises `StorageError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error


def sync_folder(folder: Path) -> None:
    """Make names made or changed in `folder` survive a power failure (fsync(2), NOTES)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
