"""`heed verify`: proves a corpus whole, or names every fault."""

import json
from dataclasses import asdict
from typing import Annotated

import typer


def verify(
    corpus: Annotated[str, typer.Argument(help="A corpus (folder or s3://), or WARC files.")],
    running: Annotated[
        bool, typer.Option("--running", help="A job may be at work on it: that alone is no fault.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check digests, record pairs, index, rows and manifest; exit 1 with each fault named."""
    from crawler.corpus.verification import Counts
    from crawler.corpus.verification import verify as find_faults

    counts, faults, incomplete = Counts(), [], 0
    for fault in find_faults(corpus, counts, running=running):
        incomplete += fault.incomplete
        faults.append(fault)
        if not as_json:
            print(f"{'incomplete: ' if fault.incomplete else ''}{fault}")
    wrong = len(faults) - (incomplete if running else 0)
    if as_json:
        found = {"corpus": corpus, "whole": not wrong, **asdict(counts)}
        print(json.dumps({**found, "faults": [asdict(one) for one in faults]}, ensure_ascii=False))
    else:
        verdict = "whole" if not wrong else f"{len(faults)} faults"
        print(
            f"{corpus}: {verdict} ({counts.files} files, {counts.records} records, "
            f"{counts.rows} rows, {counts.bytes} bytes)"
        )
    if wrong:
        raise typer.Exit(1)
