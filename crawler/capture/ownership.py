"""Whose a corpus is: that of the ledger which knows the runs that wrote it.

With another ledger nothing of it would be known: pages would be kept a second time, and what a
killed run left unfinished would be taken for finished.
"""

from pathlib import Path
from typing import Final

from crawler.errors import StorageError
from crawler.records.run_memory import RunMemory

LATEST: Final = 1_000
"""Runs that are looked for: one that is known is enough."""


def check_ownership(root: Path, ledger: RunMemory) -> None:
    """Raise `StorageError` where there are files below `root` and `ledger` knows none of them."""
    segments = sorted({place.name for place in root.glob("crawl-data/*/segments/*")})[-LATEST:]
    if segments and not ledger.knows_run(segments):
        raise StorageError(
            f"The corpus {str(root)!r} was written with another ledger than this one, which would "
            "keep its pages a second time: name its own with --ledger, or another --out."
        )
