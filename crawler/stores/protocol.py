"""What a store of finished files can do, and the two ways in which it cannot."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from crawler.errors import StorageError


class StoreAwayError(StorageError):
    """The store does not answer now; what was to be published can wait."""


class Store(Protocol):
    """A tree of immutable files, named by paths with slashes."""

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
