"""Bytes become the characters that their writer meant, whoever says otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.charset import decode

GERMAN = "Größe und Übermut: das Mädchen fährt übers Straßenpflaster nach Köln. " * 5
RUSSIAN = "Гавань была тихой тем утром, и лодки стояли на серой воде без движения. " * 5
JAPANESE = "その朝の港は静かで、船は灰色の水の上に浮かんでいた。" * 5


def page(text: str, charset: str, meta: str = "") -> bytes:
    head = f'<meta charset="{meta}">' if meta else ""
    return f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(charset)


@pytest.mark.parametrize(
    ("text", "charset", "declared", "meta"),
    [
        (GERMAN, "utf-8", "", ""),
        (GERMAN, "utf-8", "text/html; charset=utf-8", "utf-8"),
        (GERMAN, "utf-8", "text/html; charset=iso-8859-1", ""),
        (GERMAN, "utf-8", "", "windows-1252"),
        (GERMAN, "windows-1252", "text/html; charset=ISO-8859-1", ""),
        (GERMAN, "windows-1252", "", "iso-8859-1"),
        (GERMAN, "windows-1252", "text/html; charset=utf-8", ""),
        (GERMAN, "windows-1252", "text/html; charset=nonsense", "utf-8"),
        (GERMAN, "windows-1252", "", ""),
        (GERMAN, "utf-16", "", ""),
        (GERMAN, "utf-8-sig", "text/html; charset=iso-8859-1", ""),
        (GERMAN, "utf-16-le", "text/html; charset=utf-16le", ""),
        (GERMAN, "utf-8", "text/html; charset=utf-16", ""),
        (GERMAN, "windows-1252", "text/html; charset=iso-8859-1", "utf-16"),
        (RUSSIAN, "windows-1251", "text/html; charset=windows-1251", ""),
        (RUSSIAN, "koi8-r", "", "koi8-r"),
        (RUSSIAN, "windows-1251", "", ""),
        (JAPANESE, "shift_jis", "", "Shift_JIS"),
        (JAPANESE, "euc-jp", "text/html;charset=euc-jp", ""),
        (JAPANESE, "iso2022_jp", "text/html;charset=iso-2022-jp", ""),
        (JAPANESE, "shift_jis", "", ""),
    ],
)
def test_what_was_written_is_read(text: str, charset: str, declared: str, meta: str) -> None:
    decoded, _ = decode(page(text, charset, meta), declared)
    assert text in decoded


def test_a_single_umlaut_is_not_taken_for_damage() -> None:
    decoded, _ = decode(page("The road to Köln", "iso-8859-1"), "text/html; charset=iso-8859-1")
    assert "The road to Köln" in decoded


def test_a_page_cut_within_a_character_is_still_utf_8() -> None:
    body = page(RUSSIAN, "utf-8")
    cut = body[: body.index("воде".encode()) + 1]
    decoded, charset = decode(cut, "text/html; charset=windows-1251")
    assert charset == "utf-8"
    assert "на серой" in decoded


def test_a_single_broken_byte_costs_one_character() -> None:
    body = page(GERMAN * 5, "utf-8").replace("Köln".encode(), b"K\xf6ln", 1)
    decoded, charset = decode(body, "")
    assert (charset, decoded.count("\ufffd")) == ("utf-8", 1)


@pytest.mark.parametrize("name", ["undefined", "base64", "unicode_escape", "idna", "rot13"])
def test_a_codec_that_is_no_charset_is_not_believed(name: str) -> None:
    decoded, _ = decode(page(GERMAN, "windows-1252"), name)
    assert GERMAN in decoded


@given(body=st.binary(max_size=300), declared=st.text(max_size=30))
def test_any_bytes_are_decoded_somehow(body: bytes, declared: str) -> None:
    decoded, charset = decode(body, declared)
    assert charset
    assert isinstance(decoded, str)
