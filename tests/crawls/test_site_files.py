"""Site files over several runs: asked for again when they have expired, with a condition."""

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path

from tests.command import QUICK, heed
from tests.crawls.compressed import CompressedClock, run_crawl
from tests.crawls.corpus import Corpus
from tests.site import Answer, Site, page, served

WORDS = "A harbour town keeps its tide tables on the wall of the old customs house. " * 12
EXPIRED = ("-s", "HEED_ROBOTS_TTL=0.01")


class Rules:
    """A site whose robots.txt has an ETag; `elsewhere` is where it points instead."""

    def __init__(self, closed: str, elsewhere: str = "") -> None:
        self.closed, self.elsewhere = closed, elsewhere

    def __call__(self, target: str, headers: Mapping[str, str]) -> Answer:
        if target == "/robots.txt":
            return self._robots(headers)
        if target in ("/", "/a", "/b"):
            return page(f"Page {target}", WORDS, links=("/a", "/b"))
        return Answer(b"", 404)

    def _robots(self, headers: Mapping[str, str]) -> Answer:
        if self.elsewhere:
            return Answer(b"", 302, (("Location", self.elsewhere + "/robots.txt"),))
        etag = f'"{self.closed}"'
        if headers.get("if-none-match") == etag:
            return Answer(b"", 304, (("ETag", etag),))
        body = f"User-agent: *\nDisallow: /{self.closed}\n".encode()
        return Answer(body, headers=(("Content-Type", "text/plain"), ("ETag", etag)))


def run(site: Site, out: Path, job: str, *more: str) -> list[str]:
    """The pages that one run asked for, and the conditions under which it asked for robots.txt."""
    before = len(site.requests)
    words: tuple[str | Path, ...] = ("--out", out, "--job", job, "--json", *QUICK, *EXPIRED, *more)
    done = heed("crawl", site.origin, *words)
    assert done.code == 0, done.err
    return [
        headers.get("if-none-match", "none") if target == "/robots.txt" else target
        for target, headers in site.requests[before:]
        if target in ("/robots.txt", "/", "/a", "/b")
    ]


def test_a_robots_txt_that_has_expired_is_asked_for_with_its_etag_and_304_keeps_its_rules(
    tmp_path: Path,
) -> None:
    rules = Rules("a")
    with served(rules) as (site,):
        first = run(site, tmp_path, "first")
        second = run(site, tmp_path, "second")
        rules.closed = "b"
        third = run(site, tmp_path, "third")
    assert first[0] == "none"
    assert "/a" not in first
    assert set(second) == {'"a"', "/", "/b"}
    assert third[0] == '"a"'
    assert {"/", "/a"} <= set(third)
    assert "/b" not in third
    Corpus(tmp_path).check()


def test_no_condition_is_made_of_what_a_redirect_led_to(tmp_path: Path) -> None:
    rules, other = Rules("b"), Rules("a")
    with served(rules, other) as (site, elsewhere):
        rules.elsewhere = elsewhere.origin
        first = run(site, tmp_path, "first", "--allow-port", str(elsewhere.port))
        rules.elsewhere = ""
        # The same ETag as the other's, by chance, on other words.
        asked = run(site, tmp_path, "second")
    assert "/b" in first
    assert "/a" not in first
    assert asked[0] == "none"
    assert "/b" not in asked
    assert not any("if-none-match" in headers for _, headers in elsewhere.requests)


def test_a_clock_that_was_set_back_does_not_let_rules_hold_for_longer(tmp_path: Path) -> None:
    ahead, right = CompressedClock(), CompressedClock()
    ahead.leap(5 * 3600.0)
    with served(Rules("closed")) as (site,):
        asked = []
        for clock in (ahead, right):
            run_crawl(
                (f"{site.origin}/",), clock, out=str(tmp_path), job="set-back", delay=0.4,
                linger=1.0, recrawl=True, allow_net=(ip_network("127.0.0.0/8"),), robots_ttl=0.5,
            )  # fmt: skip
            asked.append(site.targets.count("/robots.txt"))
    assert asked[1] > asked[0]
