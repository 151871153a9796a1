"""Rows: every key, one type a key, in files that a kill can only shorten."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.capture.documents import DocumentFiles, combine, created_at, row_of
from crawler.capture.repair import repair
from crawler.capture.rolling import OPEN
from crawler.policy.model import TRAIN_USES, State, Use
from crawler.records.document import Document
from crawler.records.exchange import Truncated
from crawler.records.page import Extraction, Licence, Page, RecordPlace
from tests.capture.samples import RUN, Writing, a_page, a_statement, an_exchange, files_below

PLACE = RecordPlace("<urn:uuid:1>", "crawl-data/x.warc.gz", 10, 20, "sha1:A")
NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
PATH = "documents/HEED-2026-47/HEED-2026-47-20260921141320-0badcafe-00000.jsonl.gz"

FULL = Extraction("Text\u2028more", "trafilatura", "T", "A", "S", "2024-02-29", "en", 1)
KEYS = [
    "id",
    "text",
    "source",
    "added",
    "created",
    "version",
    "url",
    "dump",
    "file_path",
    "date",
    "language",
    "language_score",
    "token_count",
    "metadata",
]
METADATA_KEYS = [
    "title",
    "author",
    "sitename",
    "content_type",
    "charset",
    "warc_record_id",
    "warc_offset",
    "warc_length",
    "http_status",
    "truncated",
    "payload_digest",
    "text_sha256",
    "extractor",
    "license_abbr",
    "license_version",
    "license_location",
    "rights_decision",
    "rights_policy",
    "rights_uses",
    "rights_signals",
    "rights_checked_at",
    "robots_sha256",
    "first_seen",
    "last_seen",
    "ai_provenance",
]


def a_row(page: Page | None = None, extraction: Extraction = FULL) -> Document:
    return row_of(page or a_page(), PLACE, extraction, dump="C", added=NOW)


def as_json(row: Document) -> dict[str, object]:
    line = row.to_line()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    parsed: dict[str, object] = json.loads(line)
    return parsed


def types_of(value: object) -> object:
    if isinstance(value, dict):
        return {key: types_of(one) for key, one in value.items()}
    return type(value)


def test_a_row_has_every_key_in_order() -> None:
    row = as_json(a_row())
    metadata = row["metadata"]
    assert isinstance(metadata, dict)
    assert list(row) == KEYS
    assert list(metadata) == METADATA_KEYS


def test_a_bare_row_has_the_same_types_as_a_full_one() -> None:
    bare = a_row(a_page(charset="", content_type=""), Extraction("t", "x"))
    full = a_row(
        replace(
            a_page(an_exchange(truncated=Truncated.LENGTH), statements=(a_statement(State.ALLOW),)),
            licence=Licence("by", "4.0", "footer"),
            checked_at=NOW,
            first_seen="2026-01-01T00:00:00.000Z",
            ai_provenance="human",
        )
    )
    assert types_of(as_json(bare)) == types_of(as_json(full))


def test_a_row_points_to_its_record() -> None:
    row = a_row()
    assert row.id == row.metadata.warc_record_id == "<urn:uuid:1>"
    assert (row.file_path, row.metadata.warc_offset, row.metadata.warc_length) == (
        "crawl-data/x.warc.gz", 10, 20,
    )  # fmt: skip
    assert row.metadata.payload_digest == "sha1:A"


def test_times_have_one_form() -> None:
    row = a_row()
    assert row.date == row.metadata.last_seen == "2026-11-22T04:05:06.789Z"
    assert row.metadata.first_seen == row.metadata.rights_checked_at == row.date
    assert row.added == "2026-11-22T05:00:00.000Z"
    assert row.created == "2024-02-29T00:00:00.000Z"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("", ""),
        ("2024", ""),
        ("2024-02-29T01:02:03Z", ""),
        ("2024-02-29", "2024-02-29T00:00:00.000Z"),
        ("2024-02-29T01:02:03.004Z", "2024-02-29T01:02:03.004Z"),
    ],
)
def test_a_date_that_is_not_whole_is_no_date(found: str, expected: str) -> None:
    assert created_at(found) == expected


def test_a_row_carries_its_permission() -> None:
    page = a_page(statements=(a_statement(State.ALLOW), a_statement(State.ALLOW, Use.TRAIN_OTHER)))
    row = a_row(page).metadata
    assert row.rights_decision == "allow"
    assert row.rights_policy == f"strict/{page.decision.rule_set}"
    assert json.loads(row.rights_uses)["train-genai"] == "allow"
    assert set(json.loads(row.rights_uses)) == {use.value for use in Use}
    said = json.loads(row.rights_signals)
    assert [one["signal"] for one in said] == ["content_usage", "content_usage"]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((State.ALLOW, State.ALLOW), State.ALLOW),
        ((State.ALLOW, State.UNKNOWN), State.UNKNOWN),
        ((State.UNKNOWN, State.UNKNOWN), State.UNKNOWN),
        ((State.ALLOW, State.CONDITIONAL), State.CONDITIONAL),
        ((State.DISALLOW, State.CONDITIONAL), State.DISALLOW),
    ],
)
def test_one_state_stands_for_all_declared_uses(
    states: tuple[State, State], expected: State
) -> None:
    assert combine(dict(zip(TRAIN_USES, states, strict=True)), TRAIN_USES) is expected
    assert combine({}, ()) is State.UNKNOWN


@given(text=st.text(min_size=1))
def test_any_text_makes_one_line_of_json(text: str) -> None:
    row = as_json(a_row(extraction=Extraction(text, text, text, text, text, text)))
    assert row["text"] == text


def test_a_text_that_is_not_unicode_still_makes_a_line() -> None:
    assert as_json(a_row(extraction=Extraction("a\ud800b", "x")))["text"] == "a?b"


def read_rows(place: Path) -> list[str]:
    with gzip.open(place, "rt", encoding="utf-8", newline="\n") as file:
        return [json.loads(line)["text"] for line in file]


def test_rows_are_on_disk_at_a_checkpoint_and_a_kill_tears_only_later_ones(
    writing: Writing,
) -> None:
    files = DocumentFiles(writing.root, RUN, writing.options, writing.clock)
    for text in ("one", "two"):
        files.write(a_row(extraction=Extraction(text, "x")))
    assert files_below(writing.root) == {}
    marks = files.checkpoint()
    place = writing.root / (PATH + OPEN)
    assert marks == {PATH + OPEN: place.stat().st_size}
    files.write(a_row(extraction=Extraction("three", "x")))
    files.checkpoint()
    content = place.read_bytes()
    files.close()
    (writing.root / PATH).unlink()
    for torn in range(marks[PATH + OPEN], len(content)):
        place.write_bytes(content[:torn])
        assert repair(writing.root, dict) == [PATH]
        assert read_rows(writing.root / PATH) == ["one", "two"]
        (writing.root / PATH).unlink()


def test_many_rows_do_not_wait_for_a_checkpoint(writing: Writing) -> None:
    files = DocumentFiles(writing.root, RUN, writing.options, writing.clock)
    files.write(a_row(extraction=Extraction("x" * (1 << 20), "x")))
    assert list(files_below(writing.root)) == [PATH + OPEN]
    files.close()
    assert len(read_rows(writing.root / PATH)) == 1


def test_files_of_rows_roll(writing: Writing) -> None:
    writing.options = writing.options.model_copy(update={"roll_bytes": 1})
    files = DocumentFiles(writing.root, RUN, writing.options, writing.clock)
    for text in ("one", "two"):
        files.write(a_row(extraction=Extraction(text, "x")))
        files.checkpoint()
    files.close()
    assert sorted(files.take_finished()) == [PATH, PATH.replace("00000.j", "00001.j")]
    assert files.take_finished() == []
