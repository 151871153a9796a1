"""Lines gathered while a file is written are those that reading it again gives."""

import pytest

from crawler.capture import growing_index
from crawler.capture.cdxj import index_lines, index_path, read_index, write_indexes
from crawler.capture.growing_index import GrowingIndex
from crawler.capture.record import HTTP_RESPONSE, Fields, Record, make_record_id
from crawler.capture.warc import WarcFiles
from crawler.records.exchange import Exchange
from tests.capture.samples import RUN, Writing, a_page, an_exchange
from tests.capture.test_warc import KEPT

EXCHANGES = (
    an_exchange(url="https://z.example/"),
    an_exchange(url="http://www.a.example:8080/B?x=1&y"),
    an_exchange(url='https://a.example/b\u00e9%20c|d\udc80"e'),
    an_exchange(url="https://m\u00fcnchen.example/\u2028x"),
    an_exchange(b"", url="https://empty.example/"),
    an_exchange(b"x" * 100_000, url="https://large.example/"),
)
HEADERS = (
    ((b"Content-Type", b"text/html; charset=x"), (b"X", b"y")),
    ((b"content-type", b"TEXT/HTML"),),
    ((b"Content-Type", b""),),
    ((b"Content-Type", b"a/\xc3\xa9;b"), (b"Content-Type", b"c/d")),
    ((b"Content-Type", b"\xe9 / \xff"),),
    ((b"Content-Type", b"a b"), (b"WARC-Type", b"request")),
    ((b"X", b"y" * 20_000), (b"Content-Type", b"late/r")),
    ((b"X", b"y" * 40_000), (b"Content-Type", b"very-late/r")),
    ((b"Content-Type", b"folded/\r\n text"),),
    (),
)


def written(writing: Writing, *exchanges: Exchange) -> tuple[str, dict[str, bytes]]:
    """A finished file of kept pages and revisits, and the lines that were gathered of it."""
    files = WarcFiles(writing.root, RUN, writing.options, writing.clock)
    for exchange in exchanges:
        files.write_page(a_page(exchange))
        files.write_revisit(a_page(exchange), KEPT)
        files.write_not_modified(exchange, KEPT)
    files.close()
    (path,) = files.take_finished()
    return path, files.take_index([path])


def test_the_lines_are_those_that_reading_gives(writing: Writing) -> None:
    path, gathered = written(writing, *EXCHANGES)
    with (writing.root / path).open("rb") as file:
        assert gathered[path] == index_lines(file, path)
    assert gathered[path].count(b"\n") == 3 * len(EXCHANGES)


@pytest.mark.parametrize("headers", HEADERS)
def test_so_are_they_of_odd_heads(
    writing: Writing, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    exchanges = (
        an_exchange(status=status, reason=reason, headers=headers)
        for status, reason in ((200, "OK"), (203, ""), (206, "\u00e9 200"))
    )
    path, gathered = written(writing, *exchanges)
    with (writing.root / path).open("rb") as file:
        assert gathered[path] == index_lines(file, path)


def test_the_index_is_written_of_them(writing: Writing) -> None:
    path, gathered = written(writing, *EXCHANGES)
    (writing.root / path).write_bytes(b"not read")
    write_indexes(writing.root, [path], gathered)
    assert len(read_index(writing.root / index_path(path))) == 3 * len(EXCHANGES)


def test_a_file_with_more_lines_than_are_held_is_read(
    writing: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing_index, "MOST_LINES", 3)
    assert written(writing, EXCHANGES[0])[1] != {}
    path, gathered = written(writing, *EXCHANGES)
    assert gathered == {}
    write_indexes(writing.root, [path], gathered)
    assert len(read_index(writing.root / index_path(path))) == 3 * len(EXCHANGES)


def test_a_record_that_cannot_be_indexed_leaves_the_file_to_be_read() -> None:
    index = GrowingIndex("crawl-data/a/segments/b/warc/c.warc.gz")
    told = (("WARC-Target-URI", "https://a.example/"),)
    index.add(a_record(told), 0, 9)
    assert index.lines()
    index.add(a_record(()), 9, 9)
    assert index.lines() is None


def a_record(fields: Fields) -> Record:
    at = an_exchange().started_at
    return Record("response", make_record_id(), at, HTTP_RESPONSE, b"x", fields, "sha1:X")
