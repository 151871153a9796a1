"""Whose name a name is."""

import pytest

from crawler.identity.others import find_unmistakable, name_another


@pytest.mark.parametrize(
    ("token", "other"),
    [
        ("googlebot", "googlebot"),
        ("Google_Bot", "Google_Bot"),
        ("My-OAI-SearchBot", "oai-searchbot"),
        ("Googlebot-News", "googlebot"),
        ("OurGPTBotClone", "gptbot"),
    ],
)
def test_the_other_is_named(token: str, other: str) -> None:
    assert name_another(token) == other


def test_our_own_name_is_nobody_elses() -> None:
    assert name_another("HeedBot") is None


@pytest.mark.parametrize("text", ["xGoogle-Botx", "https://a.example/~gpt_bot", "BING BOT/2.0"])
def test_letters_count_whatever_separates_them(text: str) -> None:
    assert find_unmistakable(text) is not None
    assert find_unmistakable("https://a.example/bot") is None
