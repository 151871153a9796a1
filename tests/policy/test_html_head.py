"""The tags of pages: what counts as one, where exactly it stands, and that nothing can break it."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.policy import html_head
from crawler.policy.html_head import Head
from crawler.policy.html_tags import open_page, read_attributes, read_tags
from tests.shared import SHARED, needs_shared

NOAI = b'<meta name="robots" content="noai">'


def _contents(body: bytes) -> list[str]:
    return [tag.get("content") for tag in html_head.read(body).metas]


@pytest.mark.parametrize(
    "body",
    [
        NOAI,
        b"<META NAME=ROBOTS CONTENT=noai>",
        b"<meta name='robots' content='noai'/>",
        b"<meta name=robots content=noai/>",
        b"<meta\nname = robots\tcontent = noai\n>",
        b"<meta/name='robots'/content='noai'>",
        b'<meta name="robots"content="noai">',
        b'<meta content="no&#97;i" name=robots>',
        b'<meta content="no&#x61;i" name=robots>',
        b'<meta name=robots content="noai" content="all">',
        b'<meta name=robots content="no\x00ai">',
        b"<meta name=robots content=noai",
        b"\xef\xbb\xbf" + NOAI,
        b"<noscript>" + NOAI + b"</noscript>",
        b"<body><p>" + NOAI,
        b"<template>" + NOAI + b"</template>",
        b"<title/>" + NOAI,
        b"<script src=a.js />" + NOAI,
        b"<!-->" + NOAI,
        b"<!--->" + NOAI,
        b"<!-- a --!>" + NOAI,
        b"<!---->" + NOAI,
        b"<!-- - -- ->" + b"-->" + NOAI,
        b"<![CDATA[x]]>" + NOAI,
        b"<?xml version='1.0'?>" + NOAI,
        b"</>" + NOAI,
        b"</ x>" + NOAI,
        b"a < b <3 " + NOAI,
        b"<p don't>" + NOAI + b"'",
        b'<a href=x?a="b>' + NOAI + b'"',
        b"<script>'</scripts>'</script >" + NOAI,
        b"<style></STYLE\n>" + NOAI,
        b"<textarea></textarea/>" + NOAI,
        b"<div title='>'>" + NOAI,
        b"<headline>" + NOAI,
    ],
)
def test_a_meta_is_found_however_it_is_spelt(body: bytes) -> None:
    assert _contents(body) == ["noai"]


@pytest.mark.parametrize(
    "body",
    [
        b"<!-- " + NOAI + b" -->",
        b"<!-- " + NOAI,
        b"<!-- a -- >" + NOAI,
        b"<!--[if IE]>" + NOAI + b"<![endif]-->",
        b"<script>document.write('" + NOAI + b"')</script>",
        b"<style>" + NOAI + b"</style>",
        b"<title>" + NOAI + b"</title>",
        b"<textarea>" + NOAI + b"</textarea>",
        b"<xmp>" + NOAI + b"</xmp>",
        b"<iframe>" + NOAI + b"</iframe>",
        b"<noframes>" + NOAI + b"</noframes>",
        b"<plaintext>" + NOAI,
        b"<p>a</p><plaintext>" + NOAI,
        b"<div data-x='" + NOAI + b"'>",
        b"<body><div data-x='" + NOAI + b"'>",
        b"<!doctype html " + NOAI[1:-1] + b">",
        b"&lt;meta name=robots content=noai&gt;",
        b"<metadata name=robots content=noai>",
        b"< meta name=robots content=noai>",
        b"<me\x00ta name=robots content=noai>",
        b"</meta name=robots content=noai>",
        b"<meta charset=noai>",
    ],
)
def test_what_is_no_tag_is_no_statement(body: bytes) -> None:
    assert html_head.read(body).metas == ()


@pytest.mark.parametrize(
    ("body", "in_head"),
    [
        (NOAI, True),
        (b"<html><head>" + NOAI, True),
        (b"<head><script>'<div>'</script><style></style><title>t</title>" + NOAI, True),
        (b"<head></head>" + NOAI, False),
        (b"<body>" + NOAI, False),
        (b"<p>text</p>" + NOAI, False),
        (b"<head><noscript>" + NOAI + b"</noscript></head>", True),
    ],
)
def test_a_meta_knows_whether_it_stands_in_the_head(body: bytes, in_head: bool) -> None:  # noqa: FBT001
    (meta,) = html_head.read(body).metas
    assert meta.in_head is in_head


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_with_offsets_in_its_own_bytes(codec: str) -> None:
    mark = "\ufeff" if codec != "utf-16" else ""
    body = f"{mark}<p>é 𝄞</p><meta name=robots content='noai é'>".encode(codec)
    (meta,) = html_head.read(body).metas
    assert meta.get("content") == "noai é"
    inner = "utf-16-be" if codec == "utf-16-be" else "utf-16-le"
    assert body[meta.start : meta.end].decode(inner) == meta.verbatim
    assert meta.verbatim == "<meta name=robots content='noai é'>"


def test_utf_16_without_a_mark_is_known_by_its_first_character() -> None:
    body = "<meta name=robots content=noai>".encode("utf-16-le")
    assert _contents(body) == ["noai"]


def test_half_a_character_at_the_end_of_utf_16_is_left_aside() -> None:
    assert _contents("\ufeff<meta name=robots content=noai>".encode("utf-16-le") + b"x") == ["noai"]


def test_bytes_that_are_no_utf_8_are_read_as_latin_1() -> None:
    assert _contents(b"<meta name=robots content='noai \xe9'>") == ["noai \xe9"]


def test_brackets_in_the_bytes_of_iso_2022_jp_are_no_tags() -> None:
    words = b"<p title='" + "朕".encode("iso2022_jp") + b"'>" + NOAI
    assert _contents(words) == ["noai"]


def test_a_reference_of_ten_thousand_digits_stays_as_it_is() -> None:
    reference = "&#" + "9" * 10_000 + ";"
    assert _contents(f"<meta name=a content='{reference}'>".encode()) == [reference]


def test_an_attribute_without_a_value_is_empty() -> None:
    assert _contents(b"<meta name=robots content>") == [""]


def test_inline_documents_are_kept_with_their_bytes() -> None:
    body = (
        b"<script>1+1</script><script type='Application/LD+JSON; charset=utf-8'>{\"a\": 1}</script>"
        b'<script type="application/rsl+xml"><rsl/></script><script src=x type=module+y></script>'
    )
    found = html_head.read(body).scripts
    assert [tag.text for tag in found] == ['{"a": 1}', "<rsl/>"]
    assert [body[tag.end : tag.content_end] for tag in found] == [b'{"a": 1}', b"<rsl/>"]


def test_links_that_mention_rights_are_kept() -> None:
    body = b"<link rel=stylesheet href=a.css><link rel='License me' type=text/html href=/l>"
    (link,) = html_head.read(body).links
    assert (link.relations, link.media_type, link.get("href")) == (
        ("license", "me"),
        "text/html",
        "/l",
    )


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"<a rel=license href=x>", ""),
        (b"<article><a rel=license href=x></article>", ""),
        (b"<figure><p><a rel='nofollow license' href=x></figure>", "figure"),
        (b"<figure></figure><a rel=license href=x>", ""),
        (b"<article></article><article><area rel=license href=x></article>", "article"),
        (b"</figure><a rel=license href=x>", ""),
    ],
)
def test_a_licence_link_knows_its_part_of_the_page(body: bytes, part: str) -> None:
    (link,) = html_head.read(body).licences
    assert link.part == part


def test_a_link_about_licences_is_no_licence_link() -> None:
    body = b"<a rel=unlicensed href=x><a href='/?rel=license'><p rel=license>"
    assert html_head.read(body).licences == ()


def test_disclosures_of_elements_are_kept() -> None:
    body = b"<html ai-disclosure=mixed><body><p AI-Disclosure='none'></p ai-disclosure=x>"
    found = html_head.read(body).disclosures
    assert [(tag.name, tag.get("ai-disclosure")) for tag in found] == [
        ("html", "mixed"),
        ("p", "none"),
    ]


def test_metas_are_found_by_name_or_property() -> None:
    head = html_head.read(b"<meta name=A content=1><meta property=a content=2><meta name=b>")
    assert [tag.get("content") for tag in head.named("a")] == ["1", "2"]


FRAGMENTS = st.sampled_from(
    [
        b"<", b">", b"=", b'"', b"'", b"/", b"!", b"-", b"--", b"?", b" ", b"\n", b"\x00", b"&",
        b"<!--", b"-->", b"<meta ", b"name=robots ", b'content="noai"', b"<script>",
        b"</script>", b";",
        b"<script type=application/ld+json>", b"<title>", b"</title", b"<p ai-disclosure=none>",
        b"<a rel=license href=", b"<figure>", b"</figure>", b"<link rel=license>", b"\xff",
        b"\xff\xfe", b"&#9999999999;", b"<body>", b"\x1b$B", b"\x1b(B", b"<plaintext>", b"a",
        b"http-equiv=", b"property=", b"itemprop=name ", b"rel=terms ", b"<link ", b"<div ",
    ]
)  # fmt: skip
MESSES = st.one_of(st.binary(max_size=200), st.lists(FRAGMENTS, max_size=40).map(b"".join))


def _everything(head: Head) -> list[html_head.HeadTag]:
    return [*head.metas, *head.links, *head.scripts, *head.licences, *head.disclosures]


@given(MESSES)
def test_no_page_can_break_the_reader_and_every_offset_is_right(body: bytes) -> None:
    for tag in _everything(html_head.read(body)):
        words = body[tag.start : tag.end]
        encoding = tag.page.codec if tag.page.width == 2 else "utf-8"
        try:
            expected = words.decode(encoding)
        except UnicodeDecodeError:
            expected = words.decode("latin-1" if encoding == "utf-8" else encoding, "replace")
        assert tag.verbatim == expected
        assert expected.startswith("<")
        assert tag.start < tag.end <= tag.content_end <= len(body)


@given(MESSES)
def test_a_page_read_for_few_tags_says_what_it_says_read_tag_by_tag(body: bytes) -> None:
    # Behind a disclosure every tag is looked at.
    disclosed = b"<p ai-disclosure=none>"
    few, every = html_head.read(b"<p>" + body), html_head.read(disclosed + body)
    ahead = len(disclosed) - len(b"<p>")
    for kind in ("metas", "links", "scripts"):
        assert [
            (tag.start + ahead, tag.end + ahead, tag.attributes) for tag in getattr(few, kind)
        ] == [(tag.start, tag.end, tag.attributes) for tag in getattr(every, kind)]


@pytest.mark.parametrize(
    "chaff",
    [
        b"<meta itemprop=name content=x>",
        b"<link rel=stylesheet href=x>",
        b"<meta " + b"a" * 5_000 + b">",
        b"<meta itemprop=x content='",
        b"<!-- <meta name=x> -->",
    ],
)
@pytest.mark.parametrize("count", [1, 199, 200, 201, 1_000])
def test_a_refusal_is_heard_among_any_number_of_tags_that_say_nothing(
    chaff: bytes, count: int
) -> None:
    end = b"'>" if chaff.count(b"'") % 2 else b""
    chaff = chaff * count + end
    assert _contents(b"<body>" + NOAI + chaff) == ["noai"]
    if not end or count % 2:
        assert _contents(b"<body>" + chaff + NOAI) == ["noai"]


@given(MESSES)
def test_a_refusal_before_any_mess_is_always_heard(mess: bytes) -> None:
    assert "noai" in _contents(NOAI + mess)[:1]


@given(st.text(alphabet=st.characters(exclude_characters='"&\x00', codec="utf-8")))
def test_an_attribute_is_read_as_it_was_written(words: str) -> None:
    page = open_page(f'<meta content="{words}">'.encode())
    (tag,) = read_tags(page)
    assert read_attributes(page, tag, {b"content": "content"}) == {"content": words}


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 200_000 + NOAI,
        b"<p ai-disclosure=none>" * 20_000 + NOAI,
        b"<meta " + b"a=b " * 200_000 + b"name=robots content=noai>",
        b"<meta name=robots content=noai title='" + b"x," * 500_000 + b"'>",
        b"<!-- " + b"--" * 500_000 + b" -->" + NOAI,
        b"<" * 1_000_000 + b" " + NOAI,
        b"<a" + b" =" * 300_000 + b">" + NOAI,
        b"<title>" + b"</titl" * 200_000 + b"</title>" + NOAI,
        b"rel=" * 250_000 + b"license" + NOAI,
    ],
    ids=["nested", "disclosed", "attributes", "attribute", "dashes", "brackets", "equals", "titles",
         "relations"],
)  # fmt: skip
def test_a_monstrous_page_is_read_to_its_end(body: bytes) -> None:
    assert "noai" in [tag.get("content") for tag in html_head.read(body).metas]


@needs_shared
def test_real_pages_are_read_with_right_offsets() -> None:
    pages = sorted((SHARED / "data" / "pages").rglob("*.html.gz"))[:40]
    assert pages
    for path in pages:
        body = gzip.decompress(path.read_bytes())
        head = html_head.read(body)
        assert head.metas, path.name
        for tag in _everything(head):
            assert body[tag.start : tag.start + 1] == b"<"
            assert body[tag.end - 1 : tag.end] == b">"
