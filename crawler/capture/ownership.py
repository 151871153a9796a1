"""Whose a corpus is: that of the ledger which knows the runs that wrote it, and a job has but one.

With another ledger nothing of it would be known: pages would be kept a second time, and what a
killed run left unfinished would be taken for finished. In another corpus a job would not keep
again what it has kept: records there would refer to records here.
"""

from pathlib import Path
from typing import Final

from crawler.errors import StorageError
from crawler.records.run_memory import RunMemory

LATEST: Final = 1_000
"""Runs that are looked for: one that is known is enough."""


PLACE: Final = "out"
"""The fact of a run that names its corpus: an absolute path or a URL."""


def place_of(out: str) -> str:
    """By what name a ledger knows the corpus `out`."""
    return out.rstrip("/") if "://" in out else str(Path(out).resolve())


def check_ownership(root: Path, ledger: RunMemory, job: str, out: str) -> None:
    """Raise `StorageError` where `ledger` knows no file below `root`, or `job` another corpus.

    `root` is where files are written, `out` what the operator calls the corpus. One that was
    moved is known by its files.
    """
    segments = sorted({place.name for place in root.glob("crawl-data/*/segments/*")})[-LATEST:]
    if segments and not ledger.knows_run(segments):
        raise StorageError(
            f"The corpus {str(root)!r} was written with another ledger than this one, which would "
            "keep its pages a second time: name its own with --ledger, or another --out."
        )
    before = ledger.last_facts(job).get(PLACE, place_of(out))
    if before != place_of(out) and not ledger.knows_run(segments, job):
        raise StorageError(
            f"The job {job!r} keeps its pages in {str(before)!r} and would not keep them again in "
            f"{out!r}: name that one with --out, or give this crawl a --job of its own."
        )
