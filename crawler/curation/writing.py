"""Files written beside a corpus: whole or not at all, in place of what was there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from crawler.stores.protocol import Store
from crawler.stores.scratch import scratch


@contextmanager
def written(store: Store, path: str) -> Iterator[BinaryIO]:
    """A file to write, which appears at `path` when the context ends well, and not before.

    Raises `StorageError`.
    """
    with scratch() as folder:
        draft = folder / "draft"
        with draft.open("wb") as file:
            yield cast("BinaryIO", file)
        store.replace(draft, path)
