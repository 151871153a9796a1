"""The links of a page, as a browser's tokenizer meets them, in time linear in its length."""

import pytest

from crawler.records.links import MOST_LINKS, Link, read_links


def targets(html: str | bytes, charset: str = "utf-8") -> list[str]:
    """What the links of a page point to."""
    body = html.encode() if isinstance(html, str) else html
    return [link.target for link in read_links(body, charset)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/a">x</a><area href=/b><iframe src=/c></iframe><frame src="/d">', "/a /b /c /d"),
        ("<A HREF='/a'>", "/a"),
        ('<a\nclass=x\nhref = "/a"\n>', "/a"),
        ('<a href="/one" href="/two">', "/one"),
        ('<a name="here">', ""),
        ("<!-- <a href=/a> --><a href=/b>", "/b"),
        ("<script>'<a href=/a>'</script><a href=/b>", "/b"),
        ('<p title="<a href=/a>"><a href=/b>', "/b"),
        ("<noscript><a href=/a></noscript>", "/a"),
        ('<a href="/?x=1&amp;copy=2&copy=3&region=4">', "/?x=1&copy=2&copy=3&region=4"),
        ('<a href=" /a\t">', "/a"),
        ("<a href=/a", "/a"),
        ("<img src=/a><link href=/b>", ""),
    ],
)
def test_links_are_read_as_a_browser_reads_them(html: str, expected: str) -> None:
    assert targets(html) == expected.split()


def test_the_base_is_told_from_links() -> None:
    assert list(read_links(b"<base href=/deep/><a href=x>")) == [
        Link("/deep/", nofollow=False, is_base=True),
        Link("x", nofollow=False, is_base=False),
    ]


@pytest.mark.parametrize("rel", ["nofollow", "NoFollow me", "external,nofollow", "a nofollow b"])
def test_nofollow_is_read_whatever_stands_beside_it(rel: str) -> None:
    assert [link.nofollow for link in read_links(f'<a rel="{rel}" href=/>'.encode())] == [True]


def test_other_relations_are_not_nofollow() -> None:
    assert [link.nofollow for link in read_links(b'<a rel="notnofollow" href=/>')] == [False]


def test_words_in_targets_are_read_in_the_pages_own_charset() -> None:
    assert targets('<a href="/мир">'.encode("cp1251"), "cp1251") == ["/мир"]
    assert targets('<a href="/мир">'.encode("utf-16"), "utf-16") == ["/мир"]


def test_a_farm_of_links_is_read_so_far_and_no_further() -> None:
    farm = b"".join(b"<a href=/%d>" % number for number in range(MOST_LINKS * 5))
    assert targets(farm) == [f"/{number}" for number in range(MOST_LINKS)]


@pytest.mark.parametrize(
    "bomb",
    [
        b"<p" + b"".join(b" a%d=x" % number for number in range(400_000)) + b">",
        b"<a href=x " * 300_000,
        b"<a href='" * 300_000,
        b"<!--<a>" * 300_000,
        b"<div>" * 400_000,
        b"<script>" * 300_000,
        b"<iframe " * 300_000,
    ],
    ids=["attributes", "open tags", "quotes", "comments", "nesting", "scripts", "frames"],
)
def test_no_mark_up_takes_more_than_linear_time(bomb: bytes) -> None:
    # One that took the square of its length would not end while anybody watches.
    assert len(targets(bomb + b"'\"--></script></iframe><a href=/end>")) <= MOST_LINKS
