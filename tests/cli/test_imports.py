"""`heed import` as a user runs it: every kind of input, twice, and broken."""

import gzip
import json
import signal
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from zipfile import ZipFile

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest

from crawler.ledger.importers.jsonl import LONGEST_LINE
from tests.command import Run, environment, heed
from tests.history import BODIES
from tests.shared import SHARED, needs_shared

pytestmark = pytest.mark.slow

LINE = {"site": "a.example", "fetched_at": "2025-01-03T00:00:00Z", "body": "User-agent: *\n"}


def fill(ledger: Path, *paths: Path) -> Run:
    return heed("import", *paths, "--ledger", ledger, "--json")


def rows(ledger: Path, *words: str) -> list[dict[str, str]]:
    run = heed("report", "--ledger", ledger, "--jsonl", "-", "--bots", "GPTBot", *words)
    assert run.code == 0, run.err
    return [json.loads(line) for line in run.out.splitlines()]


def warc_of(
    url: str,
    status: str,
    body: bytes,
    fields: str = "",
    at: str = "2025-01-03T01:02:03Z",
    named: str = "",
) -> bytes:
    """A WARC of one response in gzip; `fields` are more of its HTTP header, `named` of its own."""
    block = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\n{fields}\r\n".encode() + body
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n"
        f"WARC-Date: {at}\r\n"
        f"Content-Type: application/http; msgtype=response\r\n{named}"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n")


def test_every_form_of_a_body_is_the_same_observation(tmp_path: Path) -> None:
    body = {"base64": b64encode(b"User-agent: *\n").decode()}
    lines = [LINE, {**LINE, "body": body}, {**LINE, "fetched_at": "2025-01-03T01:00:00+01:00"}]
    file = tmp_path / "history.jsonl.gz"
    file.write_bytes(gzip.compress("\r\n".join(map(json.dumps, lines)).encode()))
    assert fill(tmp_path / "ledger.db", file).summary["added"] == 1
    again = fill(tmp_path / "ledger.db", file)
    assert (again.code, again.summary["added"], again.summary["known"]) == (0, 0, 3)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"site": "a.example", "body": ""}',
        '{"site": "", "fetched_at": "2025-01-03", "body": ""}',
        '{"site": "a.example", "fetched_at": "soon", "body": ""}',
        '{"site": "a.example", "fetched_at": "2025-01-03"}',
        '{"site": "a.example", "fetched_at": "2025-01-03", "body": {"base64": "?"}}',
        '{"site": "a.example", "fetched_at": "2025-01-03", "status": "200"}',
        '{"site": "a.example", "fetched_at": "2025-01-03", "outcome": "odd"}',
        '{"site": "a.example", "fetched_at": "2025-01-03", "body": "", "headers": [1]}',
        '{"site": "a.example", "fetched_at": "2025-01-03", "body": "", "resource": "x"}',
        '{"site": "a\\ud800.example", "fetched_at": "2025-01-03", "body": ""}',
        '{"site": "a\\u0000.example", "fetched_at": "2025-01-03", "body": ""}',
    ],
)
def test_a_bad_line_is_named_and_the_others_go_on(tmp_path: Path, line: str) -> None:
    file = tmp_path / "history.jsonl"
    file.write_text(f"{line}\n{json.dumps(LINE)}\n", encoding="utf-8")
    run = fill(tmp_path / "ledger.db", file)
    assert (run.code, run.summary["added"], run.summary["faults"]) == (1, 1, 1)
    assert "history.jsonl, line 1: " in run.err
    assert "Traceback" not in run.err


def test_a_broken_stream_keeps_what_stands_before_the_break(tmp_path: Path) -> None:
    days = [
        {**LINE, "fetched_at": f"2025-01-{day:02}", "body": f"# {day}\n"} for day in range(1, 29)
    ]
    whole = b"".join(gzip.compress(json.dumps(day).encode() + b"\n") for day in days)
    (tmp_path / "broken.jsonl.gz").write_bytes(whole[:-9])
    (tmp_path / "none.jsonl.gz").write_bytes(b"no gzip at all\n")
    (tmp_path / "whole.jsonl").write_text(json.dumps({**LINE, "unknown": [1, {}]}) + "\n")
    run = fill(tmp_path / "ledger.db", *sorted(tmp_path.glob("*.jsonl*")))
    assert (run.code, run.summary["faults"]) == (1, 2), run.err
    assert f"{tmp_path / 'broken.jsonl.gz'}, line " in run.err
    assert f"{tmp_path / 'none.jsonl.gz'}, line " in run.err
    found = {row["date"][:10] for row in rows(tmp_path / "ledger.db")}
    assert {f"2025-01-{day:02}" for day in range(1, 28)} <= found


def test_a_line_beyond_all_bounds_is_one_fault_and_the_next_counts(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl.gz"
    long = b'{"body": "' + b"x" * (LONGEST_LINE + 1) + b'"}\n'
    file.write_bytes(gzip.compress(long + json.dumps(LINE).encode() + b"\n[]\n", 1))
    run = fill(tmp_path / "ledger.db", file)
    assert (run.code, run.summary["added"], run.summary["faults"]) == (1, 1, 2)
    assert f"{file}, line 1: " in run.err
    assert f"{file}, line 3: " in run.err
    assert "x" * 1_000 not in run.err


def test_a_status_without_a_body_is_an_observation(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    bare = {"site": "a.example", "fetched_at": "2025-01-03"}
    given = [{**bare, "status": 404}, {**bare, "fetched_at": "2025-01-04", "outcome": "timeout"}]
    file.write_text("\n".join(map(json.dumps, given)), encoding="utf-8")
    assert fill(tmp_path / "ledger.db", file).code == 0
    found = [(row["outcome"], row["verdict"]) for row in rows(tmp_path / "ledger.db")]
    assert found == [("not_found", "none"), ("timeout", "unknown")]


@pytest.mark.parametrize(
    "place", ["2025-01-03/a.example.txt", "a.example/20250103/robots.txt", "2025-01-03/a.example"]
)
def test_folders_by_date_say_site_and_time(tmp_path: Path, place: str) -> None:
    file = tmp_path / "folder" / place
    file.parent.mkdir(parents=True)
    file.write_text("User-agent: GPTBot\nDisallow: /", encoding="utf-8")
    assert fill(tmp_path / "ledger.db", tmp_path / "folder").summary["added"] == 1
    (row,) = rows(tmp_path / "ledger.db")
    assert (row["site"], row["date"]) == ("a.example", "2025-01-03T00:00:00.000Z")
    assert (row["verdict"], row["named"]) == ("full", "yes")


def test_captures_of_robots_txt_are_taken_from_warc_and_wacz(tmp_path: Path) -> None:
    robots = "https://a.example/robots.txt"
    kept = warc_of(robots, "200 OK", b"User-agent: GPTBot\nDisallow: /")
    other = warc_of("https://a.example/page", "200 OK", b"a page")
    moved = warc_of("http://a.example/robots.txt", "301 Moved Permanently", b"")
    (tmp_path / "x.warc.gz").write_bytes(kept + other + moved)
    with ZipFile(tmp_path / "x.wacz", "w") as package:
        package.writestr("archive/x.warc.gz", kept)
    run = fill(tmp_path / "ledger.db", tmp_path / "x.warc.gz", tmp_path / "x.wacz")
    assert (run.code, run.summary["read"], run.summary["added"]) == (0, 2, 1)
    (row,) = rows(tmp_path / "ledger.db")
    assert (row["site"], row["date"]) == ("a.example", "2025-01-03T01:02:03.000Z")


def test_one_site_is_one_site_however_an_archive_writes_it(tmp_path: Path) -> None:
    urls = (
        "http://A.Example:80/robots.txt",
        "https://a.example:443/robots.txt",
        "https://me:secret@a.example/robots.txt",
        "https://a.example:8443/robots.txt",
    )
    records = (
        warc_of(url, "200 OK", b"User-agent: *", at=f"2025-01-0{day}T00:00:00Z")
        for day, url in enumerate(urls, 1)
    )
    (tmp_path / "x.warc.gz").write_bytes(b"".join(records))
    assert fill(tmp_path / "ledger.db", tmp_path / "x.warc.gz").summary["added"] == 4
    found = [row["site"] for row in rows(tmp_path / "ledger.db")]
    assert found == ["a.example", "a.example", "a.example", "a.example:8443"]


def test_codings_of_archives_are_undone_and_what_cannot_be_is_no_answer(tmp_path: Path) -> None:
    body = b"User-agent: GPTBot\nDisallow: /\n" * 40
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    records = {
        "br": (brotli.compress(body), "Content-Encoding: br\r\n"),
        "chunked": (chunks, "Transfer-Encoding: chunked\r\n"),
        "gzip": (gzip.compress(body), "Content-Encoding: gzip\r\n"),
        "members": (
            gzip.compress(body[:9]) + gzip.compress(body[9:]),
            "Content-Encoding: gzip\r\n",
        ),
        "twice": (gzip.compress(brotli.compress(body)), "Content-Encoding: br, gzip\r\n"),
        "plain": (body, "Content-Encoding: br\r\n"),
        "torn": (gzip.compress(body)[:-20], "Content-Encoding: gzip\r\n"),
        "unheard-of": (b"\x01\x02\x03", "Content-Encoding: x\r\n"),
    }
    (tmp_path / "x.warc.gz").write_bytes(
        b"".join(
            warc_of(f"https://{name}.example/robots.txt", "200 OK", *record)
            for name, record in records.items()
        )
    )
    run = fill(tmp_path / "ledger.db", tmp_path / "x.warc.gz")
    assert (run.code, run.summary["added"]) == (0, len(records)), run.err
    found = {row["site"]: (row["outcome"], row["verdict"]) for row in rows(tmp_path / "ledger.db")}
    assert found == {
        **dict.fromkeys(("br.example", "chunked.example"), ("ok", "full")),
        **dict.fromkeys(("gzip.example", "plain.example"), ("ok", "full")),
        **dict.fromkeys(("members.example", "twice.example"), ("ok", "full")),
        **dict.fromkeys(("torn.example", "unheard-of.example"), ("undecodable", "unknown")),
    }


def test_a_body_that_its_archive_calls_cut_is_not_read_as_whole(tmp_path: Path) -> None:
    robots, named = "https://a.example/robots.txt", "WARC-Truncated: disconnect\r\n"
    record = warc_of(robots, "200 OK", b"User-agent: *", named=named)
    (tmp_path / "x.warc.gz").write_bytes(record)
    assert fill(tmp_path / "ledger.db", tmp_path / "x.warc.gz").code == 0
    assert [row["outcome"] for row in rows(tmp_path / "ledger.db")] == ["truncated"]


def test_an_encrypted_package_is_told(tmp_path: Path) -> None:
    package = tmp_path / "x.wacz"
    with ZipFile(package, "w") as archive:
        archive.writestr(
            "archive/x.warc.gz", warc_of("https://a.example/robots.txt", "200 OK", b"")
        )
    content = bytearray(package.read_bytes())
    content[6] |= 1  # the bit that says encrypted, here and in the list at the end
    content[content.index(b"PK\x01\x02") + 8] |= 1
    package.write_bytes(content)
    run = fill(tmp_path / "ledger.db", package)
    assert (run.code, run.summary["faults"]) == (1, 1), run.err
    assert "it is encrypted; unpack it" in run.err


def test_a_date_beyond_all_calendars_is_a_fault_of_its_record(tmp_path: Path) -> None:
    robots = "https://a.example/robots.txt"
    early = warc_of(robots, "200 OK", b"User-agent: *", at="0001-01-01T00:00:00+05:00")
    (tmp_path / "x.warc.gz").write_bytes(early + warc_of(robots, "200 OK", b"User-agent: *"))
    run = fill(tmp_path / "ledger.db", tmp_path / "x.warc.gz")
    assert (run.code, run.summary["added"]) == (1, 1)
    assert "x.warc.gz, record 1: " in run.err
    assert "Traceback" not in run.err


@needs_shared
def test_broken_archives_say_where_and_the_good_ones_are_read(tmp_path: Path) -> None:
    good = tmp_path / "x.warc.gz"
    good.write_bytes(warc_of("https://a.example/robots.txt", "404 Not Found", b""))
    broken = sorted((SHARED / "data" / "warc" / "broken").iterdir())
    run = fill(tmp_path / "ledger.db", *broken, good)
    assert (run.code, run.summary["added"]) == (1, 1)
    assert all(f"{file}, record " in run.err for file in broken)


def test_a_path_that_is_not_there_ends_before_anything_is_written(tmp_path: Path) -> None:
    run = fill(tmp_path / "ledger.db", tmp_path / "none.jsonl")
    assert run.code == 2
    assert "none.jsonl' is not there" in run.err


@needs_shared
def test_the_history_is_imported_whole(tmp_path: Path) -> None:
    run = fill(tmp_path / "ledger.db", BODIES)
    assert (run.summary["added"], run.summary["sites"], run.code) == (879, 80, 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_import_that_is_stopped_says_so_and_goes_on(
    tmp_path: Path, number: signal.Signals
) -> None:
    rows = 30_000
    with (tmp_path / "many.jsonl").open("w", encoding="utf-8") as file:
        for one in range(rows):
            row = {"site": f"s{one}.example", "fetched_at": "2025-01-01", "body": f"# {one}"}
            file.write(json.dumps(row) + "\n")
    words = ["import", str(tmp_path / "many.jsonl"), "--ledger", str(tmp_path / "ledger.db")]
    process = subprocess.Popen(  # noqa: S603 (our own command)
        [sys.executable, "-m", "crawler.cli", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stderr is not None
    first = process.stderr.readline()
    process.send_signal(number)
    told = (first + process.communicate()[1]).decode()
    assert process.returncode == 128 + number
    assert "Traceback" not in told
    assert told.endswith(
        "heed: stopped; run the same command again, what is in the ledger stays.\n"
    )
    counts = heed(*words, "--json").summary
    assert counts["known"] >= 2_000
    assert counts["known"] + counts["added"] == rows
