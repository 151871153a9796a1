"""Which store an output path names."""

from pathlib import Path

from crawler.stores.local import LocalStore
from crawler.stores.protocol import Store

S3_SCHEME = "s3://"


def open_store(out: str) -> Store | None:
    """The store that `out` names, or None where it is a local folder, which needs none.

    Raises `ConfigurationError` for an `s3://` URL that cannot be read, `StorageError` where the
    SDK finds no region or credentials.
    """
    if not out.startswith(S3_SCHEME):
        return None
    from crawler.stores.s3 import S3Store  # noqa: PLC0415 (the SDK takes a second to load)

    return S3Store.from_url(out)


def open_tree(where: str) -> Store:
    """The store at `where`, be it a folder or an `s3://` URL; raises as `open_store`."""
    return open_store(where) or LocalStore(Path(where))
