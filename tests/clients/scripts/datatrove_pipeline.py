"""datatrove: rows, WARC and WET through their readers, and opt-outs dropped by our block."""

import json
import shutil
import sys
from pathlib import Path

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader, WarcReader
from datatrove.pipeline.writers.jsonl import JsonlWriter

from crawler.curation.datatrove import OptOutFilter

root = Path(sys.argv[1])
corpus = root / "corpus"


def run(name, *steps):
    """Run a pipeline and read what it wrote: identifiers and URLs."""
    out = root / "datatrove" / name
    shutil.rmtree(out, ignore_errors=True)  # what is logged there as done would not be done again
    writer = JsonlWriter(str(out / "kept"), compression=None)
    pipeline = [*steps, writer]
    LocalPipelineExecutor(pipeline, tasks=1, logging_dir=str(out / "logs")).run()
    lines = [
        json.loads(line)
        for file in sorted((out / "kept").glob("*.jsonl"))
        for line in file.read_text("utf-8").split("\n")
        if line
    ]
    return {line["id"]: line["metadata"]["url"] for line in lines}


def dropped(before, after):
    """URLs that a filter took away."""
    return sorted(set(before.values()) - set(after.values()))


rows = run("rows", JsonlReader(str(corpus / "documents")))
by_removals = run(
    "removals", JsonlReader(str(corpus / "documents")), OptOutFilter(str(corpus / "removals"))
)
attributes = OptOutFilter(str(corpus / "attributes" / "heed_rights"))
by_attributes = run("attributes", JsonlReader(str(corpus / "documents")), attributes)
pages = run("warc", WarcReader(str(corpus / "crawl-data"), glob_pattern="*/segments/*/warc/*"))
texts = run("wet", WarcReader(str(corpus / "crawl-data"), glob_pattern="*/segments/*/wet/*"))
permitted = run(
    "permitted",
    WarcReader(str(corpus / "crawl-data"), glob_pattern="*/segments/*/warc/*"),
    OptOutFilter(str(corpus / "removals")),
)
print(
    json.dumps(
        {
            "rows": len(rows),
            "responses": len(pages),
            "rows without their record": len(set(rows) - set(pages)),
            "texts": len(texts),
            "dropped by removals": dropped(rows, by_removals),
            "dropped by attributes": dropped(rows, by_attributes),
            "records left of rows": len(set(permitted) & set(rows)),
        }
    )
)
