"""WARC files, read back by warcio and FastWARC."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.capture.names import CRAWLDIAGNOSTICS, ROBOTSTXT, WARC
from crawler.capture.record import digest
from crawler.capture.warc import WarcFiles
from crawler.config import read_options
from crawler.policy.model import State
from crawler.records.exchange import TlsFacts, Truncated
from crawler.records.page import Page, RecordPlace, Way
from crawler.records.remembered import KeptPayload
from tests.capture.reading import assert_checked, read_payload, read_records
from tests.capture.samples import (
    BODY,
    RUN,
    START,
    URL,
    Writing,
    a_page,
    a_statement,
    an_exchange,
    files_below,
)

SEGMENT = "crawl-data/HEED-2026-47/segments/20260921141320-0badcafe"
FIRST = f"{SEGMENT}/warc/HEED-2026-47-0badcafe-20260921141320-20260921142320-00000.warc.gz"
KEPT = KeptPayload(
    digest(BODY), "<urn:uuid:0>", "https://site.example/first", datetime(2026, 1, 2, tzinfo=UTC)
)


def make_files(writing: Writing) -> WarcFiles:
    return WarcFiles(writing.root, RUN, writing.options, writing.clock)


def write_one(writing: Writing, page: Page) -> tuple[RecordPlace, Path]:
    files = make_files(writing)
    place = files.write_page(page)
    files.close()
    return place, writing.root / place.path


def test_a_run_that_writes_nothing_leaves_no_file(writing: Writing) -> None:
    files = make_files(writing)
    assert files.checkpoint() == {}
    files.close()
    assert files_below(writing.root) == {}


def test_a_file_under_writing_ends_in_open_and_its_final_name_is_known(writing: Writing) -> None:
    files = make_files(writing)
    place = files.write_page(a_page())
    assert place.path == FIRST
    assert list(files_below(writing.root)) == [FIRST + ".open"]
    files.close()
    assert list(files_below(writing.root)) == [FIRST]
    assert files.take_finished() == [FIRST]


def test_a_page_is_warcinfo_request_response_metadata(writing: Writing) -> None:
    _, path = write_one(writing, a_page())
    kinds = [record.kind for record in read_records(path)]
    assert kinds == ["warcinfo", "request", "response", "metadata"]
    assert_checked(path)


def test_records_name_one_another_and_their_file(writing: Writing) -> None:
    place, path = write_one(writing, a_page())
    warcinfo, request, response, metadata = read_records(path)
    assert warcinfo["WARC-Filename"] == path.name
    assert response["WARC-Record-ID"] == place.record_id
    for record in (request, metadata):
        assert record["WARC-Concurrent-To"] == place.record_id
    for record in (request, response, metadata):
        assert record["WARC-Warcinfo-ID"] == warcinfo["WARC-Record-ID"]
        assert record["WARC-Target-URI"] == URL
        assert record["WARC-Date"] == "2026-11-22T04:05:06.789Z"
    assert len({record["WARC-Record-ID"] for record in read_records(path)}) == 4


def test_a_response_says_from_where_and_how_it_came(writing: Writing) -> None:
    exchange = an_exchange(
        tls=TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384"), truncated=Truncated.TIME
    )
    _, path = write_one(writing, a_page(exchange))
    response = read_records(path)[2]
    assert response["WARC-IP-Address"] == "192.0.2.7"
    assert response.all("WARC-Protocol") == ["http/1.1", "tls/1.3"]
    assert response["WARC-Cipher-Suite"] == "TLS_AES_256_GCM_SHA384"
    assert response["WARC-Truncated"] == "time"
    assert response["WARC-Identified-Payload-Type"] == "text/html"
    assert response["WARC-Payload-Digest"] == digest(BODY)
    assert response["Content-Type"] == "application/http; msgtype=response"


def test_a_plain_whole_response_says_nothing_of_tls_or_truncation(writing: Writing) -> None:
    _, path = write_one(writing, a_page())
    response = read_records(path)[2]
    assert response.all("WARC-Cipher-Suite") == response.all("WARC-Truncated") == []


def test_the_block_is_what_was_sent(writing: Writing) -> None:
    headers = ((b"x-b", b"2"), (b"X-A", b"\xe9\xff"), (b"x-b", b"1"), (b"Content-Encoding", b"x"))
    exchange = an_exchange(b"\x00\r\n\r\nWARC/1.1\r\n", reason="Fine by me", headers=headers)
    place, path = write_one(writing, a_page(exchange))
    _, request, response, _ = read_records(path)
    assert request.block == exchange.request_head
    assert response.block == (
        b"HTTP/1.1 200 Fine by me\r\nx-b: 2\r\nX-A: \xe9\xff\r\nx-b: 1\r\n"
        b"Content-Encoding: x\r\n\r\n\x00\r\n\r\nWARC/1.1\r\n"
    )
    assert read_payload(path, place.offset, place.length) == (place.record_id, exchange.body)
    assert place.payload_digest == digest(exchange.body)
    assert_checked(path)


def test_warcinfo_says_who_crawled_by_which_rules(writing: Writing) -> None:
    _, path = write_one(writing, a_page())
    lines = read_records(path)[0].block.decode().split("\r\n")
    said = dict(line.split(": ", 1) for line in lines if line)
    assert said["isPartOf"] == "HEED-2026-47"
    assert said["operator"] == "https://heed.example/bot"
    assert said["http-header-from"] == "a@b.example"
    assert "profile strict" in said["robots"]
    assert "aiohttp" in said["description"]
    assert {"software", "format", "conformsTo"} < set(said)


def test_warcinfo_leaves_out_what_is_not_known(writing: Writing) -> None:
    writing.options = read_options({})
    _, path = write_one(writing, a_page())
    assert b"operator:" not in read_records(path)[0].block


def test_metadata_holds_the_decision(writing: Writing) -> None:
    page = a_page(statements=(a_statement(State.ALLOW),), via="https://site.example/\r\nx: y")
    page = replace(page, depth=2, hops=1)
    _, path = write_one(writing, page)
    lines = read_records(path)[3].block.decode().split("\r\n")
    said = dict(line.split(": ", 1) for line in lines if line)
    assert said["fetchTimeMs"] == "250"
    assert said["charset-detected"] == "utf-8"
    assert said["via"] == "https://site.example/%0D%0Ax:%20y"
    assert said["hopsFromSeed"] == "LLR"
    assert said["heed-uses"] == "train-genai train-other"
    assert json.loads(said["heed-states"])["train-genai"] == "allow"
    deciding = json.loads(said["heed-deciding"])["train-genai"]
    assert deciding[0]["verbatim"] == "Content-Usage: train-ai=y"


@pytest.mark.parametrize("subset", [ROBOTSTXT, CRAWLDIAGNOSTICS])
def test_other_exchanges_stand_in_a_folder_of_their_own(writing: Writing, subset: str) -> None:
    files = make_files(writing)
    decision, way = a_page().decision, Way("https://site.example/", 1, 0)
    place = files.write_exchange(subset, an_exchange(status=404), decision, way)
    files.close()
    assert place.path.startswith(f"{SEGMENT}/{subset}/")
    kinds = [record.kind for record in read_records(writing.root / place.path)]
    assert kinds == ["warcinfo", "request", "response", "metadata"]
    metadata = read_records(writing.root / place.path)[-1].block.decode()
    assert "via: https://site.example/\r\nhopsFromSeed: L\r\nheed-profile: " in metadata
    assert_checked(writing.root / place.path)


def test_no_two_files_of_a_run_share_a_base_name(writing: Writing) -> None:
    files = make_files(writing)
    for subset in (WARC, ROBOTSTXT, CRAWLDIAGNOSTICS):
        files.write_exchange(subset, an_exchange())
    files.close()
    assert len({Path(path).name for path in files_below(writing.root)}) == 3


def test_a_request_that_is_not_known_is_left_out(writing: Writing) -> None:
    exchange = replace(an_exchange(), request_head=b"")
    place, path = write_one(writing, a_page(exchange))
    assert [record.kind for record in read_records(path)] == ["warcinfo", "response", "metadata"]
    assert read_payload(path, place.offset, place.length) == (place.record_id, BODY)


def test_a_payload_kept_before_leaves_a_revisit_without_it(writing: Writing) -> None:
    files = make_files(writing)
    place = files.write_revisit(a_page(), KEPT)
    files.close()
    assert place.revisit
    path = writing.root / place.path
    _, _, revisit, _ = read_records(path)
    assert revisit.kind == "revisit"
    assert revisit["WARC-Profile"].endswith("/1.1/revisit/identical-payload-digest")
    assert revisit["WARC-Refers-To"] == "<urn:uuid:0>"
    assert revisit["WARC-Refers-To-Target-URI"] == "https://site.example/first"
    assert revisit["WARC-Refers-To-Date"] == "2026-01-02T00:00:00.000Z"
    assert revisit["WARC-Payload-Digest"] == KEPT.digest
    assert revisit.block == an_exchange().response_head
    assert_checked(path, payloads=False)


def test_a_304_leaves_a_revisit_beside_the_pages(writing: Writing) -> None:
    files = make_files(writing)
    exchange = an_exchange(b"", status=304, reason="Not Modified")
    place = files.write_not_modified(exchange, KEPT)
    files.close()
    assert place.path == FIRST
    revisit = read_records(writing.root / place.path)[2]
    assert revisit["WARC-Profile"].endswith("/1.1/revisit/server-not-modified")
    assert revisit.block.startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert_checked(writing.root / place.path, payloads=False)


def test_a_text_is_a_conversion_of_its_response(writing: Writing) -> None:
    files = make_files(writing)
    page = a_page()
    page = replace(page, place=files.write_page(page))
    at = datetime(2026, 11, 22, tzinfo=UTC)
    written = files.write_conversion(page, "Texte é \ud800", at, "fr")
    files.close()
    path = writing.root / written.path
    assert f"{SEGMENT}/wet/" in written.path
    _, conversion = read_records(path)
    assert conversion.kind == "conversion"
    assert conversion["WARC-Refers-To"] == page.place.record_id if page.place else False
    assert conversion["WARC-Identified-Content-Language"] == "fr"
    assert conversion.block.decode() == "Texte é ?"
    assert conversion.offset == written.offset
    assert_checked(path)


def test_a_file_is_full_at_its_size(writing: Writing) -> None:
    writing.options = read_options({"HEED_ROLL_BYTES": 1})
    files = make_files(writing)
    places = [files.write_page(a_page()) for _ in range(3)]
    files.close()
    assert len({place.path for place in places}) == 3
    for place in places:
        assert read_payload(writing.root / place.path, place.offset, place.length)[1] == BODY


def test_a_file_is_full_when_its_time_is_over(writing: Writing) -> None:
    files = make_files(writing)
    first = files.write_page(a_page())
    writing.clock.epoch = START + 599.9
    second = files.write_page(a_page())
    writing.clock.epoch = START + 600
    third = files.write_page(a_page())
    assert first.path == second.path == FIRST
    assert third.path.endswith("20260921142320-20260921143320-00001.warc.gz")
    files.close()


def test_a_full_file_is_finished_only_after_its_whole_length_was_reported(
    writing: Writing,
) -> None:
    files = make_files(writing)
    files.write_page(a_page())
    writing.clock.epoch += 600
    marks = files.checkpoint()
    assert marks == {FIRST + ".open": (writing.root / (FIRST + ".open")).stat().st_size}
    assert files.checkpoint() == {}
    assert list(files_below(writing.root)) == [FIRST]


def test_a_taken_name_leaves_the_other_file_alone(writing: Writing) -> None:
    (writing.root / FIRST).parent.mkdir(parents=True)
    (writing.root / FIRST).write_bytes(b"somebody's")
    place, _ = write_one(writing, a_page())
    assert place.path.endswith("-00001.warc.gz")
    assert (writing.root / FIRST).read_bytes() == b"somebody's"


HOSTILE = st.binary(max_size=40).map(lambda junk: b"x\r\n\r\n\r\nWARC/1.1\r\n\x00" + junk)


@given(junk=HOSTILE)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_from_the_network_never_forge_a_record(tmp_path: Path, junk: bytes) -> None:
    text = junk.decode("latin-1")
    exchange = replace(
        an_exchange(junk, url="http://a.example/" + text, reason=text, headers=((junk, junk),)),
        request_head=junk,
        ip=text,
        protocol=text,
        tls=TlsFacts(text, text),
    )
    page = a_page(exchange, content_type=text, charset=text, via=text)
    place, path = write_one(Writing(tmp_path / digest(junk)), page)
    records = read_records(path)
    assert [one.kind for one in records] == ["warcinfo", "request", "response", "metadata"]
    assert records[2]["WARC-Record-ID"] == place.record_id
    names = {name for record in records for name, _ in record.fields}
    assert all(name.startswith(("WARC-", "Content-")) for name in names)
    assert records[2].block == exchange.response_head + exchange.body
