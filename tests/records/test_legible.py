"""What a terminal is shown of what others wrote."""

import pytest

from crawler.records.legible import legible


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Disallow: /\x1b[2J", "Disallow: /\\x1b[2J"),
        ("a\rb\x07\x00\x7f\x9b", "a\\rb\\x07\\x00\\x7f\\x9b"),
        ("/a # \u202etxet\u2028", "/a # \\u202etxet\\u2028"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(given: str, shown: str) -> None:
    assert legible(given) == shown


@pytest.mark.parametrize("text", ["", "Disallow:\t/a", "a\\b 'c'", "禁止\u3000é\u00a0¡😀"])
def test_what_people_read_stays(text: str) -> None:
    assert legible(text) == text
