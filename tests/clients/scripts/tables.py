"""duckdb and pandas: the rows as a table, of one schema, with nothing lost."""

import json
import sys
from pathlib import Path

import duckdb
import pandas as pd

corpus = Path(sys.argv[1]) / "corpus"
rows = f"{corpus}/documents/*/*.jsonl.gz"
removals = f"{corpus}/removals/*.jsonl.gz"
count = "SELECT count(*), count(DISTINCT id), min(length(text)) FROM read_json(?)"
total, distinct, shortest = duckdb.execute(count, [rows]).fetchall()[0]
removed = "SELECT count(*) FROM read_json(?) WHERE rights_now = 'disallow' AND len(uses) > 0"
asked = "SELECT count(*) FROM read_json(?) WHERE metadata.rights_decision IN ('allow', 'unknown')"
frames = [
    pd.read_json(file, lines=True, dtype=False, convert_dates=False)
    for file in sorted(corpus.glob("documents/*/*.jsonl.gz"))
]
kinds = {json.dumps({name: str(kind) for name, kind in frame.dtypes.items()}) for frame in frames}
print(
    json.dumps(
        {
            "duckdb rows": total,
            "duckdb ids": distinct,
            "duckdb permitted": duckdb.execute(asked, [rows]).fetchall()[0][0],
            "duckdb removals": duckdb.execute(removed, [removals]).fetchall()[0][0],
            "pandas rows": sum(map(len, frames)),
            "shortest text": shortest,
            "pandas schemas": len(kinds),
        }
    )
)
