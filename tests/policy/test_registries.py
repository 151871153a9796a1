"""Answers of registries, read without asking anybody."""

import json
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crawler.policy.model import Flag, Resource, State, Strength, Use
from crawler.policy.registries import REGISTRIES, SpawningRegistry, TdmAiRegistry

URL: Final = "https://site.example/a.jpg"
API: Final = "https://registry.example/query"


def _answer(value: object) -> Resource:
    return Resource(API, json.dumps(value).encode())


def test_an_opt_out_refuses_training() -> None:
    answer = _answer({"urls": [{"url": URL, "optOut": True}]})
    statements = SpawningRegistry().read(answer, URL)
    assert {(one.use, one.state) for one in statements} == {
        (Use.TRAIN_GENAI, State.DISALLOW),
        (Use.TRAIN_OTHER, State.DISALLOW),
    }
    assert statements[0].evidence.url == API
    assert statements[0].evidence.sha256 == answer.sha256


@pytest.mark.parametrize(
    "answer",
    [
        {"urls": [{"url": "https://site.example/b.jpg", "optOut": True}]},
        {"urls": [{"url": URL, "optOut": False}]},
        {"urls": [{"url": URL}]},
        {"urls": [URL]},
        {"urls": None},
        [],
        "no",
    ],
)
def test_no_opt_out_says_nothing(answer: object) -> None:
    assert SpawningRegistry().read(_answer(answer), URL) == ()


def test_an_opt_out_written_as_text_is_legible() -> None:
    assert SpawningRegistry().read(_answer([{"url": URL, "optOut": "true"}]), URL)


def test_a_declaration_speaks_for_its_work() -> None:
    statements = TdmAiRegistry().read(_answer({"train-ai": "false", "search": "true"}), "ISCC:K")
    found = {one.use: one.state for one in statements}
    assert found == {
        Use.TRAIN_GENAI: State.DISALLOW,
        Use.TRAIN_OTHER: State.DISALLOW,
        Use.SEARCH: State.ALLOW,
    }


def test_a_malformed_value_can_only_refuse() -> None:
    statements = TdmAiRegistry().read(_answer({"search": "No", "ai-use": "Yes"}), "ISCC:K")
    assert [(one.use, one.strength, one.flags) for one in statements] == [
        (Use.SEARCH, Strength.LENIENT, frozenset({Flag.MALFORMED}))
    ]


def test_the_older_shape_is_about_mining_and_training() -> None:
    statements = TdmAiRegistry().read(_answer({"TDMAI": False}), "ISCC:K")
    assert {one.use for one in statements} == {Use.TDM, Use.TRAIN_GENAI, Use.TRAIN_OTHER}


def test_registries_are_told_apart_by_name() -> None:
    assert len({registry.name for registry in REGISTRIES}) == len(REGISTRIES)


@given(some.binary(max_size=60))
def test_no_answer_ever_raises(body: bytes) -> None:
    for registry in REGISTRIES:
        registry.read(Resource(API, body), URL)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"urls":' * 50_000, b"\xff", b"1e999999"])
def test_hostile_answers_say_nothing(body: bytes) -> None:
    for registry in REGISTRIES:
        assert registry.read(Resource(API, body), URL) == ()
