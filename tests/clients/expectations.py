"""What every client must find, counted from the crawl's own words and by FastWARC."""

import json
from collections.abc import Mapping
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from tests.clients.sample import CUT, Sample
from tests.crawls.corpus import Corpus


def expect(sample: Sample) -> Mapping[str, Mapping[str, Any]]:
    """By script the values that it must report; AssertionError where the sample itself is amiss."""
    assert [run.code for run in sample.runs] == [0, 0, 0], [run.err for run in sample.runs]
    corpus = Corpus(sample.corpus)
    rows = [row["url"] for row in corpus.rows()]
    _check_summaries(sample, rows)
    _check_digests(corpus)
    kept = {one.url for one in corpus.held()}
    (sample.root / "kept.json").write_text(json.dumps(sorted(kept)))
    gone = [url for url in rows if url in sample.refused]
    return {
        **_of_archives(sample, corpus, kept),
        **_of_tables(len(rows), len(gone)),
        **_of_curation(corpus, len(rows), gone),
    }


def _check_summaries(sample: Sample, rows: list[str]) -> None:
    first, second, recheck = (run.summary for run in sample.runs)
    assert first["pages_kept"] >= 300, first
    assert second["rows_skipped"]["revisit"] >= 250, second
    assert len(rows) == first["rows_written"] + second["rows_written"] == recheck["rows"]
    assert recheck["removed"] == sum(url in sample.refused for url in rows) > 0


def _of_archives(sample: Sample, corpus: Corpus, kept: set[str]) -> Mapping[str, Mapping[str, Any]]:
    held = len(list(corpus.held()))
    served = sample.bodies
    cut = sum(url in kept and len(body) > CUT for url, body in served.items())
    assert cut >= 1
    return {
        "archive_tools": {"their index": held, "our index": held, "index lines that differ": 0},
        "replaying": {
            "same": len(kept & set(served)) - cut,
            "cut": cut,
            "not kept": len(set(served) - kept),
            "different": [],
        },
    }


def _of_tables(rows: int, gone: int) -> Mapping[str, Mapping[str, Any]]:
    orders = ("memory forward", "memory backward", "streaming forward", "streaming backward")
    return {
        "tables": {
            **dict.fromkeys(("duckdb rows", "duckdb ids", "duckdb permitted"), rows),
            "duckdb removals": gone,
            "pandas rows": rows,
            "pandas schemas": 1,
        },
        "datasets_loading": {
            **dict.fromkeys(orders, rows),
            "shards": 2,
            "removals": gone,
            "schemas": 1,
        },
    }


def _of_curation(corpus: Corpus, rows: int, gone: list[str]) -> Mapping[str, Mapping[str, Any]]:
    dropped = sorted(set(gone))
    return {
        "datatrove_pipeline": {
            "rows": rows,
            "responses": sum(one.kind == "response" for one in corpus.held()),
            "rows without their record": 0,
            "texts": _texts(corpus),
            "dropped by removals": dropped,
            "dropped by attributes": dropped,
            "records left of rows": rows - len(gone),
        },
        "dolma_mixing": {
            "rows": rows,
            "tagged": rows,
            "left by metadata": rows,
            "dropped by attribute": dropped,
        },
    }


def _texts(corpus: Corpus) -> int:
    found = 0
    for file in corpus.root.glob("crawl-data/*/segments/*/wet/*.warc.gz"):
        with file.open("rb") as stream:
            found += sum(1 for _ in ArchiveIterator(stream, record_types=WarcRecordType.conversion))
    return found


def _check_digests(corpus: Corpus) -> None:
    """FastWARC's check: every block and every payload is what its digest says."""
    for warc in corpus.warcs:
        with warc.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False):
                assert record.verify_block_digest(), (warc.name, record.record_id)
        with warc.open("rb") as stream:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
                assert record.verify_payload_digest(), (warc.name, record.record_id)
