"""The door's answer: plain values, everything that was said, each in its place."""

import json

from crawler.policy.door import describe_statement, explain, notes
from crawler.policy.model import Use
from crawler.policy.observations import Json, given_statements, observe

SAID: Json = {
    "id": 7,
    "url": "https://site.example/a",
    "profile": "literal",
    "robots_txt": "User-agent: *\nContent-Signal: ai-train=no\nAllow: /\n",
    "html": '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">',
    "status": 402,
}


def test_an_answer_is_plain_json_under_the_names_of_the_contract() -> None:
    answer = json.loads(json.dumps(explain(SAID), allow_nan=False))
    assert list(answer) == [
        "id", "url", "profile", "decision", "reasons", "statements", "rule_set", "prefs",
        "evidence",
    ]  # fmt: skip
    assert (answer["id"], answer["profile"]) == (7, "literal")
    assert set(answer["decision"]) == set(Use)


def test_a_licence_and_a_payment_also_stand_under_short_names() -> None:
    told = notes(observe(SAID))
    assert told["licence"] == told["licence_evidence"]
    assert told["payment"] == told["payment_402"]


def test_the_letter_is_told_whatever_profile_is_asked() -> None:
    strict = explain({**SAID, "profile": "strict"})
    assert strict["prefs"] == explain(SAID)["prefs"]


def test_a_given_statement_is_told_like_any_other() -> None:
    (one,) = given_statements({"statements": [{"tdm": "disallow", "where": "page 2"}]})
    assert describe_statement(one)["where"] == "page 2"
    answer = explain({"statements": [{"tdm": "disallow", "signal": "x", "page": "mixed"}]})
    assert answer["prefs"] == {
        "tdm": "disallow", "train-genai": "disallow", "train-other": "disallow",
    }  # fmt: skip
    assert answer["evidence"] == {"x": {"page": "mixed"}, "resolution": {"label": "mixed"}}
