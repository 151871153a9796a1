"""Words are read in the charset that a page is declared to be in, and found in its bytes."""

import base64
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crawler.policy.door import explain
from crawler.policy.transcoded import transcode

HTML = "text/html"
JAPANESE = "港は静かで、船は灰色の水の上に浮かんでいた。"
POLISH = "Wszelkie prawa zastrzeżone."
CHARSETS = (
    "shift_jis", "euc-jp", "iso-2022-jp", "euc-kr", "gbk", "gb18030", "big5", "iso-8859-2",
    "windows-1250", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
)  # fmt: skip

PRINTED = some.characters(exclude_categories=("Cc", "Cs"))


def page(text: str, charset: str) -> bytes:
    return f'<meta charset="{charset}"><p>{text}</p>'.encode(charset, "ignore")


@pytest.mark.parametrize("charset", CHARSETS)
@given(
    text=some.text(PRINTED, max_size=40),
    more=some.text("aé 船水ż", max_size=4_000),
    junk=some.binary(),
)
def test_every_word_is_found_where_it_stands(
    charset: str, text: str, more: str, junk: bytes
) -> None:
    body = page(more + text, charset)
    read = transcode(body, f"{HTML}; charset={charset}")
    if read is None:
        return  # the text is UTF-8 as well
    sought = read.words.decode().partition("<p>")[2].rpartition("</p>")[0]
    start = read.words.index(b"<p>") + len("<p>")
    first, last = read.places((start, start + len(sought.encode())))
    assert body[first:last].decode(read.charset, "replace").strip("\ufeff") == sought
    damaged = transcode(body[:first] + junk + body[first:], f"{HTML}; charset={charset}")
    if damaged is not None:
        places = list(damaged.places(range(len(damaged.words) + 1)))
        assert places == sorted(places)
        assert places[-1] <= len(damaged.body)


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (page(JAPANESE, "shift_jis"), HTML),
        (page(JAPANESE, "euc-jp").replace(b"<meta", b"<nometa"), "text/html;charset=EUC-JP"),
        (page(JAPANESE, "iso-2022-jp"), HTML),
        (page(JAPANESE, "utf-16"), "text/html;charset=utf-8"),
        (page(JAPANESE, "utf-16-le"), HTML),
        (page(POLISH, "iso-8859-2"), ""),
    ],
)
def test_a_page_in_another_charset_is_read_in_it(body: bytes, declared: str) -> None:
    read = transcode(body, declared)
    assert read is not None
    assert (JAPANESE if declared or b"8859" not in body else POLISH).encode() in read.words


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (b"", ""),
        (b"<p>plain</p>", HTML),
        (page(JAPANESE, "utf-8"), "text/html;charset=shift_jis"),
        (page("drépt", "iso-8859-1"), "text/html;charset=iso-8859-1"),
        (page("drépt", "windows-1252"), HTML),
        (page(JAPANESE, "shift_jis").replace(b"<meta", b"<nometa"), HTML),
        (page(JAPANESE, "shift_jis").replace(b"shift_jis", b"nonsense"), HTML),
        (page("drépt", "iso-8859-1"), "text/html;charset=rot13"),
    ],
)
def test_a_page_whose_bytes_are_read_is_left_alone(body: bytes, declared: str) -> None:
    assert transcode(body, declared) is None


@pytest.mark.parametrize("url", ["https://site.example/a", "https://site.example/terms"])
@pytest.mark.parametrize("charset", ["shift_jis", "euc-jp", "utf-16"])
def test_evidence_points_at_the_bytes_of_the_page(url: str, charset: str) -> None:
    notices = (
        "当サイトの記事を生成AIの学習に利用することを禁じます。",
        "無断転載、AIの学習は禁止。",
    )
    body = page(f"{JAPANESE}<p>{notices[0]}<p>{JAPANESE * 200}<p>{notices[1]}", charset)
    told = explain({"url": url, "html": {"base64": base64.b64encode(body).decode()}})
    statements = cast("list[dict[str, str]]", told["statements"])
    found = {(one["verbatim"], one["where"]) for one in statements}
    assert [words for words, _ in sorted(found)] == sorted(notices)
    for words, where in found:
        start, end = map(int, where.removeprefix("html byte ").split("-"))
        assert body[start:end].decode("utf-16-le" if charset == "utf-16" else charset) == words


def test_what_is_heard_in_bytes_hides_nothing_and_is_told_once() -> None:
    ascii_words = ("You may not scrape this site.", "Do not use it for AI training.")
    notice = "当サイトの記事を生成AIの学習に利用することを禁じます。"
    body = page("<p>".join((*ascii_words, notice)), "shift_jis")
    html = {"base64": base64.b64encode(body).decode()}
    told = explain({"url": "https://site.example/terms", "html": html})
    statements = cast("list[dict[str, str]]", told["statements"])
    found = [one["verbatim"] for one in statements if one["use"] == "train-genai"]
    assert found == [ascii_words[1], notice]
