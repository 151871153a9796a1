"""What holds for every signal, whatever a site says (house.md, "Habits")."""

from collections.abc import Mapping
from random import Random
from typing import Final, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.policy.door import explain, observe
from crawler.policy.model import Observation, Profile, Resource, Statement
from crawler.policy.reading import read_statements
from tests.policy.observations import Json, changed, observations

RANKS: Final = {"unknown": 0, "allow": 1, "conditional": 2, "disallow": 3}
UNRELATED_LINES: Final = st.sampled_from(
    ["# Disallow: /", "X-Later: Disallow: /", "", "   ", "Host: site.example", "\t# noai"]
)
REFUSALS: Final[Mapping[str, str]] = {
    "robots_txt": "Disallow: /p",
    "content_signal": "Content-Signal: ai-train=no",
    "content_usage": "Content-Usage: train-ai=n",
    "disallow_ai_training": "DisallowAITraining: /",
}
HEADER_REFUSALS: Final = (
    ["X-Robots-Tag", "noai"],
    ["Content-Signal", "search=no"],
    ["Content-Usage", "search=n"],
    ["tdm-reservation", "1"],
)
META_REFUSALS: Final = (
    '<meta name="robots" content="noai, noindex">',
    '<meta name="tdm-reservation" content="1">',
)
quick = settings(max_examples=60, deadline=None)


def _decision(observation: Mapping[str, object], profile: str = "strict") -> Mapping[str, str]:
    answer = explain({**observation, "profile": profile})
    return cast("Mapping[str, str]", answer["decision"])


def _widened(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Uses that were refused and are refused less, or that were not allowed and are."""
    return [use for use in before if RANKS[before[use]] >= 2 and RANKS[after[use]] < 2] + [
        use for use in before if before[use] == "unknown" and after[use] == "allow"
    ]


def _insert(text: object, place: float, line: str) -> str:
    """`text` with one more line, never right after a user-agent line, none blank above a licence.

    Those places can be read in two ways (decision.md, settled questions; RSL 1.0, 4.4.1).
    """
    lines = str(text).split("\n")
    at = min(int(place * len(lines)), len(lines) - 1)
    if not line.strip() and any(one.lower().startswith("license") for one in lines[at:]):
        return str(text)
    while at and lines[at - 1].lower().startswith("user-agent"):
        at -= 1
    return "\n".join([*lines[:at], line, *lines[at:]])


@quick
@given(observations(), UNRELATED_LINES, st.floats(0, 1))
def test_an_unrelated_line_changes_no_decision(seen: Json, line: str, place: float) -> None:
    files = cast("Mapping[str, str]", seen["files"])
    more = changed(
        seen,
        robots_txt=_insert(seen["robots_txt"], place, line),
        files={path: _insert(text, place, line) for path, text in files.items()},
        headers=[*cast("list[object]", seen["headers"]), ["X-Later", "noai"]],
        html=str(seen["html"]).replace("<head>", '<head><meta name="viewport" content="noai">'),
    )
    for profile in Profile:
        assert _decision(more, profile) == _decision(seen, profile)


@quick
@given(observations(), st.sampled_from(sorted(REFUSALS)), st.sampled_from(list(Profile)))
def test_another_refusal_in_robots_txt_widens_nothing(
    seen: Json, name: str, profile: Profile
) -> None:
    more = changed(seen, robots_txt=f"{seen['robots_txt']}{REFUSALS[name]}\n")
    assert not _widened(_decision(seen, profile), _decision(more, profile))


@quick
@given(observations(), st.sampled_from(HEADER_REFUSALS), st.sampled_from(list(Profile)))
def test_another_refusal_in_a_header_widens_nothing(
    seen: Json, header: list[str], profile: Profile
) -> None:
    headers = cast("list[object]", seen["headers"])
    more = changed(seen, headers=[*headers, header])
    assert not _widened(_decision(seen, profile), _decision(more, profile))


@quick
@given(observations(), st.sampled_from(META_REFUSALS), st.sampled_from(list(Profile)))
def test_another_refusal_in_the_head_widens_nothing(seen: Json, tag: str, profile: Profile) -> None:
    more = changed(seen, html=str(seen["html"]).replace("</head>", f"{tag}</head>"))
    assert not _widened(_decision(seen, profile), _decision(more, profile))


@quick
@given(observations(), st.sampled_from(list(Profile)))
def test_a_stricter_profile_widens_nothing(seen: Json, profile: Profile) -> None:
    literal = _decision(seen, Profile.LITERAL)
    stricter = _decision(seen, profile)
    assert [use for use in literal if RANKS[literal[use]] > RANKS[stricter[use]]] == []


@quick
@given(observations(), st.randoms(use_true_random=False))
def test_the_order_and_case_of_header_names_do_not_matter(seen: Json, random: Random) -> None:
    headers = cast("list[list[str]]", seen["headers"])
    names = sorted({name for name, _ in headers})
    random.shuffle(names)
    shuffled = [[name.swapcase(), value] for one in names for name, value in headers if name == one]
    assert _decision(changed(seen, headers=shuffled)) == _decision(seen)


@quick
@given(observations())
def test_the_case_of_field_names_and_tokens_does_not_matter(seen: Json) -> None:
    lines = [line.partition(":") for line in str(seen["robots_txt"]).split("\n")]
    swapped = [
        name.swapcase() + colon + (value.swapcase() if name == "User-agent" else value)
        for name, colon, value in lines
    ]
    assert _decision(changed(seen, robots_txt="\n".join(swapped))) == _decision(seen)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@quick
@given(seen=observations())
def test_line_ends_do_not_matter(end: str, seen: Json) -> None:
    files = cast("Mapping[str, str]", seen["files"])
    other = changed(
        seen,
        robots_txt=str(seen["robots_txt"]).replace("\n", end),
        files={path: text.replace("\n", "\r\n") for path, text in files.items()},
    )
    assert _decision(other) == _decision(seen)


@quick
@given(observations())
def test_the_words_of_a_statement_stand_where_it_says(seen: Json) -> None:
    observation = observe(seen)
    for statement in read_statements(observation):
        assert _stands(statement, observation), statement


def _stands(statement: Statement, observation: Observation) -> bool:
    evidence = statement.evidence
    if evidence.start is not None:
        body = next(one.body for one in _resources(observation) if one.sha256 == evidence.sha256)
        words = body[evidence.start : evidence.end].decode("utf-8", "replace")
        return evidence.verbatim in words
    if evidence.where.startswith("header "):
        name, _, value = evidence.verbatim.partition(": ")
        page = observation.page
        return page is not None and value in page.header_values(name)
    return not evidence.verbatim or not evidence.where.startswith("robots.txt line")


def _resources(observation: Observation) -> list[Resource]:
    found = [observation.robots, observation.page, *observation.files.values()]
    return [one for one in found if one is not None]
