"""What a sitemap lists, whoever wrote it."""

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.records.sitemap import (
    MOST_BYTES,
    MOST_ENTRIES,
    Entry,
    read_date,
    read_entries,
    unpack,
)
from tests.mocksite.bomb import make_bomb

SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
    xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url><image:image><image:loc>https://a.example/picture.png</image:loc></image:image>
    <loc> https://a.example/news?a=1&amp;b=2 </loc>
    <news:news><news:publication_date>2026-11-20T10:00:00+01:00</news:publication_date></news:news>
  </url>
  <url><lastmod>2026-11-20T09:00:00Z</lastmod></url>
  <url><loc><![CDATA[https://a.example/cdata]]></loc></url>
</urlset>"""
TENTH = 1_795_165_200.0


def listed(text: str | bytes) -> list[Entry]:
    return list(read_entries(text.encode() if isinstance(text, str) else text))


def test_pages_are_read_with_the_date_of_their_news_and_without_their_pictures() -> None:
    assert listed(NEWS) == [
        Entry("https://a.example/news?a=1&b=2", TENTH),
        Entry("https://a.example/cdata"),
    ]


def test_an_index_lists_sitemaps() -> None:
    text = f"<sitemapindex {SPACE}><sitemap><loc>https://a.example/1.xml.gz</loc></sitemap>"
    assert listed(text + "</sitemapindex>") == [
        Entry("https://a.example/1.xml.gz", is_sitemap=True)
    ]


def test_a_plain_list_is_read_by_its_lines() -> None:
    text = "https://a.example/1\r\nhttp://a.example/2\n# no\nftp://a.example/\nhttps://a.example/3"
    assert [entry.url[-1] for entry in listed(text)] == ["1", "2", "3"]


@pytest.mark.parametrize("cut", [0, 100, 400, len(NEWS) - 1])
def test_a_sitemap_that_breaks_off_is_read_up_to_there(cut: int) -> None:
    assert listed(NEWS)[: len(listed(NEWS[:cut]))] == listed(NEWS[:cut])


def test_one_packed_with_gzip_is_unpacked_within_bounds() -> None:
    assert unpack(gzip.compress(NEWS.encode())) == NEWS.encode()
    assert unpack(gzip.compress(NEWS.encode())[:-9])
    assert len(unpack(make_bomb(NEWS.encode(), b" ", 512))) <= MOST_BYTES


def test_no_more_entries_are_read_than_a_sitemap_may_have() -> None:
    many = b"<url><loc>https://a.example/</loc></url>" * (MOST_ENTRIES + 9)
    assert len(listed(b"<urlset>" + many)) == MOST_ENTRIES


@pytest.mark.parametrize(
    "text",
    [
        b"<urlset>" + b"<x/>" * 500_000,
        b"<urlset><url>" + b"<x>y</x>" * 200_000,
        b"<urlset>" + b"<x>" * 500_000,
        b"<urlset><url><loc>" + b"y" * 2_000_000,
        b"<urlset" + b"".join(b" a%d='x'" % one for one in range(20_000)) + b">",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
        + b"".join(
            b"<!ENTITY a%d '%s'>" % (one, (b"&a%d;" % (one - 1) if one else b"&a;") * 10)
            for one in range(12)
        )
        + b"]><urlset><url><loc>&a11;</loc></url></urlset>",
        b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><url><url><loc>&e;</loc></url></url>",
    ],
)
def test_a_hostile_one_takes_little_memory_and_gives_nothing(text: bytes) -> None:
    tracemalloc.start()
    try:
        assert all(len(entry.url) <= 4096 and "root" not in entry.url for entry in listed(text))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2026-11-20T10:00:00+01:00", TENTH),
        ("2026-11-20T09:00Z", TENTH),
        ("2026-11-20T09:00:00", TENTH),
        ("2026-11-20", TENTH + 15 * 3600 - 1),
        ("2026-11", 0.0),
        ("0001-01-01", 0.0),
        ("9999-12-31T23:59:59-14:00", 253402351199.0),
        ("yesterday", 0.0),
        ("", 0.0),
    ],
)
def test_a_date_is_read_and_nonsense_is_none(written: str, seconds: float) -> None:
    assert read_date(written) == seconds


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_break_it(body: bytes) -> None:
    assert all(isinstance(entry, Entry) for entry in read_entries(unpack(body)))
    list(read_entries(b"<urlset><url><loc>" + body))
