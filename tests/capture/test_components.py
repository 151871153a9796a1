"""Pipelines and extension in a whole Scrapy crawl."""

import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crawler.capture.cdxj import read_index
from tests.capture.reading import assert_checked, read_records
from tests.capture.samples import files_below


def crawl(out: Path) -> tuple[Any, dict[str, Any], str]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "tests.capture.crawl", str(out)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    *marks, stats = done.stdout.splitlines()
    return [json.loads(line) for line in marks], json.loads(stats), done.stderr


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, dict[str, Any]]:
    out = tmp_path_factory.mktemp("crawled")
    marks, stats, errors = crawl(out)
    assert errors == ""
    return out, marks, stats


def kinds(out: Path, subset: str) -> Counter[str]:
    found = [place for path, place in files_below(out).items() if f"/{subset}/" in path]
    return Counter(record.kind for place in found for record in read_records(place))


def rows(out: Path) -> list[dict[str, Any]]:
    (place,) = (place for path, place in files_below(out).items() if path.startswith("documents/"))
    with gzip.open(place, "rb") as file:
        return [json.loads(line) for line in file]


def test_every_kept_page_has_its_records(crawled: tuple[Path, Any, dict[str, Any]]) -> None:
    out, _, _ = crawled
    assert kinds(out, "warc") == {
        "warcinfo": 1, "request": 9, "metadata": 9, "response": 6, "revisit": 3,
    }  # fmt: skip


def test_other_exchanges_go_where_they_belong(crawled: tuple[Path, Any, dict[str, Any]]) -> None:
    out, _, _ = crawled
    assert kinds(out, "robotstxt")["response"] == 1
    assert kinds(out, "crawldiagnostics")["response"] == 2


def test_rows_are_written_for_texts_of_their_own(
    crawled: tuple[Path, Any, dict[str, Any]],
) -> None:
    out, _, _ = crawled
    assert [row["url"] for row in rows(out)] == [
        "https://site.example/1", "https://site.example/5b",
    ]  # fmt: skip
    assert kinds(out, "wet") == {"warcinfo": 1, "conversion": 2}


def test_a_row_finds_its_record(crawled: tuple[Path, Any, dict[str, Any]]) -> None:
    out, _, _ = crawled
    for row in rows(out):
        records = {one["WARC-Record-ID"]: one for one in read_records(out / row["file_path"])}
        assert records[row["id"]]["WARC-Target-URI"] == row["url"]
        assert records[row["id"]].offset == row["metadata"]["warc_offset"]


def test_rows_not_written_are_counted_by_reason(
    crawled: tuple[Path, Any, dict[str, Any]],
) -> None:
    _, _, stats = crawled
    assert {key: value for key, value in stats.items() if key.startswith("rows/")} == {
        "rows/written": 2,
        "rows/near_empty": 2,
        "rows/skipped/duplicate": 1,
        "rows/skipped/revisit": 2,
        "rows/skipped/empty": 1,
        "rows/skipped/extraction_failed": 1,
        "rows/skipped/not_text": 1,
    }


def test_a_refused_page_leaves_nothing(crawled: tuple[Path, Any, dict[str, Any]]) -> None:
    out, _, stats = crawled
    places = [place for path, place in files_below(out).items() if path.endswith(".gz")]
    assert not any(b"site.example/6" in gzip.decompress(place.read_bytes()) for place in places)
    assert stats["items"] == 8


def test_payloads_are_remembered_once_their_row_is_settled(
    crawled: tuple[Path, Any, dict[str, Any]],
) -> None:
    _, _, stats = crawled
    assert stats["payloads"] == 5
    assert stats["reason"] == "finished"


def test_a_checkpoint_tells_how_long_each_open_file_is(
    crawled: tuple[Path, Any, dict[str, Any]],
) -> None:
    out, marks, _ = crawled
    ((lengths,),) = marks
    (run,) = out.glob("crawl-data/C/segments/*")
    # The run is named even when it has nothing open.
    assert lengths.pop(f"{run.relative_to(out)}/") == 0
    assert lengths == {
        f"{path}.open": place.stat().st_size
        for path, place in files_below(out).items()
        if path.startswith(("crawl-data/", "documents/"))
    }


def test_all_files_are_finished_checked_and_indexed(
    crawled: tuple[Path, Any, dict[str, Any]],
) -> None:
    out, _, _ = crawled
    files = files_below(out)
    assert not [path for path in files if path.endswith(".open")]
    for path, place in files.items():
        if path.endswith(".warc.gz"):
            assert_checked(place, payloads="/warc/" not in path)
    (index,) = (place for path, place in files.items() if path.startswith("cc-index/C/"))
    assert len(read_index(index)) == 9


def test_a_root_that_cannot_be_written_ends_the_crawl(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("in the way")
    _, stats, _ = crawl(out)
    assert stats["reason"] == "storage"
    assert "a file stands where a folder is needed" in stats["failure"]
