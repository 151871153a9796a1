"""Which store an output path names."""

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
