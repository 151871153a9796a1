"""The rows of a corpus as recheck needs them: one by one, from files of any length."""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from crawler.errors import ConfigurationError
from crawler.gates.site_files import origin_of
from crawler.policy.model import Profile
from crawler.stores.protocol import Store

DOCUMENTS: Final = "documents"
SUFFIX: Final = ".jsonl.gz"
_UNUSUAL_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Row:
    """What is asked of a row: who it is, where it came from, what was decided and when."""

    id: str
    url: str
    length: int
    """Characters of its text."""
    fetched_at: datetime
    then: str
    """The decision at fetch time, as the row has it."""
    profile: Profile
    warc: str

    @property
    def origin(self) -> str:
        """What robots.txt governs."""
        return origin_of(self.url)

    @property
    def host(self) -> str:
        """The host, with a port that is not the scheme's own (contract.md)."""
        return host_of(self.url)


def host_of(url: str) -> str:
    """Host of `url`, with a port that is not its scheme's own."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    shown = f"[{name}]" if ":" in name else name
    usual = parts.port in (None, _UNUSUAL_PORTS.get(parts.scheme))
    return shown if usual else f"{shown}:{parts.port}"


def document_files(store: Store) -> list[str]:
    """Paths of the finished files of rows."""
    return [path for path in store.list(f"{DOCUMENTS}/") if path.endswith(SUFFIX)]


def read_rows(store: Store, path: str) -> Iterator[Row]:
    """The rows of one file, in order; raises `ConfigurationError` for what is no row."""
    number = 0
    try:
        with store.open(path) as stream, gzip.open(stream) as lines:
            for line in lines:
                number += 1
                yield _read(line)
    except (
        ValueError, KeyError, TypeError, RecursionError, EOFError, OSError, zlib.error,
    ) as error:  # fmt: skip
        why = f"{type(error).__name__}: {error}"
        raise ConfigurationError(
            f"{path} cannot be read at line {number} ({why[:200]}): run heed verify."
        ) from None


def _read(line: bytes) -> Row:
    row: dict[str, Any] = json.loads(line)
    metadata, url = row["metadata"], str(row["url"])
    fetched_at = datetime.fromisoformat(row["date"])
    if not host_of(url) or fetched_at.tzinfo is None:
        raise ValueError("its url has no host, or its date no zone")
    return Row(
        id=str(row["id"]),
        url=url,
        length=len(row["text"]),
        fetched_at=fetched_at,
        then=str(metadata["rights_decision"]),
        profile=Profile(metadata["rights_policy"].partition("/")[0]),
        warc=str(row["file_path"]),
    )
