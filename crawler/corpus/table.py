"""The columnar index, in the schema of Common Crawl's cc-index-table.

One Parquet file for each WARC file; crawl and subset are the names of its folders. A column that
Heed has no word for (content_languages) is there and null. Needs the extra `parquet`.
"""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final
from uuid import UUID

from crawler.capture.layout import Kind, place_of
from crawler.corpus.faults import Fault
from crawler.corpus.records import Record, read_records
from crawler.corpus.url_columns import columns_of
from crawler.errors import ConfigurationError
from crawler.stores.protocol import Store

INDEXED: Final = frozenset({Kind.WARC, Kind.ROBOTSTXT, Kind.CRAWLDIAGNOSTICS})
_EXCHANGES: Final = frozenset({"response", "revisit"})
_CHARSET: Final = "charset-detected"
_FIELD: Final = r"(?im)^{}[ \t]*:[ \t]*([^\r\n]*)"
_LOCATION: Final = re.compile(_FIELD.format("location"))
_TYPE: Final = re.compile(_FIELD.format("content-type"))
_LARGEST: Final = 1 << 31

_STRINGS: Final = "string"
SCHEMA: Final = (
    ("url_surtkey", _STRINGS, False),
    ("url", _STRINGS, False),
    ("url_host_name", _STRINGS, False),
    ("url_host_tld", _STRINGS, True),
    ("url_host_2nd_last_part", _STRINGS, True),
    ("url_host_3rd_last_part", _STRINGS, True),
    ("url_host_4th_last_part", _STRINGS, True),
    ("url_host_5th_last_part", _STRINGS, True),
    ("url_host_registry_suffix", _STRINGS, True),
    ("url_host_registered_domain", _STRINGS, True),
    ("url_host_private_suffix", _STRINGS, True),
    ("url_host_private_domain", _STRINGS, True),
    ("url_host_name_reversed", _STRINGS, True),
    ("url_protocol", _STRINGS, False),
    ("url_port", "int32", True),
    ("url_path", _STRINGS, False),
    ("url_query", _STRINGS, True),
    ("fetch_time", "timestamp[ms]", False),
    ("fetch_status", "int16", False),
    ("fetch_redirect", _STRINGS, True),
    ("content_digest", _STRINGS, True),
    ("content_mime_type", _STRINGS, True),
    ("content_mime_detected", _STRINGS, True),
    ("content_charset", _STRINGS, True),
    ("content_languages", _STRINGS, True),
    ("content_truncated", _STRINGS, True),
    ("warc_record_id", "binary", False),
    ("warc_filename", _STRINGS, False),
    ("warc_record_offset", "int32", False),
    ("warc_record_length", "int32", False),
    ("warc_segment", _STRINGS, False),
)
"""Name, type and whether it may be null."""


def table_path(warc: str) -> str:
    """Where the columnar index of the WARC file at `warc` stands."""
    kind, crawl = place_of(warc)
    name = PurePosixPath(warc).name.removesuffix(".warc.gz")
    return f"cc-index/table/crawl={crawl}/subset={kind.value}/{name}.parquet"


def write_table(store: Store, warc: str) -> str:
    """Index the WARC file at `warc`; returns the path of the index.

    Raises `ConfigurationError` where pyarrow is missing or the file too big for the schema.
    """
    pa = import_pyarrow()
    rows = []
    with store.open(warc) as stream:
        rows = list(_read_rows(stream, warc))
    schema = pa.schema(
        [pa.field(name, _type(pa, kind), nullable=null) for name, kind, null in SCHEMA]
    )
    content = io.BytesIO()
    pa.parquet.write_table(pa.Table.from_pylist(rows, schema), content, compression="zstd")
    path = table_path(warc)
    store.put(content.getvalue(), path)
    return path


def import_pyarrow() -> Any:  # noqa: ANN401 (a module)
    """The module pyarrow; raises `ConfigurationError`."""
    try:
        import pyarrow.parquet  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to load)
    except ImportError:
        raise ConfigurationError(
            "The columnar index needs pyarrow: pip install 'heedbot[parquet]'."
        ) from None
    return pyarrow


def _type(pa: Any, name: str) -> Any:  # noqa: ANN401 (of a module without types)
    return pa.timestamp("ms", tz="UTC") if name.startswith("timestamp") else getattr(pa, name)()


def _read_rows(stream: Any, warc: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401 (a binary file)
    """A row for each exchange; its charset comes with the metadata record behind it."""
    waiting: dict[str, dict[str, Any]] = {}
    for found in read_records(stream, warc):
        if isinstance(found, Fault):
            raise ConfigurationError(f"{found}; see heed verify.")
        if found.kind in _EXCHANGES:
            yield from waiting.values()
            waiting = {found.get("warc-record-id"): _row_of(found, warc)}
        elif found.kind == "metadata" and found.get("warc-concurrent-to") in waiting:
            row = waiting[found.get("warc-concurrent-to")]
            row["content_charset"] = found.notes.get(_CHARSET) or None
    yield from waiting.values()


def _row_of(record: Record, warc: str) -> dict[str, Any]:
    if record.offset >= _LARGEST:
        raise ConfigurationError(f"{warc} is too big for the schema of the columnar index (2 GiB).")
    head = record.http_head.decode("latin-1")
    digest = record.get("warc-payload-digest")
    return {
        **columns_of(record.get("warc-target-uri")),
        "fetch_time": datetime.fromisoformat(record.get("warc-date")),
        "fetch_status": record.status,
        "fetch_redirect": _first(_LOCATION, head),
        "content_digest": digest.partition(":")[2] or None,
        "content_mime_type": (_first(_TYPE, head) or "").partition(";")[0].strip() or None,
        "content_mime_detected": record.get("warc-identified-payload-type") or None,
        "content_charset": None,
        "content_languages": None,
        "content_truncated": record.get("warc-truncated") or None,
        "warc_record_id": UUID(record.get("warc-record-id").strip("<>")).bytes,
        "warc_filename": warc,
        "warc_record_offset": record.offset,
        "warc_record_length": record.length,
        "warc_segment": PurePosixPath(warc).parts[3],
    }


def _first(pattern: re.Pattern[str], head: str) -> str | None:
    found = pattern.search(head)
    return found.group(1).strip() or None if found else None
