"""Finished files that wait on the local disk until a store has them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from crawler.errors import StorageError
from crawler.stores.protocol import Store, StoreAwayError

FOLDERS: Final = ("crawl-data", "cc-index", "documents")
"""In this order, so that an index or a row never appears before the record that it points to."""

OPEN: Final = ".open"

ABANDONED: Final = timedelta(days=1)
"""An unfinished upload of this age whose file is not here is nobody's any more."""


class Spool:
    """The files below `root`, up to `limit` bytes of them while the store is away.

    `ready` tells of a path below the root whether it may go; what is not ready waits.
    """

    def __init__(
        self, root: Path, store: Store, limit: int, ready: Callable[[str], bool] = bool
    ) -> None:
        self._root = root
        self._store = store
        self._limit = limit
        self._ready = ready

    def waiting(self) -> list[str]:
        """Paths below the root of finished files that are not published yet."""
        places = (place for folder in FOLDERS for place in sorted((self._root / folder).rglob("*")))
        return [
            place.relative_to(self._root).as_posix()
            for place in places
            if place.is_file() and not place.name.endswith(OPEN)
        ]

    def start(self, now: datetime) -> str:
        """Check the store, and drop what was left unfinished there long ago.

        Returns why the store is away, empty where it is not; raises `StorageError` where it
        never will take anything.
        """
        try:
            self._store.check()
            self._store.abort_unfinished(frozenset(self.waiting()), now - ABANDONED)
        except StoreAwayError as error:
            return str(error)
        return ""

    def publish(self) -> str:
        """Publish what waits and is ready, and remove it here; returns why some still waits.

        Empty where nothing does. Raises `StorageError` where the store will never take it, or
        where it is away and more than the limit waits.
        """
        try:
            for path in self.waiting():
                if self._ready(path):
                    self._send(path)
        except StoreAwayError as error:
            self._check_limit(error)
            return str(error)
        return ""

    def _send(self, path: str) -> None:
        # A neighbour that shares the spool may have sent it in this moment.
        with suppress(FileNotFoundError):
            self._store.publish(self._root / path, path)
            (self._root / path).unlink()

    def _check_limit(self, error: StoreAwayError) -> None:
        size = 0
        for path in self.waiting():
            with suppress(FileNotFoundError):
                size += (self._root / path).stat().st_size
        if size > self._limit:
            raise StorageError(
                f"{error} {size} bytes wait in {self._root}, more than HEED_SPOOL_LIMIT "
                f"({self._limit}) allows; run the same command again when the store is back."
            ) from error
