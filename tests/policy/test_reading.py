"""All signals over one observation, before and after the fetch."""

from dataclasses import replace

from crawler.policy.model import Observation, Profile, Resource, State, Use
from crawler.policy.reading import (
    document_urls,
    read_decision,
    read_statements,
    reread_statements,
    site_file_paths,
)

BEFORE = Observation(
    url="https://site.example/a",
    robots=Resource(
        "https://site.example/robots.txt",
        b"License: https://site.example/l.xml\n\nUser-agent: GPTBot\nDisallow: /\n\n"
        b"User-agent: *\nContent-Signal: ai-input=no\n",
    ),
    files={"/trust.txt": Resource("https://site.example/trust.txt", b"datatrainingallowed=no\n")},
)
AFTER = replace(
    BEFORE, page=Resource(BEFORE.url, b"<p>x", headers=(("tdm-reservation", "1"), ("Link", "<>")))
)


def test_reading_again_after_the_fetch_comes_to_the_same_as_reading_all() -> None:
    whole = read_statements(AFTER)
    again = reread_statements(AFTER, read_statements(BEFORE))
    assert sorted(map(repr, again)) == sorted(map(repr, whole))


def test_a_decision_holds_everything_that_was_said() -> None:
    decision = read_decision(AFTER, Profile.STANDARD)
    assert decision.states[Use.TRAIN_OTHER] is State.DISALLOW
    assert decision.refusal((Use.SEARCH, Use.AI_INPUT)) is Use.AI_INPUT
    assert decision.refusal((Use.SEARCH,)) is None
    assert decision.statements == read_statements(AFTER)


def test_what_must_be_fetched_first_is_named_by_the_signals() -> None:
    assert set(site_file_paths()) == {
        "/.well-known/tdmrep.json", "/ai.txt", "/trust.txt", "/.well-known/trust.txt",
    }  # fmt: skip
    assert document_urls(BEFORE) == ("https://site.example/l.xml",)
