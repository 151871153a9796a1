"""Dolma: tags every row, and mixes without what is refused, by metadata and by our attribute."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import yaml

root = Path(sys.argv[1])
corpus, work = root / "corpus", root / "dolma"
work.mkdir(exist_ok=True)
DOLMA = str(Path(sys.executable).with_name("dolma"))


def run(*words):
    """Run dolma to its end."""
    subprocess.run([DOLMA, *words], check=True, stdout=sys.stderr)


def read(pattern, folder=corpus):
    """All lines of the files that `pattern` finds."""
    return [
        json.loads(line) for file in sorted(folder.glob(pattern)) for line in gzip.open(file, "rb")
    ]


def mix(name, attributes, exclude):
    """What is left after a mix without what `exclude` finds."""
    stream = {
        "name": name,
        "documents": [f"{corpus}/documents/*/*.jsonl.gz"],
        "output": {"path": str(work / name), "max_size_in_bytes": 1_000_000_000},
        "attributes": attributes,
        "filter": {"include": [], "exclude": exclude, "syntax": "jsonpath"},
    }
    folders = {"input": str(work / "in"), "output": str(work / "out")}
    config = work / f"{name}.yaml"
    config.write_text(yaml.safe_dump({"streams": [stream], "processes": 1, "work_dir": folders}))
    run("-c", str(config), "mix")
    return {row["id"]: row["url"] for row in read("*.json*.gz", work / name)}


run(
    "tag", "--documents", f"{corpus}/documents/*/*.jsonl.gz", "--experiment", "tagged",
    "--taggers", "char_length_v1", "--processes", "1",
)  # fmt: skip
rows = read("documents/*/*.jsonl.gz")
urls = {row["id"]: row["url"] for row in rows}
by_metadata = mix("metadata", [], ["$.metadata[?(@.rights_decision == 'disallow')]"])
removed = "$.attributes[?(@.heed_rights__removed && @.heed_rights__removed[0][2] > 0.5)]"
by_attribute = mix("attribute", ["heed_rights"], [removed])
print(
    json.dumps(
        {
            "rows": len(rows),
            "tagged": len(read("attributes/tagged/**/*.gz")),
            "left by metadata": len(by_metadata),
            "dropped by attribute": sorted({urls[one] for one in set(urls) - set(by_attribute)}),
        }
    )
)
