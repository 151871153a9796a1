"""A corpus as a tree of files, wherever it stands: listed, read as a stream, written anew."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, BinaryIO, Protocol, cast

from crawler.errors import ConfigurationError, StorageError

OPEN = ".open"


class Shelf(Protocol):
    """Files by their paths below the corpus's root."""

    def list(self, folder: str) -> Iterator[str]:
        """Paths of the finished files in `folder`, sorted."""
        ...

    def open(self, path: str) -> BinaryIO:
        """The file as a stream; raises `StorageError`."""
        ...

    def replace(self, file: Path, path: str) -> None:
        """Put a copy of `file` at `path`, whole, in place of what may be there."""
        ...


class LocalShelf:
    """A corpus in the folder `root`; raises `ConfigurationError` where there is none."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise ConfigurationError(
                f"The corpus {str(root)!r} is no folder: name a crawl's --out."
            )
        self._root = root

    def list(self, folder: str) -> Iterator[str]:
        found = (place for place in (self._root / folder).rglob("*") if place.is_file())
        names = sorted(place.relative_to(self._root).as_posix() for place in found)
        return (name for name in names if not name.endswith(OPEN))

    def open(self, path: str) -> BinaryIO:
        try:
            return (self._root / path).open("rb")
        except OSError as error:
            raise StorageError(f"Cannot read {self._root / path}: {error.strerror}.") from error

    def replace(self, file: Path, path: str) -> None:
        place = self._root / path
        partial = place.with_name(place.name + OPEN)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with file.open("rb") as source, partial.open("wb") as target:
                _copy(source, target)
            partial.replace(place)
        except OSError as error:
            raise StorageError(f"Cannot write {place}: {error.strerror}.") from error


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    while chunk := source.read(1 << 20):
        target.write(chunk)
    target.flush()
    os.fsync(target.fileno())


def open_shelf(place: str) -> Shelf:
    """The corpus at `place`; raises `ConfigurationError`, `StorageError`."""
    return LocalShelf(Path(place))


@contextmanager
def written(shelf: Shelf, path: str) -> Iterator[BinaryIO]:
    """A file to write, which appears at `path` when the context ends well, and not before."""
    with TemporaryDirectory(prefix="heed-") as folder:
        draft = Path(folder) / "draft"
        with draft.open("wb") as file:
            yield cast("BinaryIO", file)
        shelf.replace(draft, path)
