"""The shared vectors (worked examples of every signal) through the observation door."""

import json
from collections.abc import Mapping
from typing import Final, cast

import pytest

from crawler.policy.door import explain
from crawler.policy.signals import catalogue
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

EXCEPTIONS: Final[Mapping[str, str]] = {
    "aipref_robots-017": (
        "its expectation is that of Content-Usage alone; the same file says DisallowAITraining, "
        "which disallow_ai_training-001 wants read by the letter: train-genai is refused"
    ),
}
"""Vectors whose letter a ruling changes: id and reason. What they say beside prefs still holds."""

ADDED_BY_STRICT: Final = ("peer_prefs", "lenient_prefs", "legacy_prefs", "bing_prefs")
WITHOUT_SIGNAL: Final = ("resolution",)
"""Vector files about the combining itself."""
REFUSALS: Final = ("disallow", "conditional")

Json = Mapping[str, object]


def _lines() -> list[Json]:
    names = {signal.name for signal in catalogue()} | set(WITHOUT_SIGNAL)
    return [
        cast("Json", json.loads(line))
        for path in sorted((SHARED / "vectors").glob("*.jsonl"))
        if path.stem in names
        for line in path.read_text("utf-8").splitlines()
    ]


VECTORS: Final = _lines() if (SHARED / "vectors").is_dir() else []


def _expecting(*keys: str) -> list[Json]:
    return [one for one in VECTORS if set(keys) & set(cast("Json", one["expect"]))]


def _about_signals() -> list[Json]:
    return [one for one in VECTORS if one["signal"] not in WITHOUT_SIGNAL]


def _answer(vector: Json) -> Json:
    return explain({"profile": "strict", **cast("Json", vector["input"])})


def _prefs_agree(expected: Json, found: Json) -> bool:
    """Equal; but under a refused crawl nothing else need be listed (decision.md)."""
    expected = {use: state for use, state in expected.items() if state != "unknown"}
    if expected.get("crawl") in REFUSALS:
        return expected["crawl"] == found.get("crawl") and all(
            value in (found.get(use), *REFUSALS) for use, value in expected.items()
        )
    return expected == dict(found)


@pytest.mark.parametrize("vector", _expecting("prefs"), ids=lambda vector: vector["id"])
def test_the_literal_reading_is_that_of_the_vector(vector: Json) -> None:
    expected = cast("Json", vector["expect"])["prefs"]
    if vector["id"] in EXCEPTIONS:
        pytest.skip(EXCEPTIONS[str(vector["id"])])
    found = cast("Json", _answer(vector)["prefs"])
    assert _prefs_agree(cast("Json", expected), found), found


@pytest.mark.parametrize("vector", _expecting(*ADDED_BY_STRICT), ids=lambda vector: vector["id"])
def test_the_strict_profile_adds_what_the_vector_says(vector: Json) -> None:
    expected = cast("Json", vector["expect"])
    added = {
        # A limit on what may be done is a condition that Heed never meets.
        use: "conditional" if str(state).startswith("limit:") else state
        for key in ADDED_BY_STRICT
        for use, state in cast("Json", expected.get(key, {})).items()
    }
    decision = cast("Json", _answer(vector)["decision"])
    assert {use: decision[use] for use in added} == added


@pytest.mark.parametrize("vector", _about_signals(), ids=lambda vector: vector["id"])
def test_what_else_a_vector_expects_is_evidence(vector: Json) -> None:
    signal = str(vector["signal"])
    expected = {
        key: value
        for key, value in cast("Json", vector["expect"]).items()
        if key not in ("prefs", *ADDED_BY_STRICT)
    }
    answer = _answer(vector)
    note = cast("Json", cast("Json", answer["evidence"]).get(signal, {}))
    flags = {
        flag
        for one in cast("list[Json]", answer["statements"])
        if one["signal"] == signal
        for flag in cast("list[object]", one["flags"])
    }
    found = {key: True if key in flags else note.get(key) for key in expected}
    assert found == expected


@pytest.mark.parametrize(
    "vector",
    [vector for vector in VECTORS if vector["signal"] == "resolution"],
    ids=lambda vector: vector["id"],
)
def test_given_statements_combine_as_the_vector_says(vector: Json) -> None:
    answer = _answer(vector)
    expected = dict(cast("Json", vector["expect"]))
    advisory, label = expected.pop("advisory", {}), expected.pop("label", None)
    decision = cast("Json", answer["decision"])
    assert {use: decision[use] for use in expected} == expected
    note = cast("Json", cast("Json", answer["evidence"]).get("resolution", {}))
    assert (note.get("advisory", {}), note.get("label")) == (advisory, label)
