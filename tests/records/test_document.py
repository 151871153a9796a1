"""The row of a kept page, as the readers downstream take it."""

import json

from crawler.records.document import SCHEMA_VERSION, Document, Metadata

METADATA = Metadata(
    title="T", author="", sitename="", content_type="text/html", charset="utf-8",
    warc_record_id="<urn:uuid:1>", warc_offset=10, warc_length=20, http_status=200,
    truncated=False, payload_digest="sha1:A", text_sha256="b", extractor="trafilatura",
    license_abbr="", license_version="", license_location="", rights_decision="allow",
    rights_policy="strict", rights_uses="train-genai", rights_signals="", rights_checked_at="",
    robots_sha256="", first_seen="", last_seen="", ai_provenance="",
)  # fmt: skip
ROW = Document(
    id="1", text="é\u2028\ud800", source="heed", added="", created="", version=SCHEMA_VERSION,
    url="https://site.example/", dump="", file_path="", date="", language="en", language_score=1,
    token_count=3, metadata=METADATA,
)  # fmt: skip


def test_a_row_is_one_line_of_json_whatever_its_text_holds() -> None:
    line = ROW.to_line()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert json.loads(line)["text"] == "é\u2028?"


def test_a_score_is_never_written_as_a_whole_number() -> None:
    assert b'"language_score":1.0' in ROW.to_line()


def test_a_row_keeps_its_keys_in_order_the_metadata_last() -> None:
    row = json.loads(ROW.to_line())
    assert next(iter(row)) == "id"
    assert list(row)[-1] == "metadata"
    assert next(iter(row["metadata"])) == "title"
