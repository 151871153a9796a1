"""`heed demo` needs nothing and shows every kind of ending."""

import json
from pathlib import Path

import pytest

from tests.command import Run, heed

pytestmark = pytest.mark.slow


def test_the_demo_crawls_refuses_and_writes(tmp_path: Path) -> None:
    run = heed("demo", "--out", tmp_path / "out", "--json")
    assert run.code == 0, run.err
    summary = run.summary
    assert summary["rows_written"] == summary["pages_kept"] - sum(summary["rows_skipped"].values())
    assert summary["rows_written"] > 10
    assert len(summary["refused"]) > 10
    assert all(examples[0]["verbatim"] for examples in summary["refused_examples"].values())


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """A demo as a person runs it, and its folder."""
    out = tmp_path_factory.mktemp("demo") / "out"
    return heed("demo", "--out", out), out


def test_the_demo_tells_a_person_what_was_refused_and_where_the_rest_is(
    first: tuple[Run, Path],
) -> None:
    run, out = first
    assert run.code == 0, run.err
    for words in ("pages crawled", "kept", "refused, and why", "rows written", "robots_meta"):
        assert words in run.out
    assert list(out.glob("documents/*/*.jsonl.gz"))
    page = out / "report" / "index.html"
    assert str(page) in run.out
    assert "Sample: the sites are the demo&#39;s, their history is invented." in page.read_text(
        "utf-8"
    )


def test_a_second_demo_into_the_same_folder_goes_on(first: tuple[Run, Path]) -> None:
    again = heed("demo", "--out", first[1], "--json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["pages_fetched"] > 0
