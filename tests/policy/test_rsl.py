"""RSL documents through the signal: evidence, failures of the fetch, and hostile input."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crawler.policy.decide import decide
from crawler.policy.model import (
    Decision,
    Flag,
    Observation,
    Outcome,
    Profile,
    Resource,
    State,
    Use,
)
from crawler.policy.rsl import document
from crawler.policy.rsl.coverage import host_of
from crawler.policy.rsl.document import MAX_CONTENTS
from crawler.policy.signals import rsl, rsl_discovery

URL: Final = "https://site.example/a"
LICENCE: Final = "https://site.example/l.xml"
ROBOTS: Final = Resource(
    "https://site.example/robots.txt", f"License: {LICENCE}\nUser-agent: *\nAllow: /\n".encode()
)
REFUSING: Final = (
    b'<?xml version="1.0"?>\n<rsl xmlns="https://rslstandard.org/rsl">\n <content url="/">\n'
    b'  <license><prohibits type="usage">ai-all</prohibits></license>\n </content>\n</rsl>\n'
)
GRANTING: Final = REFUSING.replace(b"prohibits", b"permits")


def _observation(body: bytes, outcome: Outcome = Outcome.OK) -> Observation:
    files = {LICENCE: Resource(LICENCE, body, outcome=outcome)}
    return Observation(URL, robots=ROBOTS, files=files)


def _decide(observation: Observation, profile: Profile = Profile.STRICT) -> Decision:
    return decide(URL, rsl.read(observation), profile)


def test_the_documents_to_fetch_are_those_declared() -> None:
    assert rsl_discovery.documents(Observation(URL, robots=ROBOTS)) == (LICENCE,)


def test_what_peers_are_offered_is_fetched_only_where_it_can_bind() -> None:
    robots = Resource(ROBOTS.url, f"User-agent: GPTBot\nLicense: {LICENCE}\n".encode())
    seen = Observation(URL, robots=robots)
    assert rsl_discovery.documents(seen, Profile.STRICT) == (LICENCE,)
    assert rsl_discovery.documents(seen, Profile.STANDARD) == ()
    assert rsl_discovery.documents(seen, Profile.LITERAL) == ()


def test_evidence_is_the_element_that_says_so() -> None:
    statements = rsl.read(_observation(REFUSING))
    assert statements
    for statement in statements:
        evidence = statement.evidence
        assert evidence.verbatim == '<prohibits type="usage">ai-all</prohibits>'
        assert REFUSING[evidence.start : evidence.end].decode() == evidence.verbatim


def test_evidence_of_an_inline_document_points_into_the_page() -> None:
    inline = REFUSING.partition(b"?>")[2].replace(b'url="/"', b'url=""')
    body = "<p>é</p>".encode() + b'<script type="application/rsl+xml">' + inline + b"</script>"
    statements = rsl.read(Observation(URL, page=Resource(URL, body)))
    assert statements
    for statement in statements:
        evidence = statement.evidence
        assert body[evidence.start : evidence.end] == b'<prohibits type="usage">ai-all</prohibits>'


@pytest.mark.parametrize("outcome", [Outcome.SERVER_ERROR, Outcome.TIMEOUT, Outcome.DNS])
def test_an_unreachable_licence_refuses_in_strict_alone(outcome: Outcome) -> None:
    observation = _observation(b"", outcome)
    assert _decide(observation).states[Use.TRAIN_GENAI] is State.DISALLOW
    assert _decide(observation, Profile.STANDARD).states[Use.TRAIN_GENAI] is State.UNKNOWN
    assert {flag for one in rsl.read(observation) for flag in one.flags} == {Flag.UNREACHABLE}


@pytest.mark.parametrize(
    "outcome", [Outcome.NOT_FOUND, Outcome.FORBIDDEN, Outcome.EMPTY, Outcome.BLOCKED_BY_ROBOTS]
)
def test_a_licence_declared_and_not_readable_is_a_condition(outcome: Outcome) -> None:
    literal = _decide(_observation(b"", outcome), Profile.LITERAL)
    assert literal.states[Use.TRAIN_GENAI] is State.CONDITIONAL
    assert literal.states[Use.CRAWL] is State.UNKNOWN


def test_a_licence_that_robots_txt_hides_says_so() -> None:
    statements = rsl.read(_observation(b"", Outcome.BLOCKED_BY_ROBOTS))
    assert Flag.BLOCKED_BY_ROBOTS in {flag for one in statements for flag in one.flags}


def test_a_licence_cut_short_is_never_a_grant() -> None:
    observation = _observation(GRANTING[:-20], Outcome.TRUNCATED)
    assert _decide(observation).states[Use.TRAIN_GENAI].refuses


@given(some.integers(0, len(REFUSING)))
def test_a_document_cut_anywhere_still_refuses(place: int) -> None:
    decision = _decide(_observation(REFUSING[:place]))
    assert decision.states[Use.TRAIN_GENAI].refuses


@given(some.integers(0, len(REFUSING)), some.binary(max_size=30), some.integers(0, 30))
def test_changed_bytes_never_make_a_grant_of_a_refusal(place: int, noise: bytes, lost: int) -> None:
    body = REFUSING[:place] + noise + REFUSING[place + lost :]
    for profile in Profile:
        states = _decide(_observation(body), profile).states
        assert State.ALLOW not in states.values()


@pytest.mark.parametrize(
    "body",
    [
        b"<a>" * 100_000,
        b"<rsl>" + b"<content url='/'><license>" * 30_000,
        b"<rsl a='" + b"x" * 1_000_000,
        b"<rsl " + b" ".join(b"a%d='1'" % number for number in range(50_000)) + b"/>",
        b"<!DOCTYPE rsl SYSTEM 'file:///etc/passwd'><rsl>&x;</rsl>",
        b"\xff\xfe<\x00r\x00s\x00l\x00>",
        b"\x00" * 1000,
        "<rsl><content url='/\ud800'/></rsl>".encode("utf-8", "surrogatepass"),
    ],
    ids=["deep", "deep licences", "huge attribute", "many attributes", "external", "utf-16",
         "zeroes", "surrogate"],
)  # fmt: skip
def test_hostile_documents_end_as_conditions(body: bytes) -> None:
    decision = _decide(_observation(body))
    assert State.ALLOW not in decision.states.values()


def test_a_document_of_many_contents_is_read_for_every_url() -> None:
    contents = b"".join(
        b'<content url="/%d/*x*"><license><prohibits type="usage">ai-train</prohibits></license>'
        b"</content>" % number
        for number in range(3_000)
    )
    body = b'<rsl xmlns="https://rslstandard.org/rsl">' + contents + b"</rsl>"
    observation = _observation(body)
    assert not rsl.read(observation)
    other = Observation("https://site.example/2999/ax", robots=ROBOTS, files=observation.files)
    assert decide(other.url, rsl.read(other), Profile.LITERAL).states[Use.TRAIN_GENAI].refuses


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Site.Example:443/a", "site.example"),
        ("http://u:p@site.example:80", "site.example"),
        ("//site.example:8080/x", "site.example:8080"),
        ("https://[::1/", "[::1"),
        ("/path", ""),
    ],
)
def test_a_host_is_compared_without_user_case_and_default_port(url: str, host: str) -> None:
    assert host_of(url) == host


def test_a_licence_in_metadata_counts_where_it_is_an_address() -> None:
    inner = "".join(
        f'<rdf:Description xmlns:r="https://rslstandard.org/rsl"><r:license>{words}</r:license>'
        "</rdf:Description>"
        for words in ("free", LICENCE)
    )
    space = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    given = {"xmp": f'<rdf:RDF xmlns:rdf="{space}">{inner}</rdf:RDF>'}
    noted = rsl_discovery.note(Observation(URL, given=given))
    assert noted["licenses"] == [LICENCE]


def test_no_more_contents_are_read_than_the_bound_allows() -> None:
    contents = "".join(
        f'<content url="/{number}"><license/></content>' for number in range(MAX_CONTENTS + 5)
    )
    body = f'<rsl xmlns="https://rslstandard.org/rsl">{contents}</rsl>'.encode()
    assert len(document.read(body).contents) == MAX_CONTENTS


def test_a_content_that_repeats_is_kept_once() -> None:
    content = b'<content url="/"><license><payment type="use"/></license></content>'
    body = b'<rsl xmlns="https://rslstandard.org/rsl">' + content * 3 + b"</rsl>"
    assert len(document.read(body).contents) == 1


def test_a_feed_item_is_known_by_its_first_link_that_leads_anywhere() -> None:
    item = (
        '<item><link/>{}<r:content><r:license><r:prohibits type="usage">{}</r:prohibits>'
        "</r:license></r:content></item>"
    )
    items = (
        item.format('<link href="/b"/>', "ai-train"),
        item.format("", "search"),
        item.format("", "search ai-input"),
    )
    feed = f'<rss xmlns:r="https://rslstandard.org/rsl"><channel>{"".join(items)}</channel></rss>'
    noted = rsl_discovery.note(Observation(URL, given={"feed": feed}))
    assert noted["item_prefs"] == {
        "https://site.example/b": {"train-genai": "disallow", "train-other": "disallow"},
        URL: {"search": "disallow", "ai-input": "disallow"},
    }
