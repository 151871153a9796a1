"""Banned words are found where they may not stand, packed files included."""

import gzip
from pathlib import Path

from tests.mocksite import behaviours
from tests.mocksite.output import find_banned

REFUSED = behaviours()["opt-meta-noai"]
CUT_OFF = behaviours()["truncated-body"]


def test_a_refused_page_may_stand_in_no_file_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(b"one") + gzip.compress(b"CANARY-TEXT"))
    assert find_banned(REFUSED, tmp_path) == ["a.warc.gz"]


def test_a_page_that_was_cut_off_may_stand_in_a_record_but_in_no_row(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_text("HALF-A-PAGE-MARKER", encoding="utf-8")
    assert find_banned(CUT_OFF, tmp_path) == []
    (tmp_path / "a.jsonl").write_text('{"text": "HALF-A-PAGE-MARKER"}\n', encoding="utf-8")
    assert find_banned(CUT_OFF, tmp_path) == ["a.jsonl"]


def test_a_file_that_cannot_be_unpacked_proves_nothing_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(b"\x1f\x8bbroken")
    assert find_banned(CUT_OFF, tmp_path) == ["a.jsonl.gz"]
