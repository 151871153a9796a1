"""The choice of groups and the matching of paths (RFC 9309 2.2.1 to 2.2.3)."""

import sys
from types import FrameType

import pytest

from crawler.policy.robots import Basis, Robots, read_robots

URL = "https://site.example"


def _robots(*lines: str) -> Robots:
    return read_robots("\n".join(lines).encode())


@pytest.mark.parametrize(
    "value",
    ["Heedbot", "heedbot", "HEEDBOT/1.2", "Heedbot/1.2 (+https://x.example)", "Heedbot foo"],
)
def test_a_group_names_us_by_the_leading_token(value: str) -> None:
    robots = _robots(f"User-agent: {value}", "Disallow: /")
    assert not robots.check("Heedbot", f"{URL}/").literal.allowed


@pytest.mark.parametrize("value", ["Heed", "Heedbots", "Heedbot-News", "xHeedbot", "bot", "https"])
def test_a_prefix_or_superstring_is_not_ours(value: str) -> None:
    robots = _robots(f"User-agent: {value}", "Disallow: /")
    assert robots.check("Heedbot", f"{URL}/").allowed


def test_where_further_words_leave_doubt_either_refusal_counts() -> None:
    ours = _robots("User-agent: Heedbot foo", "Allow: /", "User-agent: *", "Disallow: /")
    assert ours.check("Heedbot", f"{URL}/").literal.allowed
    assert not ours.check("Heedbot", f"{URL}/").allowed
    listed = _robots("User-agent: Foo, Heedbot", "Disallow: /", "User-agent: *", "Allow: /")
    assert listed.check("Heedbot", f"{URL}/").literal.allowed
    assert not listed.check("Heedbot", f"{URL}/").allowed


def test_a_version_leaves_no_doubt() -> None:
    robots = _robots("User-agent: Heedbot/1.2", "Allow: /", "User-agent: *", "Disallow: /")
    assert robots.check("Heedbot", f"{URL}/").allowed


def test_groups_of_one_token_are_merged() -> None:
    robots = _robots(
        "User-agent: Heedbot", "Disallow: /a", "User-agent: x", "Disallow: /",
        "User-agent: heedbot", "Disallow: /b",
    )  # fmt: skip
    assert robots.choices("Heedbot")[0].basis is Basis.NAMED
    assert not robots.check("Heedbot", f"{URL}/a").allowed
    assert not robots.check("Heedbot", f"{URL}/b").allowed
    assert robots.check("Heedbot", f"{URL}/c").allowed


def test_tokens_with_digits_are_told_apart() -> None:
    robots = _robots("User-agent: AI2Bot", "Disallow: /")
    assert robots.names("AI2Bot")
    assert not robots.names("AI3Bot")


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/a", "/ab", True),
        ("/a", "/A", False),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/*.pdf$", "/x.pdf", True),
        ("/*.pdf$", "/x.pdf?y", False),
        ("/*a*b", "/xaxxb", True),
        ("/*ab*ab$", "/ab", False),
        ("*", "/x", True),
        ("/a*", "/a", True),
        ("/**b", "/ab", True),
        ("/a$b", "/a$b", True),
        ("/%2A", "/*", True),
        ("/%2a", "/x", False),
        ("/%24", "/$", True),
        ("/caf\u00e9", "/caf%C3%A9", True),
        ("/caf%c3%a9", "/caf\u00e9", True),
        ("/%7Ejoe", "/~joe", True),
        ("/~joe", "/%7ejoe", True),
        ("/a b", "/a%20b", True),
        ("/?x=1", "/?x=1&y=2", True),
        ("/a?", "/a", False),
        ("/", "?x", True),
    ],
)
def test_a_pattern_matches_by_the_letter(pattern: str, path: str, matches: bool) -> None:  # noqa: FBT001
    robots = _robots("User-agent: *", f"Disallow: {pattern}")
    assert robots.check("Heedbot", f"{URL}{path}").literal.allowed is not matches


@pytest.mark.parametrize(
    "path",
    [
        "/private%2Fx",
        "//private/x",
        "/open/../private/x",
        "/open/%2e%2e/private/x",
        "/./private/",
        "/open/..;/private/x",
        "/open/..;v=1/private/x",
        "/open%2f..%2fprivate/x",
        "/open/%252e%252e/private/x",
        "/open\\..\\private\\x",
        "/open/.;/..//private/x",
    ],
)
def test_other_spellings_of_a_refused_path_are_refused(path: str) -> None:
    robots = _robots("User-agent: *", "Allow: /open/", "Disallow: /private/")
    assert not robots.check("Heedbot", f"{URL}{path}").allowed


def test_an_address_as_parameter_is_one_escaped_or_not() -> None:
    robots = _robots("User-agent: *", "Disallow: /go?to=https%3A%2F%2Fx.example")
    assert not robots.check("Heedbot", f"{URL}/go?to=https://x.example/").allowed


def test_another_spelling_does_not_undo_an_allow() -> None:
    robots = _robots("User-agent: *", "Disallow: /", "Allow: /a%2Fb")
    assert robots.check("Heedbot", f"{URL}/a%2Fb").allowed


def test_the_index_page_of_a_folder_is_the_folder() -> None:
    robots = _robots("User-agent: *", "Disallow: /", "Allow: /a/index.html")
    assert robots.check("Heedbot", f"{URL}/a/").literal.allowed
    assert not robots.check("Heedbot", f"{URL}/a/b").literal.allowed


def test_robots_txt_may_always_be_fetched() -> None:
    robots = _robots("User-agent: *", "Disallow: /")
    assert robots.check("Heedbot", f"{URL}/robots.txt").allowed
    assert not robots.check("Heedbot", f"{URL}/robots.txt/x").allowed


@pytest.mark.parametrize(
    "url", [URL, f"{URL}?q", f"{URL}#x", "", "/", "not a url", "https://[::1/"]
)
def test_any_url_has_a_path(url: str) -> None:
    assert not _robots("User-agent: *", "Disallow: /").check("Heedbot", url).allowed


def test_the_deciding_rule_is_named() -> None:
    verdict = _robots("User-agent: *", "Disallow: /a", "Disallow: /a/b").check("x", f"{URL}/a/b/c")
    assert verdict.literal.line is not None
    assert verdict.literal.line.number == 3


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        (["User-agent: Heedbot", "Crawl-delay: 2", "User-agent: *", "Crawl-delay: 9"], 9.0),
        (["User-agent: Heedbot", "Crawl-delay: 2", "Allow:", "User-agent: *", "Crawl-delay:9"], 2),
        (["User-agent: Heedbot", "Allow: /", "User-agent: *", "Crawl-delay: 9"], 9.0),
        (["User-agent: *", "Crawl-delay: nan", "Crawl-delay: 3", "crawldelay: 4"], 4.0),
        (["Crawl-delay: 7", "User-agent: *", "Allow: /"], 7.0),
        (["User-agent: x", "Crawl-delay: 7"], None),
    ],
)  # fmt: skip
def test_the_crawl_delay_is_ours_else_that_of_all(lines: list[str], seconds: float | None) -> None:
    assert _robots(*lines).crawl_delay("Heedbot") == seconds


def test_sitemaps_are_named_once_in_order() -> None:
    robots = _robots("Sitemap: /b", "User-agent: x", "Site-map: /a", "Sitemap:", "sitemap: /b")
    assert robots.sitemaps() == ("/b", "/a")


def test_choices_are_kept_and_shared_between_tokens() -> None:
    robots = _robots("User-agent: a", "User-agent: b", "Disallow: /")
    assert robots.choices("a")[0] is robots.choices("B")[0]
    assert robots.choices("c")[0].basis is Basis.DEFAULT
    assert [line.value for line in robots.agents()] == ["a", "b"]


def _steps(robots: Robots, path: str) -> int:
    """Calls that one check makes, of Python and of C functions alike."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    robots.check("Heedbot", URL)
    sys.setprofile(trace)
    try:
        robots.check("Heedbot", URL + path)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "rule",
    ["/" + "*a" * 90 + "*b{0}", "/*a*aa*a" + "*a" * 40 + "*a{0}$", "*{0}a", "/*aaaaaaaaa{0}*b"],
)
def test_wildcards_cost_no_more_than_their_length(rule: str) -> None:
    rules = [f"Disallow: {rule.format(number)}" for number in range(500)]
    robots = _robots("User-agent: *", *rules)
    path = "/" + "a" * 1000
    assert _steps(robots, path + path) < 2.5 * _steps(robots, path) + 500
    assert _steps(robots, path) < sum(map(len, rules)) + 10 * len(path)


def test_patterns_that_mean_the_same_are_weighed_by_their_length_as_written() -> None:
    robots = _robots("User-agent: *", "Disallow: /a*", "Allow: /a", "Allow: /%62", "Disallow: /b")
    assert not robots.check("Heedbot", f"{URL}/a").literal.allowed
    assert robots.check("Heedbot", f"{URL}/b").literal.allowed
    tied = _robots("User-agent: *", "Disallow: /c%62", "Allow: /%63b")
    assert tied.check("Heedbot", f"{URL}/cb").literal.allowed
