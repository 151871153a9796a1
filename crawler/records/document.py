"""The JSONL row of a kept page: its keys, their order and their types (outputs.md).

Every key is in every row, has one type, is never null and never an empty list, because that is
what the readers downstream can take (HF datasets, Dolma, datatrove, duckdb).
"""

import json
from dataclasses import asdict, dataclass
from typing import Final

SCHEMA_VERSION: Final = "1"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The `metadata` object of a row."""

    title: str
    author: str
    sitename: str
    content_type: str
    charset: str
    warc_record_id: str
    warc_offset: int
    warc_length: int
    http_status: int
    truncated: bool
    payload_digest: str
    text_sha256: str
    extractor: str
    license_abbr: str
    license_version: str
    license_location: str
    rights_decision: str
    rights_policy: str
    rights_uses: str
    rights_signals: str
    rights_checked_at: str
    robots_sha256: str
    first_seen: str
    last_seen: str
    ai_provenance: str


@dataclass(frozen=True, slots=True)
class Document:
    """One row: clean text, where it came from and the permission that held."""

    id: str
    text: str
    source: str
    added: str
    created: str
    version: str
    url: str
    dump: str
    file_path: str
    date: str
    language: str
    language_score: float
    token_count: int
    metadata: Metadata

    def to_line(self) -> bytes:
        """The row as one line of JSON, UTF-8, ended by LF."""
        row = asdict(self)
        row["language_score"] = float(self.language_score)
        text = json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "replace") + b"\n"
