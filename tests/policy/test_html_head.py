"""The tags of pages: what counts as one, and where exactly it stands."""

import pytest

from crawler.policy import html_head
from crawler.policy.agents import CATALOGUE
from crawler.policy.signals.licence_evidence import METAS

NOAI = b'<meta name="robots" content="noai">'


def contents(body: bytes) -> list[str]:
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
    assert contents(body) == ["noai"]


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
    assert contents(body) == ["noai"]


def test_half_a_character_at_the_end_of_utf_16_is_left_aside() -> None:
    assert contents("\ufeff<meta name=robots content=noai>".encode("utf-16-le") + b"x") == ["noai"]


def test_bytes_that_are_no_utf_8_are_read_as_latin_1() -> None:
    assert contents(b"<meta name=robots content='noai \xe9'>") == ["noai \xe9"]


def test_brackets_in_the_bytes_of_iso_2022_jp_are_no_tags() -> None:
    words = b"<p title='" + "朕".encode("iso2022_jp") + b"'>" + NOAI
    assert contents(words) == ["noai"]


def test_a_reference_of_ten_thousand_digits_stays_as_it_is() -> None:
    reference = "&#" + "9" * 10_000 + ";"
    assert contents(f"<meta name=a content='{reference}'>".encode()) == [reference]


def test_an_attribute_without_a_value_is_empty() -> None:
    assert contents(b"<meta name=robots content>") == [""]


def test_inline_documents_are_kept_with_their_bytes() -> None:
    body = (
        b"<script>1+1</script>"
        b"<script type='Application/LD+JSON; charset=utf-8'>{\"license\": 1}</script>"
        b'<script type="application/rsl+xml"><rsl/></script><script src=x type=module+y></script>'
    )
    found = html_head.read(body).scripts
    assert [tag.text for tag in found] == ['{"license": 1}', "<rsl/>"]
    assert [body[tag.end : tag.content_end] for tag in found] == [b'{"license": 1}', b"<rsl/>"]


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (b'{"headline": "x"}', 0),
        (b'{"isAccessibleForFree": false}', 1),
        (b'{"\\u006cicense": "x"}', 1),
        (b'{"a": "' + b"x" * 100_000 + b'"}', 0),
        (b'{"a": "' + b"x" * 100_000 + b'", "usageInfo": "x"}', 1),
    ],
    ids=["nothing", "terms", "escaped", "long", "long-with-terms"],
)
def test_linked_data_is_kept_where_it_tells_of_rights(data: bytes, kept: int) -> None:
    body = b"<p><script type=application/ld+json>" + data + b"</script>"
    assert len(html_head.read(body).scripts) == kept


@pytest.mark.parametrize("name", ["viewport", "og:title", "author"])
def test_a_meta_of_an_idle_name_is_kept_for_what_else_names_it(name: str) -> None:
    idle = f'<meta name="{name}" content="noai"'.encode()
    assert html_head.read(idle + b">").metas == ()
    assert len(html_head.read(idle + b' property="tdm-reservation">').metas) == 1
    assert len(html_head.read(idle.replace(b'"', b"") + b" http-equiv=x-robots-tag>").metas) == 1
    assert len(html_head.read(idle.replace(name.encode(), b"x" + name.encode())).metas) == 1


def test_no_name_that_says_something_is_idle() -> None:
    agents = {name for agent in CATALOGUE for name in (agent.token, *agent.spellings)}
    for name in sorted(agents | METAS | {"robots", "tdm-reservation", "ai-disclosure"}):
        (meta,) = html_head.read(f"<p><meta name='{name}' content=noai>".encode()).metas
        assert meta.names[1] == name.lower()


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
