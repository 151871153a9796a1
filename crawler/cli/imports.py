"""`heed import`: history of other makers brought into the ledger."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_LEDGER = "heed-data/ledger.db"


def imports(
    paths: Annotated[list[Path], typer.Argument(help="JSONL (.gz), WARC, WACZ, or folders.")],
    ledger: Annotated[str, typer.Option(help="A file, or a postgresql:// URL.")] = DEFAULT_LEDGER,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fill the ledger from history; what was imported before changes nothing."""
    from crawler.ledger.importers.filling import Filling, fill
    from crawler.ledger.store import SqlLedger

    def tell(filling: Filling) -> None:
        print(f"{filling.read} captures of {len(filling.sites)} sites read", file=sys.stderr)

    opened = SqlLedger(ledger)
    try:
        filling = fill(opened, paths, tell)
    except (KeyboardInterrupt, SystemExit):
        print(
            "heed: stopped; run the same command again, what is in the ledger stays.",
            file=sys.stderr,
        )
        raise
    finally:
        # Not by its own close, which commits: a transaction that was broken off is not taken up.
        opened.engine.dispose()
    for fault in filling.faults:
        print(f"heed: {fault}", file=sys.stderr)
    counts = {
        "files": filling.files,
        "read": filling.read,
        "added": filling.added,
        "known": filling.read - filling.added,
        "sites": len(filling.sites),
        "faults": len(filling.faults),
    }
    print(json.dumps(counts) if as_json else ", ".join(f"{n} {k}" for k, n in counts.items()))
    if filling.faults:
        raise typer.Exit(1)
