"""`heed demo` needs nothing and shows every kind of ending."""

import json
from pathlib import Path

from tests.command import heed


def test_the_demo_crawls_refuses_and_writes(tmp_path: Path) -> None:
    run = heed("demo", "--out", tmp_path / "out", "--json")
    assert run.code == 0, run.err
    summary = run.summary
    assert summary["rows_written"] == summary["pages_kept"] - sum(summary["rows_skipped"].values())
    assert summary["rows_written"] > 10
    assert len(summary["refused"]) > 10
    assert all(examples[0]["verbatim"] for examples in summary["refused_examples"].values())


def test_the_demo_tells_a_person_what_was_refused_and_where_the_rest_is(tmp_path: Path) -> None:
    run = heed("demo", "--out", tmp_path / "out")
    assert run.code == 0, run.err
    for words in ("pages crawled", "kept", "refused, and why", "rows written", "robots_meta"):
        assert words in run.out
    assert list((tmp_path / "out").glob("documents/*/*.jsonl.gz"))
    page = tmp_path / "out" / "report" / "index.html"
    assert str(page) in run.out
    assert "Sample: the sites are the demo&#39;s, their history is invented." in page.read_text(
        "utf-8"
    )


def test_a_second_demo_into_the_same_folder_goes_on(tmp_path: Path) -> None:
    heed("demo", "--out", tmp_path / "out")
    again = heed("demo", "--out", tmp_path / "out", "--json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["pages_fetched"] > 0
