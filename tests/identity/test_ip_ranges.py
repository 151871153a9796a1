"""The file of addresses has the shape that readers of such files know, and lists what is true."""

import json
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest

from crawler.errors import ConfigurationError
from crawler.identity.ip_ranges import read_ranges, render_ranges

NOW = datetime(2026, 11, 22, 5, 6, 7, 890_000, UTC).timestamp()


def test_the_file_has_the_members_of_the_draft() -> None:
    file = render_ranges(read_ranges(["2606:4700::/32", "8.8.8.0/24"]), NOW)
    content = json.loads(file.text)
    assert file.media_type == "application/json"
    assert list(content) == ["formatVersion", "synctoken", "creationTime", "prefixes"]
    assert content["formatVersion"] == "1.0"
    assert content["creationTime"] == "2026-11-22T05:06:07Z"
    assert content["prefixes"] == [{"ipv4Prefix": "8.8.8.0/24"}, {"ipv6Prefix": "2606:4700::/32"}]


def test_the_synctoken_changes_with_the_ranges_and_only_with_them() -> None:
    def token(words: list[str], now: float) -> object:
        return json.loads(render_ranges(read_ranges(words), now).text)["synctoken"]

    assert token(["8.8.8.0/24", "9.9.9.9"], NOW) == token(["9.9.9.9/32,8.8.8.0/24"], NOW + 86_400)
    assert token(["8.8.8.0/24"], NOW) != token(["8.8.8.0/25"], NOW)


def test_ranges_are_sorted_and_each_is_there_once() -> None:
    found = read_ranges(["2606:4700::/32", "9.9.9.9, 8.8.8.0/24", "9.9.9.9/32", ""])
    assert found == tuple(map(ip_network, ("8.8.8.0/24", "9.9.9.9/32", "2606:4700::/32")))
    assert read_ranges([]) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bot.example", "is no network: write it like"),
        ("8.8.8.8/33", "is no network: write it like"),
        ("8.8.8", "is no network"),
        ("8.8.8.8/24", r"write 8\.8\.8\.0/24"),
        ("2606:4700::1/32", "write 2606:4700::/32"),
        ("0.0.0.0/0", "too wide"),
        ("::/0", "too wide"),
        ("8.0.0.0/7", "too wide"),
        ("10.0.0.0/8", "is not public: 10.0.0.0 is private"),
        ("127.0.0.1", "is not public"),
        ("169.254.169.254", "is not public"),
        ("224.0.0.0/8", "is not public"),
        ("fd00::/16", "is not public"),
        ("::1", "is not public"),
    ],
)
def test_what_no_crawl_comes_from_is_refused(text: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        read_ranges([text])
