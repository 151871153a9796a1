"""The index agrees with the files that it was read from."""

import subprocess
import sys
from pathlib import Path

import pytest

from crawler.capture.cdxj import index_path, read_index, unindexed, write_indexes
from crawler.capture.names import CRAWLDIAGNOSTICS
from crawler.capture.warc import WarcFiles
from crawler.errors import StorageError
from tests.capture.reading import read_payload
from tests.capture.samples import RUN, Writing, a_page, an_exchange, files_below
from tests.capture.test_warc import KEPT

URLS = ("https://z.example/", "http://www.a.example:8080/B?x=1", "https://a.example/b\u00e9%20c")


def some_files(writing: Writing) -> list[str]:
    files = WarcFiles(writing.root, RUN, writing.options, writing.clock)
    for url in URLS:
        files.write_page(a_page(an_exchange(url.encode(), url=url)))
    files.write_revisit(a_page(), KEPT)
    files.write_exchange(CRAWLDIAGNOSTICS, an_exchange(status=404))
    files.close()
    return files.take_finished()


def test_every_kept_page_has_a_line_that_finds_its_record(writing: Writing) -> None:
    warcs = some_files(writing)
    (path,) = write_indexes(writing.root, warcs)
    lines = read_index(writing.root / path)
    assert [fields["mime"] for _, _, fields in lines].count("warc/revisit") == 1
    for _, time, fields in lines:
        if fields["mime"] != "warc/revisit":
            place = writing.root / fields["filename"]
            _, body = read_payload(place, int(fields["offset"]), int(fields["length"]))
            assert body.decode() in URLS
            assert fields["status"] == "200"
            assert time == "20261122040506"
    assert len(lines) == 4


def test_lines_are_sorted_by_their_surt_key(writing: Writing) -> None:
    (path,) = write_indexes(writing.root, some_files(writing))
    keys = [key for key, _, _ in read_index(writing.root / path)]
    assert keys == sorted(keys)
    assert keys[0] == "example,a)/b%c3%a9%20c"
    assert "example,a:8080)/b?x=1" in keys


def test_the_index_is_what_cdxj_indexer_says(writing: Writing) -> None:
    warcs = some_files(writing)
    (path,) = write_indexes(writing.root, warcs)
    tool = Path(sys.executable).parent / "cdxj-indexer"
    done = subprocess.run(  # noqa: S603
        [tool, "--sort", "--dir-root", writing.root, writing.root / warcs[0]],
        capture_output=True,
        text=True,
        check=True,
    )
    ours = [f"{key} {time}" for key, time, _ in read_index(writing.root / path)]
    assert [" ".join(line.split(" ")[:2]) for line in done.stdout.splitlines()] == ours


def test_only_files_of_kept_pages_without_an_index_are_missing_one(writing: Writing) -> None:
    warcs = some_files(writing)
    kept = [path for path in warcs if "/warc/" in path]
    assert unindexed(writing.root) == kept
    assert write_indexes(writing.root, unindexed(writing.root)) == [index_path(kept[0])]
    assert unindexed(writing.root) == []
    assert not [path for path in files_below(writing.root) if path.endswith(".open")]


def test_an_index_that_cannot_be_written_is_said(writing: Writing) -> None:
    warcs = some_files(writing)
    (writing.root / "cc-index").write_text("in the way")
    with pytest.raises(StorageError, match="Cannot write"):
        write_indexes(writing.root, warcs)
