"""Verdicts by the four rules, against Google's parser and a tracker's labels."""

import re

import pytest
from jwm.robotstxt.googlebot import RobotsMatcher

from crawler.policy.model import Outcome
from crawler.policy.restriction import Basis, Restriction, Rule, judge
from tests.history import bodies, labels
from tests.shared import needs_shared

BOTS = (
    "GPTBot", "ChatGPT-User", "OAI-SearchBot", "ClaudeBot", "Claude-Web", "anthropic-ai",
    "Google-Extended", "CCBot", "PerplexityBot", "Bytespider", "Applebot-Extended", "Amazonbot",
    "FacebookBot", "Meta-ExternalAgent", "cohere-ai", "Diffbot", "omgili", "YouBot",
)  # fmt: skip
PATH = re.compile(r"^\s*(?:dis)?allow\s*:\s*([^#\r\n]*)", re.IGNORECASE | re.MULTILINE)
PATHS_ASKED = 40
"""Paths a file that Google's parser is asked about: it reads the file anew for each."""


def found(body: str, rule: Rule = Rule.RFC, outcome: Outcome = Outcome.OK) -> Restriction:
    """What `body` says of GPTBot."""
    return judge(body.encode(), outcome, ("GPTBot",), rule)[0]


@pytest.mark.parametrize(
    ("body", "verdict", "basis", "lines"),
    [
        ("User-agent: GPTBot\nDisallow: /", "full", "named", (2,)),
        ("User-agent: *\nDisallow: /*", "full", "wildcard", (2,)),
        ("User-agent: *\nDisallow: /a", "partial", "wildcard", (2,)),
        ("User-agent: CCBot\nDisallow: /", "none", "default", ()),
        ("User-agent: *\nDisallow: /\nUser-agent: GPTBot\nAllow: /", "none", "named", (4,)),
        ("User-agent: *\nDisallow: /\nAllow: /open", "partial", "wildcard", (2, 3)),
        ("User-agent: *\nDisallow: /*.pdf$", "partial", "wildcard", (2,)),
        ("User-agent: *\nDisallow: /\nAllow: /$", "partial", "wildcard", (2, 3)),
        ("User-agent: *\nDisallow:", "none", "wildcard", ()),
        ("", "none", "default", ()),
    ],
)
def test_a_file_is_weighed_by_the_standard(
    body: str, verdict: str, basis: str, lines: tuple[int, ...]
) -> None:
    restriction = found(body)
    assert (restriction.verdict, restriction.basis, restriction.lines) == (verdict, basis, lines)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("User-agent: GPTBot\nDisallow: /", "all"),
        ("User-agent: *\nDisallow: /\nAllow: /open", "some"),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "none"),
        ("User-agent: *\nDisallow: /?q", "none"),
        ("User-agent: *\nDisallow:", "none"),
        ("User-agent: *\nDisallow: /*", "some"),
    ],
)
def test_the_lists_of_a_group_are_compared_as_the_initiative_did(body: str, verdict: str) -> None:
    assert found(body, Rule.DPI).verdict == verdict


@pytest.mark.parametrize(
    ("outcome", "rfc", "dpi"),
    [
        (Outcome.NOT_FOUND, "none", "no_robots"),
        (Outcome.FORBIDDEN, "none", "no_robots"),
        (Outcome.PAYMENT, "full", "no_robots"),
        (Outcome.SERVER_ERROR, "unknown", "no_robots"),
        (Outcome.RATE_LIMITED, "unknown", "no_robots"),
        (Outcome.TIMEOUT, "unknown", "no_robots"),
    ],
)
def test_a_file_that_was_not_read_is_judged_by_its_status(
    outcome: Outcome, rfc: str, dpi: str
) -> None:
    body = "User-agent: GPTBot\nDisallow: /"
    assert (found(body, Rule.RFC, outcome).verdict, found(body, Rule.DPI, outcome).verdict) == (
        rfc,
        dpi,
    )
    assert found(body, Rule.RFC, outcome).basis is Basis.STATUS


def test_a_name_in_a_comment_is_a_mention_and_names_nobody() -> None:
    restriction = found("# no gptbot, please\nUser-agent: *\nDisallow:", Rule.MENTION)
    assert (restriction.verdict, restriction.named, restriction.lines) == ("yes", False, (1,))
    assert found("User-agent: *\nDisallow: /", Rule.MENTION).verdict == "no"


def test_only_the_very_next_line_counts_for_the_adjacent_rule() -> None:
    assert found("User-agent: GPTBot\nDisallow: /", Rule.ADJACENT).verdict == "yes"
    assert found("User-agent: GPTBot\n\nDisallow: /", Rule.ADJACENT).verdict == "no"
    assert found("User-agent: *\nDisallow: /", Rule.ADJACENT).verdict == "no"


@pytest.mark.parametrize(
    ("rules", "explicit"),
    [("Allow: /", True), ("Disallow:", True), ("Crawl-delay: 5", False), ("Disallow: /a", False)],
)
def test_a_grant_is_explicit_only_in_a_group_that_names_the_bot(
    rules: str,
    explicit: bool,  # noqa: FBT001 (a column of the table)
) -> None:
    assert found(f"User-agent: GPTBot\n{rules}").explicit_allow is explicit
    assert found(f"User-agent: *\n{rules}").explicit_allow is False


@needs_shared
def test_mentions_are_those_of_the_labels() -> None:
    by_month = {(row["site"], row["fetched_at"][:7]): row["body"] for row in bodies()}
    compared = 0
    for label in labels():
        body = by_month.get((label["site"], label["month"]))
        if body is None:
            continue
        bots = tuple(label["mentions"])
        judged = judge(body.encode(), Outcome.OK, bots, Rule.MENTION)
        assert {bot: one.mention for bot, one in zip(bots, judged, strict=True)} == label[
            "mentions"
        ]
        compared += len(bots)
    assert compared > 20_000


def _by_google(body: str, bot: str, paths: list[str]) -> str:
    matcher = RobotsMatcher()
    seen = set()
    for path in paths:
        seen.add(bool(matcher.OneAgentAllowedByRobots(body, bot, f"https://a.example{path}")))
        if len(seen) > 1:
            return "partial"
    return "none" if True in seen else "full"


@needs_shared
def test_verdicts_on_real_files_are_those_of_googles_parser() -> None:
    compared, differing = 0, []
    for body in sorted({row["body"] for row in bodies()}):
        named = {path.strip() for path in PATH.findall(body)} - {""}
        if len(named) > PATHS_ASKED:
            continue
        paths = ["/", "/no-such-path", *(f"/{path.lstrip('/')}" for path in sorted(named))]
        for bot, one in zip(BOTS, judge(body.encode(), Outcome.OK, BOTS, Rule.RFC), strict=True):
            expected = _by_google(body, bot, paths)
            compared += 1
            if one.verdict != expected:
                differing.append((body[:80], bot, expected, one.verdict))
    assert compared > 1_000
    assert len(differing) <= 0.005 * compared, differing
