"""What the fetch of a site file says by itself, and its lines."""

from typing import Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from crawler.policy.decide import decide
from crawler.policy.model import (
    Flag,
    Observation,
    Outcome,
    Profile,
    Resource,
    State,
    Statement,
    Use,
)
from crawler.policy.signals import ai_txt, trust_txt
from crawler.policy.site_file import (
    AI_USES,
    UNREACHABLE,
    line_evidence,
    read_lines,
    unreachable_statements,
)

URL: Final = "https://site.example/ai.txt"


def _failed(outcome: Outcome, status: int | None = None) -> Resource:
    return Resource(URL, status=status, outcome=outcome)


def _states(statements: tuple[Statement, ...], profile: Profile) -> set[State]:
    states = decide(URL, statements, profile).states
    return {states[use] for use in AI_USES}


@pytest.mark.parametrize("outcome", sorted(UNREACHABLE))
def test_an_unreachable_site_file_refuses_the_ai_uses_in_strict_alone(outcome: Outcome) -> None:
    statements = unreachable_statements("ai_txt", _failed(outcome, 503))
    assert _states(statements, Profile.STRICT) == {State.DISALLOW}
    assert _states(statements, Profile.STANDARD) == {State.UNKNOWN}
    assert _states(statements, Profile.LITERAL) == {State.UNKNOWN}
    assert all(one.flags == {Flag.UNREACHABLE} for one in statements)


def test_an_unreachable_site_file_never_refuses_the_crawl() -> None:
    statements = unreachable_statements("ai_txt", _failed(Outcome.SERVER_ERROR, 503))
    assert decide(URL, statements, Profile.STRICT).states[Use.CRAWL] is State.UNKNOWN


@pytest.mark.parametrize(
    "outcome",
    sorted(set(Outcome) - UNREACHABLE - {Outcome.BLOCKED_BY_ROBOTS}),
)
def test_a_site_that_answered_is_not_unreachable(outcome: Outcome) -> None:
    assert unreachable_statements("ai_txt", _failed(outcome, 404)) == ()


def test_a_file_that_was_never_asked_for_says_nothing() -> None:
    assert unreachable_statements("ai_txt", None) == ()


def test_a_file_that_robots_txt_hides_is_flagged_and_refuses_nothing() -> None:
    statements = unreachable_statements("ai_txt", _failed(Outcome.BLOCKED_BY_ROBOTS))
    assert _states(statements, Profile.STRICT) == {State.UNKNOWN}
    assert {flag for one in statements for flag in one.flags} == {Flag.BLOCKED_BY_ROBOTS}


def test_the_reason_names_the_status() -> None:
    (first, *_) = unreachable_statements("ai_txt", _failed(Outcome.SERVER_ERROR, 503))
    assert first.evidence.verbatim == "server error (HTTP status 503)"
    (first, *_) = unreachable_statements("ai_txt", _failed(Outcome.TIMEOUT))
    assert first.evidence.verbatim == "timeout"


def test_every_reader_of_a_site_file_hears_that_it_failed() -> None:
    for signal in (ai_txt.SIGNAL, trust_txt.SIGNAL):
        for path in signal.site_files:
            files = {path: _failed(Outcome.CONNECTION)}
            statements = signal.read(Observation("https://site.example/a", files=files))
            assert _states(statements, Profile.STRICT) == {State.DISALLOW}, path


def test_what_was_read_of_a_cut_file_counts_beside_its_being_cut() -> None:
    cut = Resource(URL, b"User-agent: *\nDisallow: /\nAll", outcome=Outcome.TRUNCATED)
    statements = ai_txt.read(Observation("https://site.example/a", files={"/ai.txt": cut}))
    literal = decide(URL, statements, Profile.LITERAL).states
    assert literal[Use.TRAIN_GENAI] is State.DISALLOW
    assert _states(statements, Profile.STRICT) == {State.DISALLOW}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lines_that_say_something_are_the_same_in_every_line_end_and_encoding(
    ending: str, encoding: str
) -> None:
    body = ending.join(["é: 1", "", "b"]).encode(encoding)
    assert [(line.number, line.text) for line in read_lines(body)] == [
        (1, "é: 1"), (3, "b"),
    ]  # fmt: skip


@given(some.lists(some.binary(max_size=9)))
def test_the_bytes_of_a_line_are_where_it_says(pieces: list[bytes]) -> None:
    body = b"\n".join(pieces)
    assume(not body.startswith((b"\xff\xfe", b"\xfe\xff")))
    resource = Resource(URL, body)
    for line in read_lines(body):
        evidence = line_evidence(resource, "ai.txt", line)
        assert body[line.start : line.end].decode("utf-8", "replace") == evidence.verbatim


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/trust.txt", "datatrainingallowed=no\n"),
        ("/ai.txt", "User-agent: bot{}\nDisallow: /\n\n"),
    ],
)
def test_what_a_site_file_repeats_is_stated_once(path: str, line: str) -> None:
    body = "".join(line.format(number) for number in range(50)).encode()
    resource = Resource(f"https://site.example{path}", body)
    seen = Observation(url="https://site.example/x", files={path: resource})
    statements = (*trust_txt.read(seen), *ai_txt.read(seen))
    assert sorted(one.use for one in statements) == [Use.TRAIN_GENAI, Use.TRAIN_OTHER]
    assert all(one.state is State.DISALLOW for one in statements)
