"""What a store of finished files can do, and the two ways in which it cannot."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from crawler.errors import StorageError


class StoreAwayError(StorageError):
    """The store does not answer now; what was to be published can wait."""


Change = Callable[[bytes | None], bytes]
"""Makes the next content of a file of the present one, None where it is not there."""


class Store(Protocol):
    """A tree of files, named by paths with slashes; all but a few are never changed."""

    def check(self) -> None:
        """See that the store is there and may be written to; raises `StorageError`."""
        ...

    def publish(self, file: Path, key: str) -> None:
        """Make `file` appear under `key`, whole or not at all, and never in place of another.

        What is there already with the same content counts as published. Raises `StoreAwayError`
        where trying again later may help, `StorageError` where it will not.
        """
        ...

    def abort_unfinished(self, wanted: frozenset[str], before: datetime) -> int:
        """Drop what was begun `before` then and never finished, save the keys `wanted`.

        Returns how many; what is wanted is resumed when it is published. Younger ones may be
        another worker's at this moment. Raises as `publish`.
        """
        ...

    def list(self, prefix: str = "") -> Iterator[str]:
        """The keys that begin with `prefix`, sorted; raises `StorageError`."""
        ...

    def open(self, key: str) -> BinaryIO:
        """The content of `key` as a stream to be closed; raises `StorageError`."""
        ...

    def read(self, key: str) -> bytes | None:
        """The content of a small file, None where it is not there; raises `StorageError`."""
        ...

    def put(self, content: bytes, key: str) -> None:
        """Write a small file, whole, in place of what is there; raises `StorageError`."""
        ...

    def replace(self, file: Path, key: str) -> None:
        """Like `publish`, but in place of what is there; raises `StorageError`."""
        ...

    def update(self, key: str, change: Change) -> None:
        """Put what `change` makes of the content of `key` in its place, whole.

        Where others update it too, nobody's change is lost: `change` is called again with what
        they wrote. Raises `StorageError`, and what `change` raises.
        """
        ...

    def tidy(self) -> None:
        """Remove what writers of `put`, `replace` and `update` left half-written by being killed.

        What a living one is at stays. Raises `StorageError`.
        """
        ...
