"""Each check acquits a log that keeps its rule and condemns one that breaks it."""

import pytest

from tests.mocksite import checks
from tests.mocksite.access_log import CANARY, Entry, Log, Terms
from tests.mocksite.checks import Check


def asked(target: str, at: float = 0.0, host: int = 0, **headers: str) -> Entry:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Entry("request", "row", host, 1, monotonic=at, target=target, headers=pairs)


def answered(target: str, status: int, at: float = 0.0) -> Entry:
    return Entry("reply", "row", 0, 1, monotonic=at, target=target, status=status)


def opened(connection: int) -> Entry:
    return Entry("connect", "row", 0, connection)


def closed(connection: int, by: str = "client", sent: int = 0, target: str = "") -> Entry:
    return Entry("close", "row", 0, connection, by=by, sent=sent, target=target)


ROBOTS = asked("/robots.txt")
CASES: tuple[tuple[Check, list[Entry], list[Entry]], ...] = (
    (checks.never("/private"), [asked("/public")], [asked("/p%72ivate/x")]),
    (checks.no_pages(), [ROBOTS], [ROBOTS, asked("/")]),
    (checks.reached("/a"), [asked("/a?b")], [asked("/ab")]),
    (checks.at_most(1, "/a"), [asked("/a"), asked("/b")], [asked("/a"), asked("/a")]),
    (checks.within_budget(), [asked("/a")] * 2, [asked("/a")] * 3),
    (checks.robots_first(), [ROBOTS, asked("/")], [asked("/"), ROBOTS]),
    (
        checks.pages_wait_for_rules(),
        [ROBOTS, answered("/robots.txt", 200, 1), asked("/", 2)],
        [ROBOTS, answered("/robots.txt", 503, 1), asked("/", 2)],
    ),
    (
        checks.rests(4, 429),
        [answered("/", 429, 1), asked("/", 5)],
        [answered("/", 429, 1), asked("/other", 4)],
    ),
    (checks.gaps_of(2), [ROBOTS, asked("/", 2)], [ROBOTS, asked("/", 1.5)]),
    (checks.gaps_of_the_delay(), [ROBOTS, asked("/", 1)], [ROBOTS, asked("/", 0.5)]),
    (
        checks.retries_grow("/a"),
        [asked("/a", 0), asked("/a", 1), asked("/a", 3)],
        [asked("/a", 0), asked("/a", 2), asked("/a", 3)],
    ),
    (checks.few_retries(), [asked("/a")] * 4, [asked("/a")] * 5),
    (
        checks.one_connection(),
        [opened(1), closed(1), opened(2)],
        [opened(1), opened(2), closed(1)],
    ),
    (checks.canary_untouched(), [ROBOTS], [Entry("connect", CANARY, 0, 9)]),
    (checks.sent_at_most(9), [closed(1, sent=9)], [closed(1, sent=10)]),
    (checks.without_header("Cookie"), [ROBOTS], [asked("/", Cookie="a=b")]),
    (checks.authorises_nobody(), [ROBOTS], [asked("/", Authorization="Basic eA==")]),
    (checks.client_leaves("/a"), [closed(1, target="/a")], [closed(1, "site", target="/a")]),
    (checks.asks_before("/ai.txt"), [asked("/ai.txt"), asked("/", 1)], [asked("/")]),
    (
        checks.revalidates("/a"),
        [asked("/a"), asked("/a", If_None_Match='"7"')],
        [asked("/a"), asked("/a")],
    ),
    (checks.fetched_all("/n/", 2), [asked("/n/0"), asked("/n/1")], [asked("/n/0")]),
)
TERMS = Terms(delay=1.0, budget=2, retries=3)


@pytest.mark.parametrize(("check", "kept", "broken"), CASES, ids=[one[0].rule for one in CASES])
def test_a_check_tells_a_kept_rule_from_a_broken_one(
    check: Check, kept: list[Entry], broken: list[Entry]
) -> None:
    assert check.find(Log(tuple(kept), TERMS)) == ""
    assert check.find(Log(tuple(broken), TERMS)) != ""


def test_profile_literal_may_read_pages_where_the_rules_are_closed() -> None:
    check = checks.no_pages(but_literal=True)
    pages = (ROBOTS, asked("/"))
    assert check.find(Log(pages)) != ""
    assert check.find(Log(pages, Terms(profile="literal"))) == ""
