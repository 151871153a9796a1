"""Whatever coding a body came in, and whatever its server wrote in a head, all readers agree."""

import base64
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType

from tests.command import QUICK, heed
from tests.corpus.raw_site import HTML, ROBOTS, answer, chunked, every_kind, html, raw_site

Decode = Literal["none", "content", "all"]

_READ = """
import sys, json, base64
sys.modules["brotli"] = None  # warcio alone, as its own requirements have it: with it, it fails
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                head = record.http_headers
                found = (
                    record.rec_headers.get_header("WARC-Record-ID"),
                    head.get_statuscode(),
                    base64.b64encode(record.content_stream().read()).decode(),
                )
                print(json.dumps(found))
class Arguments:
    inputs, verbose = sys.argv[1:], False
sys.exit(Checker(Arguments()).process_all())
"""


def read_with_warcio(places: list[Path]) -> dict[str, tuple[str, bytes]]:
    """Status and decoded body of each response, all digests checked, in warcio's own world."""
    done = subprocess.run(  # noqa: S603 (this interpreter)
        [sys.executable, "-c", _READ, *map(str, places)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = map(json.loads, done.stdout.splitlines())
    return {one: (status, base64.b64decode(body)) for one, status, body in found}


def read_with_fastwarc(places: list[Path], decode: Decode) -> Iterator[tuple[str, str, bytes]]:
    for place in places:
        with place.open("rb") as file:
            for record in FastIterator(
                file, record_types=WarcRecordType.response, auto_decode=decode
            ):
                assert record.http_headers is not None
                yield (
                    record.headers["WARC-Record-ID"],
                    str(record.http_headers.status_code),
                    record.reader.read(),
                )


def responses(out: Path) -> list[Path]:
    return sorted(
        place for place in out.glob("crawl-data/**/*.warc.gz") if "/wet/" not in str(place)
    )


def test_readers_that_undo_every_coding_see_the_same_payload(pristine: Path) -> None:
    places = responses(pristine)
    by_warcio = read_with_warcio(places)
    both: tuple[Decode, Decode] = ("content", "all")
    for decode in both:
        found = {one: (status, body) for one, status, body in read_with_fastwarc(places, decode)}
        assert found.keys() == by_warcio.keys()
        for one, (status, body) in found.items():
            held = by_warcio[one][1]
            # warcio without brotli gives a br body as it is stored.
            assert by_warcio[one] == (status, body) or brotli.decompress(held) == body


def test_each_body_is_stored_as_sent_without_its_chunks(pristine: Path) -> None:
    said = every_kind()
    with_codings = {
        gzip.compress(html("Zipped"), mtime=0), gzip.compress(html("Both"), mtime=0),
        brotli.compress(html("Brotli")), html("Chunked"), html("Latin", charset="iso-8859-1"),
    }  # fmt: skip
    assert len(said) == 16
    stored = {body for _, _, body in read_with_fastwarc(responses(pristine), "none")}
    assert with_codings <= stored
    places = "".join(str(gzip.decompress(place.read_bytes())) for place in responses(pristine))
    assert places.count("X-Crawler-Transfer-Encoding: chunked") >= 2
    assert "\\nTransfer-Encoding" not in places


def test_a_length_beside_chunks_is_not_stored_as_that_of_the_body(tmp_path: Path) -> None:
    page = chunked(html("Smuggled"), HTML, b"Content-Length: 5")
    with raw_site({"/": page, ROBOTS: every_kind()[ROBOTS]}, "127.72.0.3") as site:
        run = heed("crawl", f"{site.origin}/", "--out", tmp_path / "out", *QUICK)
    assert run.code == 0, run.err
    (place,) = tmp_path.glob("out/crawl-data/*/segments/*/warc/*.warc.gz")
    content = gzip.decompress(place.read_bytes())
    assert html("Smuggled") in content
    assert b"\r\nX-Crawler-Content-Length: 5\r\n" in content


INJECTIONS = {
    "zero": b"X-Zero: a\x00b",
    "latin": b"X-Latin: na\xefve \xff\xfe",
    "fold": b"X-Fold: first\r\n second\r\n\tthird",
    "bare-cr": b"X-Bare: one\rWARC-Type: resource\rContent-Length: 0",
    "bare-lf": b"X-Bare: one\nWARC-Type: warcinfo\nWARC-Record-ID: <urn:uuid:0>",
    "nameless": b": nameless\r\n : spaced\r\nno colon at all\r\n:",
    "record": b"X-Record: x\n\nWARC/1.1\nWARC-Type: response\nContent-Length: 9"[:12],
    "separators": "X-Odd: a\u2028b\u0085c".encode(),
    "huge": b"X-Huge: " + b"h" * 40_000,
    "many": b"\r\n".join(b"X-Many: %d" % number for number in range(900)),
    "twice": b"Content-Type: text/plain\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2",
    "digest": b"WARC-Block-Digest: sha1:AAAA\r\nWARC-Payload-Digest: sha1:BBBB",
    "empty-value": b"X-Empty:\r\nX-Blank:   ",
    "name": b"X(\x01)\x7f \x80: odd name",
}


@pytest.fixture(scope="module")
def injected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A crawl of a site that writes into its heads what could end a record or begin one."""
    answers = {
        f"/{name}": answer(html(f"Page {name}"), HTML, injection)
        for name, injection in INJECTIONS.items()
    }
    answers["/reason"] = answer(html("Page reason"), HTML, status=b"200 Caf\xe9\x00\rX: y")
    answers["/moved"] = answer(b"", b"Location: /zero\r\n x\x00", status=b"302 Found\x00")
    answers["/"] = answer(html("Start", *answers), HTML)
    out = tmp_path_factory.mktemp("injected") / "out"
    with raw_site(answers, "127.72.0.2") as site:
        run = heed("crawl", f"{site.origin}/", "--out", out, "--json", *QUICK)
    assert run.code == 0, run.err
    assert run.summary["pages_kept"] >= len(INJECTIONS) - 1, run.out
    return out


def test_header_bytes_forge_no_record(injected: Path) -> None:
    assert heed("verify", injected).code == 0
    places = responses(injected)
    by_warcio = read_with_warcio(places)
    by_fastwarc = {one: (status, body) for one, status, body in read_with_fastwarc(places, "all")}
    assert by_warcio == by_fastwarc
    bodies = [body for _, body in by_warcio.values()]
    assert all(html(f"Page {name}") in bodies for name in INJECTIONS if name != "record")


def test_rows_of_such_pages_are_as_good_as_any(injected: Path) -> None:
    lines = b"".join(
        gzip.decompress(place.read_bytes()) for place in injected.glob("documents/*/*")
    )
    titles = {json.loads(line)["metadata"]["title"] for line in lines.splitlines()}
    # "twice" says at last that it is plain text, which has no title.
    assert {f"Page {name} é" for name in INJECTIONS if name not in ("record", "twice")} <= titles
