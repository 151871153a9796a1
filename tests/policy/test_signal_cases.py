"""Every signal's case table (tests/policy/signals/*.toml), through the observation door.

Each case is replayed as given, with CRLF line ends in text files, and behind a byte order mark
where one is legal: none of these may change what a site is found to say.
"""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, cast

import pytest

from crawler.policy.door import explain
from crawler.policy.signals import catalogue

TABLES: Final = Path(__file__).parent / "signals"
KINDS: Final = {"refused", "allowed", "absent", "malformed", "addressed to another"}
LINE_FILES: Final = ("robots_txt", "ai_txt", "file")
"""Door keys that hold a file of lines."""
MARKED_FILES: Final = ("robots_txt", "ai_txt")
"""Door keys that hold UTF-8 text which may begin with a byte order mark (RFC 9309 2.2)."""

Json = Mapping[str, object]


def _as_given(given: Json) -> Json:
    return given


def _with_crlf(given: Json) -> Json:
    changed = {key: _crlf(value) if key in LINE_FILES else value for key, value in given.items()}
    files = given.get("files")
    if isinstance(files, Mapping):
        changed["files"] = {
            path: _crlf(body) if str(path).endswith(".txt") else body
            for path, body in files.items()
        }
    return changed


def _crlf(value: object) -> object:
    if not isinstance(value, str) or "\r" in value or value.startswith(("<", "{", "[")):
        return value
    return value.replace("\n", "\r\n")


def _with_byte_order_mark(given: Json) -> Json:
    return {
        key: f"\ufeff{value}" if key in MARKED_FILES and isinstance(value, str) else value
        for key, value in given.items()
    }


VARIANTS: Final[Mapping[str, Callable[[Json], Json]]] = {
    "as given": _as_given,
    "with CRLF": _with_crlf,
    "behind a byte order mark": _with_byte_order_mark,
}


def _cases(path: Path) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", tomllib.loads(path.read_text("utf-8"))["case"])


def _parameters() -> list[object]:
    return [
        pytest.param(path.stem, case, variant, id=f"{path.stem}: {case['name']} ({variant})")
        for path in sorted(TABLES.glob("*.toml"))
        for case in _cases(path)
        for variant, change in VARIANTS.items()
        if variant == "as given" or change(_given(case)) != _given(case)
    ]


def _given(case: Json) -> Json:
    return cast("Json", case["given"])


def _is_there(name: str) -> bool:
    return name in {signal.name for signal in catalogue()}


def _without(expected: object, found: object) -> dict[str, tuple[object, object]]:
    """The expected entries that `found` lacks, each with what stands there instead."""
    actual = cast("Json", found)
    return {
        key: (value, actual.get(key))
        for key, value in cast("Json", expected).items()
        if not _agrees(value, actual.get(key))
    }


def _agrees(value: object, found: object) -> bool:
    if isinstance(value, Mapping) and isinstance(found, Mapping):
        return not _without(value, found)
    return value == found


def _flags(answer: Json, name: str) -> set[object]:
    note = cast("Json", cast("Json", answer["evidence"]).get(name, {}))
    statements = cast("list[Json]", answer["statements"])
    noted = {key for key, value in note.items() if value is True}
    noted |= set(cast("list[str]", note.get("flags", [])))
    stated = {
        flag
        for one in statements
        if one["signal"] == name
        for flag in cast("list[object]", one["flags"])
    }
    return noted | stated


@pytest.mark.parametrize(("name", "case", "variant"), _parameters())
def test_a_case_reads_as_its_table_says(name: str, case: Json, variant: str) -> None:
    if not _is_there(name):
        pytest.skip(f"no signal {name} yet")
    given = {**VARIANTS[variant](_given(case)), "id": case["name"]}
    answer = explain({**given, "profile": "strict"})
    if "prefs" in case:
        assert answer["prefs"] == case["prefs"]
    assert not _without(case.get("strict", {}), answer["decision"])
    standard = explain({**given, "profile": "standard"})
    assert not _without(case.get("standard", {}), standard["decision"])
    assert set(cast("list[object]", case.get("flags", []))) <= _flags(answer, name)
    evidence = cast("Json", answer["evidence"])
    assert not _without(case.get("note", {}), evidence.get(name, {}))


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_table_holds_every_kind_of_case(path: Path) -> None:
    kinds = {str(case["kind"]) for case in _cases(path)}
    assert kinds == KINDS, f"{path.name}: {sorted(KINDS ^ kinds)}"


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_case_expects_something_and_names_its_source(path: Path) -> None:
    for case in _cases(path):
        assert case["source"]
        assert {"prefs", "strict", "standard", "flags", "note"} & set(case), case["name"]
