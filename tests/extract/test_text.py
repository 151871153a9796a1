"""What is read out of single pages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.language import identify
from crawler.extract.text import EXTRACTORS, extract

URL = "https://site.example/2025/03/04/story"
SENTENCES = "The harbour was quiet that morning, and the boats lay still in the grey water. " * 12
PAGE = f"""<!doctype html><html lang="en"><head><title>Harbour | The Paper</title>
<meta property="og:title" content="A quiet harbour">
<meta property="og:site_name" content="The Paper">
<meta name="author" content="Ann Example">
<meta property="article:published_time" content="2025-03-04T08:00:00Z">
</head><body><nav><a href="/">Home</a><a href="/about">About us</a></nav>
<article><h1>A quiet harbour</h1><p>{SENTENCES}</p><p>{SENTENCES}</p></article>
<div class="comments" id="comments"><p class="comment">First! What a dull piece this was.</p></div>
</body></html>"""


@pytest.mark.parametrize("profile", ["accurate", "fast", "bulk"])
def test_a_page_gives_its_text_and_what_it_declares(profile: str) -> None:
    found = extract(PAGE.encode(), URL, profile, "text/html; charset=utf-8")
    assert "the boats lay still" in found.text
    assert "About us" not in found.text
    assert "dull piece" not in found.text
    assert (found.author, found.sitename, found.created) == (
        "Ann Example",
        "The Paper",
        "2025-03-04",
    )
    assert found.title == "A quiet harbour"
    assert found.extractor == EXTRACTORS[profile]
    assert found.language == "en"
    assert 0.5 < found.language_score <= 1.0
    assert isinstance(found.language_score, float)


@pytest.mark.parametrize("profile", ["accurate", "fast", "bulk"])
def test_the_same_page_again_gives_the_same_text(profile: str) -> None:
    first = extract(PAGE.encode(), URL, profile)
    assert all(extract(PAGE.encode(), URL, profile) == first for _ in range(6))


@pytest.mark.parametrize("profile", ["accurate", "fast", "bulk"])
def test_a_page_without_text_gives_an_empty_one(profile: str) -> None:
    found = extract(b"<html><head></head><body></body></html>", URL, profile)
    assert (found.text, found.language, found.language_score) == ("", "", 0.0)


def test_plain_text_is_taken_as_it_is() -> None:
    found = extract("  <b>Grüße</b>\n\n a  b\n".encode("iso-8859-1"), URL, "plain", "iso-8859-1")
    assert found.text == "<b>Grüße</b>\n\n a  b"
    assert found.extractor == "plain"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Hafen lag am Morgen still, und die Boote ruhten im grauen Wasser.", "de"),
        ("Le port était calme ce matin-là et les bateaux dormaient sur l'eau grise.", "fr"),
        ("その朝の港は静かで、船は灰色の水の上に浮かんでいた。", "ja"),
        ("1234 5678 !!", "und"),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert identify(text)[0] == language
    assert identify(text) == identify(text)


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=400), profile=st.sampled_from(sorted(EXTRACTORS)))
def test_bytes_that_are_no_page_give_some_text_or_none(body: bytes, profile: str) -> None:
    found = extract(b"<html><body><p>" + body, URL, profile)
    assert 0.0 <= found.language_score <= 1.0
