"""A copy without what is refused: whole, without a trace of the text, with tombstones."""

import gzip
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator

from crawler.capture.cdxj import read_index
from tests.command import LOOPBACK, QUICK, heed
from tests.crawls.corpus import Corpus
from tests.curation.village import Village, village

pytestmark = pytest.mark.slow

FIRST = 2300
KINDS = ("open", "robots", "header", "one page")


@dataclass(frozen=True)
class Copied:
    """A corpus, its copy, and what the command said."""

    village: Village
    source: Corpus
    copy: Corpus
    summary: dict[str, Any]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copied]:
    """Sites were crawled twice and said no; so there are revisits of what is refused."""
    root = tmp_path_factory.mktemp("copied")
    with village(FIRST, *KINDS) as found:
        words = ("crawl", *found.seeds, "--out", str(root / "source"), *QUICK)
        assert heed(*words).code == 0
        assert heed(*words, "--recrawl").code == 0
        found.close()
        asked = ("recheck", root / "source", "--audit", *LOOPBACK, "--delay", "0", "--json")
        run = heed(*asked, "--rewrite", root / "copy")
        assert run.code == 0, run.err
        yield Copied(found, Corpus(root / "source"), Corpus(root / "copy"), run.summary)


def test_the_copy_is_whole(copied: Copied) -> None:
    for corpus in (copied.source, copied.copy):
        run = heed("verify", corpus.root)
        assert run.code == 0, run.out + run.err


def test_exactly_what_is_refused_is_left_out(copied: Copied) -> None:
    refused = copied.village.refused()
    rows = {row["url"] for row in copied.source.rows()}
    assert {row["url"] for row in copied.copy.rows()} == rows - refused
    held = [one for one in copied.source.held() if one.url not in refused]
    assert len(held) < len(list(copied.source.held()))
    left = [(one.kind, one.record_id, one.digest) for one in copied.copy.held()]
    assert sorted(left) == sorted((one.kind, one.record_id, one.digest) for one in held)
    assert any(one.kind == "revisit" for one in held)


def test_no_record_and_no_text_speaks_of_a_refused_page(copied: Copied) -> None:
    refused = copied.village.refused()
    for file in copied.copy.warcs:
        if "/robotstxt/" in file.as_posix():
            continue
        with file.open("rb") as stream:
            targets = {one.headers.get("WARC-Target-URI") for one in ArchiveIterator(stream)}
        assert targets.isdisjoint(refused)


def test_every_record_left_out_has_a_tombstone_in_the_index(copied: Copied) -> None:
    refused = copied.village.refused()
    tombstones = [
        (fields["url"], time)
        for file in copied.copy.root.glob("cc-index/*/*.cdxj.gz")
        for _, time, fields in read_index(file)
        if "tombstone" in fields
    ]
    lines = [
        (fields["url"], time)
        for file in copied.source.root.glob("cc-index/*/*.cdxj.gz")
        for _, time, fields in read_index(file)
        if fields["url"] in refused
    ]
    assert sorted(tombstones) == sorted(lines)
    assert copied.summary["rewritten"]["tombstones"] == len(lines) > len(refused)


def test_rows_point_at_their_records_in_the_copy(copied: Copied) -> None:
    rows = list(copied.copy.rows())
    assert rows
    for row in rows:
        content = (copied.copy.root / row["file_path"]).read_bytes()
        offset, length = row["metadata"]["warc_offset"], row["metadata"]["warc_length"]
        record = gzip.decompress(content[offset : offset + length])
        assert f"WARC-Record-ID: {row['id']}".encode() in record


def test_the_source_is_as_it_was(copied: Copied) -> None:
    before = {row["id"]: row for row in copied.source.rows()}
    for row in copied.copy.rows():
        place = {"warc_offset": 0, "warc_length": 0}
        one, other = before[row["id"]], row
        assert {**one, "metadata": {**one["metadata"], **place}} == {
            **other,
            "metadata": {**other["metadata"], **place},
        }
    assert json.loads((copied.source.root / "manifest.jsonl").read_text().splitlines()[0])


def test_a_package_of_the_copy_lists_only_what_it_holds(copied: Copied, tmp_path: Path) -> None:
    root = shutil.copytree(copied.copy.root, tmp_path / "copy")
    run = heed("export", root, "--wacz")
    assert run.code == 0, run.err
    (place,) = root.glob("wacz/*/*.wacz")
    with zipfile.ZipFile(place) as archive:
        lines = gzip.decompress(archive.read("indexes/index.cdx.gz")).splitlines()
    fields = [json.loads(line.split(b" ", 2)[2]) for line in lines]
    assert fields
    assert all("offset" in one and "tombstone" not in one for one in fields)


def test_a_copy_of_a_copy_has_the_tombstones_of_both(tmp_path: Path) -> None:
    source, first, second = (tmp_path / name for name in ("source", "first", "second"))
    with village(FIRST + 50, "open", "robots", "header") as found:
        assert heed("crawl", *found.seeds, "--out", source, *QUICK).code == 0
        for kind, corpus, copy in (("robots", source, first), ("header", first, second)):
            found.houses[kind].closed = True
            asked = ("recheck", corpus, "--ledger", source / "ledger.db", "--audit", *LOOPBACK)
            run = heed(*asked, "--delay", "0", "--rewrite", copy)
            assert run.code == 0, run.err
            assert heed("verify", copy).code == 0
        assert tombstones(second) == found.refused()


def tombstones(root: Path) -> set[str]:
    lines = (line for file in root.glob("cc-index/*/*.cdxj.gz") for line in read_index(file))
    return {fields["url"] for _, _, fields in lines if "tombstone" in fields}


def test_tombstones_outlive_the_file_that_they_stood_for(tmp_path: Path) -> None:
    source, first, second = (tmp_path / name for name in ("source", "first", "second"))
    with village(FIRST + 60, "robots") as found:
        assert heed("crawl", *found.seeds, "--out", source, *QUICK).code == 0
        found.close()
        asked = ("recheck", source, "--audit", *LOOPBACK, "--delay", "0", "--rewrite", first)
        assert heed(*asked).code == 0
        run = heed("recheck", first, "--ledger", source / "ledger.db", "--rewrite", second)
        assert run.code == 0, run.err
        assert tombstones(second) == tombstones(first) == found.refused()


def test_a_folder_that_holds_something_is_left_alone(copied: Copied, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    run = heed("recheck", copied.source.root, "--rewrite", tmp_path)
    assert run.code == 2
    assert str(tmp_path) in run.err
    assert [one.name for one in tmp_path.iterdir()] == ["mine"]
    run = heed("recheck", copied.source.root, "--rewrite", "s3://bucket/copy")
    assert run.code == 2
    assert "not to S3" in run.err
    assert not Path("s3:").exists()


def test_a_row_that_may_stay_is_never_left_out_in_silence(copied: Copied, tmp_path: Path) -> None:
    source = Corpus(shutil.copytree(copied.source.root, tmp_path / "source"))
    for file in source.root.glob("crawl-data/*/segments/*/warc/*.warc.gz"):
        file.unlink()
    run = heed("recheck", source.root, "--rewrite", tmp_path / "copy")
    assert run.code == 2
    assert "heed verify" in run.err
    assert run.err.count("\n") == 1
