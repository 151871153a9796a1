"""Heed against Google's parser: what that one refuses, some reading of ours refuses as well.

What is not generated, and why the two may differ there: field names that merely begin with a
known one (Google takes `Disallowed:` and `DisallowAITraining:` for Disallow, RFC 9309 2.2 does
not), URLs and values that are not ASCII (the binding wants escaped ones), lines of more than
16,664 octets (Google cuts the pattern short), a file of more than 1 MiB, and robots.txt itself
as URL (RFC 9309 2.2.2 always lets it be fetched).
"""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from jwm.robotstxt.googlebot import RobotsMatcher

from crawler.policy.robots import read_robots

TOKEN = "FooBot"  # noqa: S105 (a product token is a name, not a secret)

AGENTS = st.sampled_from(
    ["FooBot", "foobot", "FOOBOT/1.2", "FooBot x", "FooBot2", "Foo", "FooBotX", "FooBot-News",
     "*", "* x", "*x", "BarBot", "BarBot, FooBot", "Foo Bot", "", "Mozilla (FooBot)", "FooBot*"]
)  # fmt: skip
PATHS = st.text(alphabet="/ab*$%26fF?=.:;~", max_size=8)
RULE_PATHS = st.one_of(PATHS, PATHS.map(lambda path: f"/{path}"), st.sampled_from(["/", "", "/*"]))
FIELDS = st.sampled_from(
    ["Disallow", "Allow", "disallow ", "DISALLOW", "disalow", "Dissallow", "allow"]
)
BLANKS = st.sampled_from(["", " ", "\t", "  "])
RULES = st.tuples(FIELDS, BLANKS, RULE_PATHS).map(lambda rule: f"{rule[0]}:{rule[1]}{rule[2]}")
USER_AGENTS = st.tuples(
    st.sampled_from(["User-agent", "user-agent", "useragent", "User Agent"]), AGENTS
).map(": ".join)
OTHERS = st.sampled_from(
    ["", "# note", "Sitemap: https://a.example/s.xml", "Crawl-delay: 5", "X-Later: 1", "words",
     "Content-Signal: ai-train=no", "Content-Usage: train-ai=n", "Disallow /b", "Disallow: /a # c",
     "<p>", "User-agent FooBot", "License: https://a.example/l.xml"]
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n"])
LINES = st.tuples(st.one_of(USER_AGENTS, RULES, OTHERS), ENDS).map("".join)
FILES = st.lists(LINES, max_size=14).map("".join)
URLS = PATHS.map(lambda path: f"https://a.example/{path}")


def _google_allows(body: str, url: str) -> bool:
    return bool(RobotsMatcher().OneAgentAllowedByRobots(body, TOKEN, url))


@settings(max_examples=600, deadline=None)
@given(body=FILES, url=URLS)
@example("User-agent: FooBot\nDisallow: /a%62\n", "https://a.example/a%62")
@example("User-agent: FooBot\nX: 1\nUser-agent: *\nDisallow: /\n", "https://a.example/")
def test_heed_allows_nothing_that_google_refuses(body: str, url: str) -> None:
    if not _google_allows(body, url):
        assert not read_robots(body.encode()).check(TOKEN, url).allowed


@settings(max_examples=300, deadline=None)
@given(rules=st.lists(RULES, max_size=8), url=URLS)
def test_both_agree_on_a_plain_file(rules: list[str], url: str) -> None:
    plain = [rule for rule in rules if "%" not in rule and rule.lower().startswith(("d", "a"))]
    plain = [rule for rule in plain if "isalow" not in rule and "issallow" not in rule]
    if "%" in url:
        return
    body = "\n".join(["User-agent: *", *plain, ""])
    found = read_robots(body.encode()).check(TOKEN, url)
    assert found.literal.allowed is _google_allows(body, url)
