"""`heed verify` on a real corpus: whole as it is, and no damage to it stays unseen."""

import gzip
import io
import json
import os
import random
import shutil
from pathlib import Path

import pytest

from crawler.capture.layout import MANIFEST
from crawler.capture.listing import enlist
from crawler.capture.manifest import describe, merge, read_entries, render
from crawler.capture.member import compress
from crawler.corpus.faults import Fault
from crawler.corpus.lists import LISTS
from crawler.corpus.verification import Counts, verify
from crawler.stores.local import LocalStore
from tests.command import heed
from tests.corpus.damage import TO_FILES, TO_WHAT_THEY_SAY, Damage, flip_a_bit, relist
from tests.shared import SHARED, needs_shared

pytestmark = pytest.mark.slow

SEEDS = 200 if os.environ.get("HEED_FULL_BARS") else 6
ARCHIVES = SHARED / "data" / "warc"


def faults_of(place: Path) -> list[Fault]:
    return list(verify(str(place), Counts()))


def damaged(corpus: Path, pristine: Path, damage: Damage, seed: int) -> Path:
    shutil.rmtree(corpus)
    shutil.copytree(pristine, corpus)
    damage(corpus, random.Random(seed))
    return corpus


def test_a_corpus_of_every_kind_of_record_is_whole(pristine: Path) -> None:
    counts = Counts()
    assert list(verify(str(pristine), counts)) == []
    run = heed("verify", pristine, "--json")
    assert run.code == 0
    assert run.summary == {
        "corpus": str(pristine), "whole": True, "files": counts.files, "rows": 9,
        "records": counts.records, "bytes": counts.bytes, "faults": [],
    }  # fmt: skip


@pytest.mark.parametrize("name", TO_FILES)
def test_damage_to_files_is_found(corpus: Path, pristine: Path, name: str) -> None:
    for seed in range(SEEDS):
        assert faults_of(damaged(corpus, pristine, TO_FILES[name], seed)), seed


@pytest.mark.parametrize("name", TO_WHAT_THEY_SAY)
def test_damage_to_what_files_say_is_found_though_the_manifest_fits(
    corpus: Path, pristine: Path, name: str
) -> None:
    for seed in range(SEEDS):
        damaged(corpus, pristine, TO_WHAT_THEY_SAY[name], seed)
        assert faults_of(corpus), seed
        relist(corpus)
        found = faults_of(corpus)
        assert found, seed
        assert not [fault for fault in found if fault.file == "manifest.jsonl"]


WRONG: dict[str, object] = {"path": None, "kind": [], "size": "1", "tallies": 1}


@pytest.mark.parametrize("key", WRONG)
def test_a_manifest_with_a_value_of_another_type_is_told(corpus: Path, key: str) -> None:
    place = corpus / MANIFEST
    lines = [json.loads(line) for line in place.read_text().splitlines()]
    lines[1][key] = WRONG[key]
    place.write_text("".join(json.dumps(one, separators=(",", ":")) + "\n" for one in lines))
    assert any("line 2: it is no entry" in fault.what for fault in faults_of(corpus))


def test_rows_that_are_no_utf_8_are_told(corpus: Path) -> None:
    place = next(corpus.glob("documents/C/*.jsonl.gz"))
    lines = gzip.decompress(place.read_bytes())
    place.write_bytes(compress(lines.replace(b'"file_path":"', b'"file_path":"\xed\xa0\x80', 1)))
    assert any("no row of JSON" in fault.what for fault in faults_of(corpus))


def test_a_flipped_bit_is_named_by_its_file(corpus: Path, pristine: Path) -> None:
    damaged(corpus, pristine, lambda root, dice: flip_a_bit(root, dice, "/warc/"), 3)
    changed = {
        place.relative_to(corpus).as_posix()
        for place in corpus.rglob("*.warc.gz")
        if place.read_bytes() != (pristine / place.relative_to(corpus)).read_bytes()
    }
    (path,) = changed
    assert path in {fault.file for fault in faults_of(corpus)}
    run = heed("verify", corpus)
    assert run.code == 1
    assert path in run.out


def test_an_open_file_is_incomplete_and_running_excuses_it_alone(corpus: Path) -> None:
    warc = next(corpus.glob("crawl-data/*/*/*/warc/*.warc.gz"))
    leftover = warc.with_name("C-left-00009.warc.gz.open")
    leftover.write_bytes(warc.read_bytes()[:-7])
    run = heed("verify", corpus)
    assert run.code == 1
    assert run.out.startswith("incomplete: ")
    assert len(run.out.splitlines()) == 2
    assert heed("verify", corpus, "--running").code == 0
    next(corpus.glob("documents/*/*")).unlink()
    assert heed("verify", corpus, "--running").code == 1


def test_a_job_that_has_finished_no_file_yet_is_incomplete_and_nothing_else(
    tmp_path: Path, pristine: Path
) -> None:
    warc = next(pristine.glob("crawl-data/*/*/*/warc/*.warc.gz"))
    place = tmp_path / warc.relative_to(pristine).parent / (warc.name + ".open")
    place.parent.mkdir(parents=True)
    place.write_bytes(warc.read_bytes()[:-30])
    assert {fault.incomplete for fault in faults_of(tmp_path)} == {True}
    assert heed("verify", tmp_path, "--running").code == 0
    assert heed("verify", tmp_path).code == 1


def test_a_finished_file_that_nobody_listed_is_incomplete(corpus: Path) -> None:
    manifest = corpus / "manifest.jsonl"
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.write_bytes(b"".join(line for line in lines if b'"kind":"wet"' not in line))
    found = faults_of(corpus)
    assert [fault.incomplete for fault in found if "/wet/" in fault.file] == [True]


def test_lists_that_a_killed_job_wrote_before_the_manifest_are_incomplete(corpus: Path) -> None:
    written = {path: (corpus / path).read_bytes() for path in LISTS}
    entries = read_entries(written.pop(MANIFEST))
    before = [one for one in entries if one.kind not in ("documents", "warc")]
    enlist(LocalStore(corpus), before, anew=True)
    for path, content in written.items():
        (corpus / path).write_bytes(content)
    found = faults_of(corpus)
    assert {"README.md", "warc.paths.gz"} < {fault.file for fault in found}
    assert {fault.incomplete for fault in found} == {True}


def test_a_list_that_is_wrong_where_every_file_is_listed_is_no_ones_work(corpus: Path) -> None:
    (corpus / "warc.paths.gz").write_bytes(compress(b""))
    assert {fault.incomplete for fault in faults_of(corpus)} == {False}


def test_a_list_is_held_to_its_lines_whatever_compressed_them(corpus: Path) -> None:
    place, manifest = corpus / "warc.paths.gz", corpus / MANIFEST
    lines = gzip.decompress(place.read_bytes())
    place.write_bytes(gzip.compress(lines, 0))
    others = [one for one in read_entries(manifest.read_bytes()) if one.path != place.name]
    anew = describe(place.name, io.BytesIO(place.read_bytes()))
    manifest.write_bytes(render(merge(others, [anew])))
    assert faults_of(corpus) == []


def test_a_place_without_a_corpus_is_a_usage_error(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nothing"):
        run = heed("verify", place)
        assert run.code == 2
        assert run.err.count("\n") == 1
        assert str(place) in run.err


@needs_shared
@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("clipped.warc.gz", ["record 1 at byte 0"]),
        ("example-bad-non-chunked.warc.gz", ["record 1 at byte 0", "record 5 at byte 3370"]),
        ("example-trunc.warc", ["record 3 at byte 1197"]),
    ],
)
def test_a_broken_warc_is_told_by_its_places(name: str, where: list[str]) -> None:
    run = heed("verify", ARCHIVES / "broken" / name, "--json")
    assert run.code == 1
    found = json.loads(run.out)["faults"]
    assert list(dict.fromkeys(fault["record"] for fault in found)) == where


@needs_shared
def test_good_warcs_of_others_are_whole_and_broken_ones_beside_them_stop_nothing() -> None:
    assert heed("verify", ARCHIVES / "good").code == 0
    counts = Counts()
    broken = {fault.file.partition("/")[0] for fault in verify(str(ARCHIVES), counts)}
    assert broken == {"broken"}
    assert counts.files == 6
    assert counts.records == 70


@needs_shared
def test_import_says_where_a_broken_warc_is_broken_and_goes_on(tmp_path: Path) -> None:
    run = heed("import", ARCHIVES, "--ledger", tmp_path / "ledger.db", "--json")
    assert run.code == 1
    for name in ("clipped.warc.gz", "example-bad-non-chunked.warc.gz", "example-trunc.warc"):
        assert f"broken/{name}, record" in run.err
    assert "Traceback" not in run.err
