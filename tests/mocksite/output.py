"""What a crawl wrote, searched for the words that it should not have kept."""

import gzip
import zlib
from pathlib import Path

from tests.mocksite.behaviour import Behaviour

ROWS = ("*.jsonl", "*.jsonl.gz", "*.parquet")


def find_banned(row: Behaviour, out: Path) -> list[str]:
    """Files below `out` that hold the banned words of `row`: rows of text, or anything at all."""
    if not row.banned:
        return []
    patterns = ("*",) if row.banned_everywhere else ROWS
    found = {path for pattern in patterns for path in out.rglob(pattern) if path.is_file()}
    return sorted(str(path.relative_to(out)) for path in found if _holds(path, row.banned))


def _holds(path: Path, words: str) -> bool:
    raw = path.read_bytes()
    if path.suffix == ".gz":
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error):
            return True
    return words.encode() in raw
