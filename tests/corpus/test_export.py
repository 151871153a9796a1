"""`heed export`: lists that can be made again, and the forms that other tools read."""

import gzip
import json
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pyarrow.dataset as ds  # type: ignore[import-untyped]
import pytest

from tests.capture.samples import files_below
from tests.command import environment, heed

pytestmark = pytest.mark.slow

COMMAND = (sys.executable, "-m", "crawler.cli", "export")
FILES = 130
FEW_FILES = ("sh", "-c", 'ulimit -n 100; exec "$@"', "sh")
DERIVED = ("manifest.jsonl", "README.md", "warc.paths.gz", "wet.paths.gz")


def contents(root: Path) -> dict[str, bytes]:
    return {path: place.read_bytes() for path, place in files_below(root).items()}


def test_lists_and_indexes_can_be_made_again_to_the_byte(corpus: Path) -> None:
    before = contents(corpus)
    for name in DERIVED:
        (corpus / name).unlink()
    for index in corpus.glob("cc-index/**/*.gz"):
        index.unlink()
    assert heed("verify", corpus).code == 1
    run = heed("export", corpus)
    assert run.code == 0, run.err
    assert contents(corpus) == before


def test_the_manifest_has_every_file_with_size_digest_and_counts(pristine: Path) -> None:
    entries = [json.loads(line) for line in (pristine / "manifest.jsonl").read_text().splitlines()]
    by_path = {entry["path"]: entry for entry in entries}
    places = {
        path: place
        for path, place in files_below(pristine).items()
        if not path.startswith(("ledger", "frontier", "manifest"))
    }
    assert by_path.keys() == places.keys()
    for path, place in places.items():
        entry, content = by_path[path], place.read_bytes()
        assert (entry["size"], entry["sha256"]) == (len(content), sha256(content).hexdigest())
        if entry["kind"] == "documents":
            assert entry["rows"] == len(gzip.decompress(content).splitlines())
            assert sum(entry["tallies"]["languages"].values()) == entry["rows"]
        if entry["kind"] == "warc":
            assert entry["records"] == gzip.decompress(content).count(b"WARC/1.1\r\nWARC-Type: ")
            assert entry["crawl"] == "C"


def test_path_lists_name_the_files_as_common_crawl_does(pristine: Path) -> None:
    for name, subset in (("warc.paths.gz", "warc"), ("wet.paths.gz", "wet")):
        listed = gzip.decompress((pristine / name).read_bytes()).decode().splitlines()
        found = sorted(pristine.glob(f"crawl-data/*/segments/*/{subset}/*.warc.gz"))
        assert listed == [place.relative_to(pristine).as_posix() for place in found]


def test_words_of_the_owner_stay_in_the_card(corpus: Path) -> None:
    card = corpus / "README.md"
    card.write_text(card.read_text() + "\n## Ours\nOur words.\n")
    assert heed("verify", corpus).code == 1
    assert heed("export", corpus).code == 0
    assert card.read_text().endswith("\n## Ours\nOur words.\n")
    assert heed("verify", corpus).code == 0


def test_the_columnar_index_is_that_of_common_crawl(corpus: Path) -> None:
    run = heed("export", corpus, "--parquet-index", "--json")
    assert run.code == 0, run.err
    table = ds.dataset(corpus / "cc-index" / "table", partitioning="hive").to_table()
    assert table.schema.names[:2] == ["url_surtkey", "url"]
    assert table.schema.names[-2:] == ["crawl", "subset"]
    rows = table.to_pylist()
    lines = [
        line.split(b" ", 2)
        for place in corpus.glob("cc-index/C/*.cdxj.gz")
        for line in gzip.decompress(place.read_bytes()).splitlines()
    ]
    kept = {
        (row["warc_filename"], row["warc_record_offset"], row["url_surtkey"])
        for row in rows
        if row["subset"] == "warc"
    }
    said = [(json.loads(fields), key.decode()) for key, _, fields in lines]
    assert kept == {(one["filename"], int(one["offset"]), key) for one, key in said}
    moved = [row for row in rows if row["fetch_status"] == 301]
    assert moved[0]["fetch_redirect"] == "/target"
    assert {row["subset"] for row in rows} == {"warc", "robotstxt", "crawldiagnostics"}
    latin = [row for row in rows if row["url_path"] == "/latin"]
    assert latin[0]["content_charset"]
    assert heed("verify", corpus).code == 0


def test_a_wacz_holds_what_it_says_and_is_the_same_each_time(corpus: Path) -> None:
    assert heed("export", corpus, "--wacz").code == 0
    place = corpus / "wacz" / "C" / "C.wacz"
    with zipfile.ZipFile(place) as archive:
        package = json.loads(archive.read("datapackage.json"))
        assert package["wacz_version"] == "1.1.1"
        listed = {one["path"]: one for one in package["resources"]}
        own = {"datapackage.json", "datapackage-digest.json"}
        assert set(archive.namelist()) == listed.keys() | own
        for path, one in listed.items():
            content = archive.read(path)
            assert one["bytes"] == len(content)
            assert one["hash"] == f"sha256:{sha256(content).hexdigest()}"
        digest = json.loads(archive.read("datapackage-digest.json"))
        assert digest["hash"] == f"sha256:{sha256(archive.read('datapackage.json')).hexdigest()}"
        index = gzip.decompress(archive.read("indexes/index.cdx.gz")).splitlines()
        assert index == sorted(index)
        for line in index:
            fields = json.loads(line.split(b" ", 2)[2])
            warc = archive.read(f"archive/{fields['filename']}")
            at = int(fields["offset"])
            record = gzip.decompress(warc[at : at + int(fields["length"])])
            assert f"WARC-Target-URI: {fields['url']}\r\n".encode() in record
        pages = archive.read("pages/pages.jsonl").splitlines()
        assert len(pages) == 1 + 9
    assert heed("verify", corpus).code == 0


def test_a_crawl_of_more_files_than_may_be_open_is_packed(corpus: Path) -> None:
    warc = next(corpus.glob("crawl-data/C/segments/*/warc/*.warc.gz"))
    for number in range(FILES):
        shutil.copy(warc, warc.with_name(f"C-more-{number:05}.warc.gz"))
    assert heed("export", corpus).code == 0
    done = subprocess.run(  # noqa: S603 (our own command)
        [*FEW_FILES, *COMMAND, str(corpus), "--wacz"],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(corpus / "wacz" / "C" / "C.wacz") as archive:
        index = gzip.decompress(archive.read("indexes/index.cdx.gz")).splitlines()
    assert index == sorted(index)
    names = {json.loads(line.split(b" ", 2)[2])["filename"] for line in index}
    assert sum(name.startswith("C-more-") for name in names) == FILES


def test_what_a_killed_command_left_half_written_goes_with_the_next(corpus: Path) -> None:
    left = [
        corpus / folder / "C" / f"C{suffix}.0123abcd.open"
        for folder, suffix in (("wacz", ".wacz"), ("cc-index", ".cdxj.gz"))
    ]
    for place in left:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"half")
    assert heed("verify", corpus).code == 1
    for command in ("export", "recheck"):
        left[0].write_bytes(b"half")
        assert heed(command, corpus).code == 0
        assert not any(place.exists() for place in left)
    assert heed("verify", corpus).code == 0


def test_a_place_without_a_corpus_is_a_usage_error(tmp_path: Path) -> None:
    run = heed("export", tmp_path / "nothing")
    assert run.code == 2
    assert run.err.count("\n") == 1
