"""warcio check, cdxj-indexer and wacz, as their users run them."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

root = Path(sys.argv[1])
corpus = root / "corpus"
BIN = Path(sys.executable).parent


def run(tool, *words):
    """What a tool printed; its exit code must be 0."""
    words = [str(word) for word in words]
    return subprocess.run([str(BIN / tool), *words], check=True, capture_output=True, text=True)


def lines_of(text):
    """Index lines without the file's name, which is what the tool was given."""
    found = []
    for line in text.splitlines():
        key, when, fields = line.split(" ", 2)
        fields = json.loads(fields)
        fields["filename"] = Path(fields["filename"]).name
        found.append((key, when, json.dumps(fields, sort_keys=True)))
    return sorted(found)


everything = sorted(corpus.rglob("*.warc.gz"))
pages = sorted(corpus.glob("crawl-data/*/segments/*/warc/*.warc.gz"))
run("warcio", "check", *everything)
theirs = [line for warc in pages for line in lines_of(run("cdxj-indexer", warc).stdout)]
ours = [
    line
    for index in sorted(corpus.glob("cc-index/*/*.cdxj.gz"))
    for line in lines_of(gzip.open(index, "rt", encoding="utf-8").read())
]
package = root / "sample.wacz"
package.unlink(missing_ok=True)
run("wacz", "create", "-o", package, "-d", *pages)
run("wacz", "validate", "-f", package)
print(
    json.dumps(
        {
            "warcs": len(everything),
            "their index": len(theirs),
            "our index": len(ours),
            "index lines that differ": len(set(theirs) ^ set(ours)),
        }
    )
)
