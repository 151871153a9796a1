"""The history of 80 sites that stands beside the checkout, as rows of its files."""

import gzip
import json
from typing import Any

from tests.shared import SHARED

FOLDER = SHARED / "data" / "robots-history"
BODIES = FOLDER / "bodies.jsonl.gz"


def bodies() -> list[dict[str, str]]:
    """Rows of site, fetched_at and body."""
    with gzip.open(BODIES, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def labels() -> list[dict[str, Any]]:
    """Rows of site, month and mentions."""
    with (FOLDER / "labels.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
