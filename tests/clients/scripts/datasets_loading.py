"""HF datasets: the shards in either order, into memory and as a stream, of one schema."""

import json
import sys
from pathlib import Path

from datasets import load_dataset

root = Path(sys.argv[1])
shards = sorted(map(str, (root / "corpus").glob("documents/*/*.jsonl.gz")))
found = {"shards": len(shards)}
schemas = set()
for order, files in (("forward", shards), ("backward", shards[::-1])):
    place = str(root / f"datasets-{order}")
    held = load_dataset("json", data_files=files, split="train", cache_dir=place)
    schemas.add(str(held.features))
    found[f"memory {order}"] = len(held)
    stream = load_dataset("json", data_files=files, split="train", streaming=True)
    found[f"streaming {order}"] = len({row["id"] for row in stream})
removals = sorted(map(str, (root / "corpus").glob("removals/*.jsonl.gz")))
held = load_dataset("json", data_files=removals, split="train", cache_dir=str(root / "datasets-r"))
found["removals"] = len(held)
found["schemas"] = len(schemas)
print(json.dumps(found))
