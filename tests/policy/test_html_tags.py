"""Pages that are messes, monsters or real: nothing breaks the reader, and no refusal is missed."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.policy import html_head
from crawler.policy.html_head import Head
from crawler.policy.html_tags import open_page, read_attributes, read_tags
from tests.policy.test_html_head import NOAI, contents
from tests.shared import SHARED, needs_shared

FRAGMENTS = st.sampled_from(
    [
        b"<", b">", b"=", b'"', b"'", b"/", b"!", b"-", b"--", b"?", b" ", b"\n", b"\x00", b"&",
        b"<!--", b"-->", b"<meta ", b"name=robots ", b'content="noai"', b"<script>",
        b"</script>", b";",
        b"<script type=application/ld+json>", b"<title>", b"</title", b"<p ai-disclosure=none>",
        b"<a rel=license href=", b"<figure>", b"</figure>", b"<link rel=license>", b"\xff",
        b"\xff\xfe", b"&#9999999999;", b"<body>", b"\x1b$B", b"\x1b(B", b"<plaintext>", b"a",
        b"http-equiv=", b"property=", b"itemprop=name ", b"rel=terms ", b"<link ", b"<div ",
        b"viewport", b"name=author ", b"og:", b'{"license": "x"}',
        b"<script type=ld+json>{}</script>",
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
    assert contents(b"<body>" + NOAI + chaff) == ["noai"]
    if not end or count % 2:
        assert contents(b"<body>" + chaff + NOAI) == ["noai"]


@given(MESSES)
def test_a_refusal_before_any_mess_is_always_heard(mess: bytes) -> None:
    assert "noai" in contents(NOAI + mess)[:1]


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
    bodies = [gzip.decompress(path.read_bytes()) for path in pages]
    assert sum(bool(_everything(html_head.read(body))) for body in bodies) > len(pages) / 2
    for body in bodies:
        for tag in _everything(html_head.read(body)):
            assert body[tag.start : tag.start + 1] == b"<"
            assert body[tag.end - 1 : tag.end] == b">"
