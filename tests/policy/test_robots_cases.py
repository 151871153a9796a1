"""Verdicts on which independent parsers agree (../shared/data/robots-cases)."""

import base64
import json
from collections.abc import Mapping
from typing import Final, cast

import pytest

from crawler.policy.robots import Verdict, read_robots
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
Case = Mapping[str, object]
PATH: Final = SHARED / "data" / "robots-cases" / "cases.jsonl"


def _families() -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for line in PATH.read_text("utf-8").splitlines() if PATH.is_file() else ():
        case = cast("Case", json.loads(line))
        found.setdefault(str(case["family"]), []).append(case)
    return found


FAMILIES: Final = _families()


def _verdict(case: Case) -> Verdict:
    if "robots_txt_b64" in case:
        body = base64.b64decode(str(case["robots_txt_b64"]))
    else:
        body = str(case["robots_txt"]).encode()
    return read_robots(body).check(str(case["user_agent"]), str(case["url"]))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_letter_agrees_with_the_parsers(family: str) -> None:
    wrong = [
        case["id"]
        for case in FAMILIES[family]
        if _verdict(case).literal.allowed is not case["allowed"]
    ]
    assert not wrong


def test_no_reading_allows_what_the_parsers_refuse() -> None:
    cases = [case for family in FAMILIES.values() for case in family]
    assert [c["id"] for c in cases if _verdict(c).allowed and not c["allowed"]] == []
