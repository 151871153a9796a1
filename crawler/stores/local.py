"""A local folder as a store: a hard link where it can be, a copy where it must."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from crawler.errors import StorageError
from crawler.stores.locks import taken
from crawler.stores.protocol import Change

PARTIAL: Final = ".open"
_UNDECODED: Final = re.compile("[\udc80-\udcff]")
"""Bytes of a name that are no UTF-8, as Python shows them (PEP 383)."""
_DRAFT: Final = re.compile(r"\.[0-9a-f]{8}\.open$")
"""How the name of a file ends that is to take the place of another."""


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

    def list(self, prefix: str = "") -> Iterator[str]:
        """Paths of files below the root; raises `StorageError` for a name that is not UTF-8."""
        folder = self._root / prefix.rpartition("/")[0]
        found = (place for place in folder.rglob("*") if place.is_file())
        keys = (place.relative_to(self._root).as_posix() for place in found)
        listed = sorted(key for key in keys if key.startswith(prefix))
        for key in listed:
            if _UNDECODED.search(key):
                what = "is not UTF-8: rename the file, or move it elsewhere"
                raise StorageError(f"The name of {key!r} below {self._root} {what}.")
        return iter(listed)

    def open(self, key: str) -> BinaryIO:
        """The file itself."""
        try:
            return (self._root / key).open("rb")
        except OSError as error:
            raise StorageError(f"Cannot read {self._root / key}: {error.strerror}.") from error

    def read(self, key: str) -> bytes | None:
        """The file's bytes."""
        place = self._root / key
        with _spoken(place, "read"):
            return place.read_bytes() if place.exists() else None

    def put(self, content: bytes, key: str) -> None:
        """By renaming."""
        place = self._root / key
        with _spoken(place):
            _put(content, place)

    def replace(self, file: Path, key: str) -> None:
        """Copy `file` beside its place and rename the copy."""
        place = self._root / key
        with _spoken(place), _draft(place) as draft:
            shutil.copyfile(file, draft)
            _settle(draft, place)

    def update(self, key: str, change: Change) -> None:
        """One at a time, by a lock on the root (flock(2)), and by renaming."""
        place = self._root / key
        with _spoken(place), self._locked():
            _put(change(place.read_bytes() if place.exists() else None), place)

    def tidy(self) -> None:
        """Remove drafts that nobody holds."""
        for place in self._root.rglob("*" + PARTIAL):
            if _DRAFT.search(place.name):
                with _spoken(place):
                    _drop_unheld(place)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


@contextmanager
def _spoken(place: Path, what: str = "write") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"Cannot {what} {place}: {error.strerror}.") from error


@contextmanager
def _draft(place: Path) -> Iterator[Path]:
    """A file beside `place` that no other writer takes: held while the block lasts, then gone.

    That it is held tells it from what a killed writer left.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    while True:
        draft = place.with_name(f"{place.name}.{uuid4().hex[:8]}{PARTIAL}")
        with draft.open("xb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not draft.exists():
                continue  # who tidies saw it before it was held
            try:
                yield draft
            finally:
                draft.unlink(missing_ok=True)
            return


def _drop_unheld(draft: Path) -> None:
    with suppress(FileNotFoundError, BlockingIOError), taken(draft):
        draft.unlink()


def _put(content: bytes, place: Path) -> None:
    with _draft(place) as draft:
        draft.write_bytes(content)
        _settle(draft, place)


def _settle(partial: Path, place: Path) -> None:
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.rename(place)
    descriptor = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
