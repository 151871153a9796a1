"""What belongs to a crawl, and by which name the rest is left out."""

import pytest

from crawler.config import read_options
from crawler.frontier.canonical import CanonicalUrl, canonicalise
from crawler.frontier.scope import Link, Scope, domain_of
from crawler.frontier.traps import DATED_URLS, MANY_PARAMETERS, PATTERNS_KEPT, Traps


def url(text: str) -> CanonicalUrl:
    found = canonicalise(text)
    assert isinstance(found, CanonicalUrl)
    return found


def scope(kind: str, *seeds: str, max_depth: int | None = None) -> Scope:
    made = Scope(kind, read_options({"HEED_MAX_DEPTH": max_depth}))
    for seed in seeds:
        made.add_seed(url(seed))
    return made


@pytest.mark.parametrize(
    ("kind", "target", "reason"),
    [
        ("host", "https://www.site.example/other", ""),
        ("host", "http://www.site.example:8080/", ""),
        ("host", "https://site.example/", "scope"),
        ("domain", "https://site.example/", ""),
        ("domain", "https://a.b.site.example/", ""),
        ("domain", "https://other.example/", "scope"),
        ("prefix", "http://www.site.example/docs/deep/page", ""),
        ("prefix", "https://www.site.example/docs", "scope"),
        ("prefix", "https://www.site.example/docsother/", "scope"),
        ("prefix", "https://other.example/docs/", "scope"),
        ("seeds", "https://www.site.example/docs/start", "scope"),
    ],
)
def test_a_link_belongs_by_the_kind_of_scope(kind: str, target: str, reason: str) -> None:
    bounds = scope(kind, "https://www.site.example/docs/start?x=a/b")
    assert bounds.refusal(Link(url(target), depth=1)) == reason


def test_a_link_to_the_host_of_its_own_page_belongs_without_its_seed() -> None:
    bounds = scope("host")
    link = Link(url("https://www.site.example/b"), depth=4, parent_host="www.site.example:443")
    assert bounds.refusal(link) == ""


def test_registrable_domains_know_private_suffixes() -> None:
    assert domain_of("a.b.example.co.uk") == "example.co.uk"
    assert domain_of("one.github.io") == "one.github.io"
    assert domain_of("co.uk") == "co.uk"
    assert domain_of("localhost") == "localhost"
    assert domain_of("[::1]") == "[::1]"
    assert domain_of("127.0.0.1") == "127.0.0.1"


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (Link(url("https://s.example/a"), depth=3), "depth"),
        (Link(url("https://s.example/a"), hops=6, redirect=True), "redirects"),
        (Link(url("https://other.example/"), redirect=True), ""),
        (Link(url("https://other.example/"), depth=1, redirect=True), "scope"),
        (Link(url("https://s.example/" + "a" * 2100), depth=1), "length"),
        (Link(url("https://s.example/" + "a" * 2100), seed=True), "length"),
        (
            Link(url("https://s.example/" + "/".join("abcdefghijklmnopqrstu")), depth=1),
            "path_depth",
        ),
        (Link(url("https://s.example/a/b/a/b/a"), depth=1), "repeated_segment"),
        (Link(url("https://s.example/a/b/a/b"), depth=1), ""),
        (Link(url("https://s.example/a/b/a/b/a"), seed=True), ""),
    ],
)
def test_bounds_have_names(link: Link, reason: str) -> None:
    assert scope("host", "https://s.example/", max_depth=2).refusal(link) == reason


def refused(urls: list[str]) -> list[str]:
    traps = Traps()
    return [reason for each in urls if (reason := traps.find(url(each).key))]


def test_an_endless_calendar_is_cut_off() -> None:
    months = [f"https://s.example/cal/{2000 + n // 12}/{n % 12 + 1:02}" for n in range(1200)]
    assert refused(months) == ["calendar"] * (1200 - DATED_URLS)
    queries = [f"https://s.example/cal?year={n // 12}&month={n % 12}" for n in range(1000)]
    assert refused(queries)[:1] == ["calendar"]


def test_dated_articles_are_not_a_calendar() -> None:
    assert refused([f"https://s.example/2024/05/12/story-{n}" for n in range(2000)]) == []


def test_facets_are_bounded_by_path() -> None:
    facets = [f"https://s.example/shop?a={n}&b=1&c=2&d=3" for n in range(100)]
    assert refused(facets) == ["facets"] * (100 - MANY_PARAMETERS)
    assert refused([f"https://s.example/shop{n}?a=1&b=1&c=2&d=3" for n in range(100)]) == []


def test_pages_named_by_one_parameter_are_not_facets() -> None:
    assert refused([f"https://s.example/?id={n}" for n in range(5000)]) == []


def test_trap_counters_are_bounded_in_number() -> None:
    traps = Traps()
    for number in range(PATTERNS_KEPT + 100):
        traps.find(f"https://s.example/p{number}?a=1&b=2")
    assert len(traps._patterns) == PATTERNS_KEPT  # noqa: SLF001
