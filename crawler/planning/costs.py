"""What a page costs, as measured on two cores with real pages; the plan's defaults.

Each is a starting point: a small crawl of the sites in question says it better.
"""

from dataclasses import dataclass
from typing import Final

PAGE_BYTES: Final = 111_000
"""Bytes of a page as sent: 77 MB of 692 real pages."""

CPU_SECONDS: Final = {"accurate": 0.040, "fast": 0.022, "bulk": 0.012, "none": 0.009}
"""Seconds of one core a page: fetch, gates and WARC, and the extraction that is named."""

STORED_SHARE: Final = 0.28
"""Of a page's bytes, what its WARC member takes."""

ROW_BYTES: Final = 2_300
"""A compressed row with its text."""

INDEX_BYTES: Final = 110
LEDGER_BYTES_A_HOST: Final = 3_000
LEDGER_BYTES_A_PAGE: Final = 260
FRONTIER_BYTES_A_URL: Final = {"embedded": 240, "fleet": 420}
"""SQLite with its indexes, or RocksDB with a claim's metadata, uncompressed."""

WORKER_MEMORY: Final = 260_000_000
EXTRACTOR_MEMORY: Final = 190_000_000
QUEUE_MEMORY: Final = {"embedded": 0, "fleet": 600}
"""Bytes of the frontier's own memory a queue: URLFrontier holds every queue's state there."""

HOST_MEMORY: Final = 24_000
"""Bytes that a worker remembers of a host it lately asked: its site files, parsed, and its pace."""

WHOLE_SECONDS: Final = 0.75
"""Seconds that a fleet's claim is late on average: URLFrontier counts whole seconds."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One worker's machine; `bandwidth` in bytes a second."""

    cores: int = 2
    bandwidth: float = 12_500_000.0
