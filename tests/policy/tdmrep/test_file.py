"""tdmrep.json: rules with exact bytes, whatever the file holds; and when it cannot be read."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.policy.decide import decide
from crawler.policy.model import Flag, Observation, Outcome, Profile, Resource, State, Use
from crawler.policy.signals.tdmrep import SIGNAL
from crawler.policy.tdmrep.file import MAX_RULES, PATH, parse

URL = "https://site.example/a/b"
RULE = '{"location": "/é/", "tdm-reservation": 1}'


def _observe(body: bytes, outcome: Outcome = Outcome.OK) -> Observation:
    resource = Resource(f"https://site.example{PATH}", body, outcome=outcome)
    return Observation(URL, files={PATH: resource})


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_rules_know_their_bytes_in_every_encoding(codec: str) -> None:
    body = f'[{RULE},\n {{"location": "/", "tdm-reservation": 1}}]'.encode(codec)
    inner = "utf-16-le" if codec == "utf-16" else codec.removesuffix("-sig")
    rules = parse(body).rules
    assert [rule.location for rule in rules] == ["/é/", "/"]
    for rule in rules:
        assert body[rule.start : rule.end].decode(inner) == rule.verbatim
        assert json.loads(rule.verbatim)["location"] == rule.location


@pytest.mark.parametrize("location", [None, 3, "", "https://site.example/a", "https://[/", "a"])
def test_a_location_out_of_form_still_refuses_leniently(location: object) -> None:
    body = json.dumps([{"location": location, "tdm-reservation": 1}]).encode()
    statements = SIGNAL.read(_observe(body))
    assert decide(URL, statements, Profile.LITERAL).states[Use.TDM] is State.UNKNOWN
    assert decide(URL, statements, Profile.STANDARD).states[Use.TDM] is State.DISALLOW


@pytest.mark.parametrize("key", ["TDM-Reservation", "tdm_reservation", " tdm-reservation"])
def test_a_key_out_of_form_still_refuses_leniently(key: str) -> None:
    body = json.dumps([{"location": "/", key: 1}]).encode()
    statements = SIGNAL.read(_observe(body))
    assert {statement.strength.value for statement in statements} == {"lenient"}


def test_a_rule_met_only_under_another_spelling_of_the_path_refuses_leniently() -> None:
    body = b'[{"location": "/a/b", "tdm-reservation": 1, "tdm-policy": "https://p.example/"}]'
    observation = replace(_observe(body), url="https://site.example/a%2Fb")
    statements = SIGNAL.read(observation)
    assert decide(URL, statements, Profile.LITERAL).states[Use.TDM] is State.UNKNOWN
    assert decide(URL, statements, Profile.STANDARD).states[Use.TDM] is State.DISALLOW


@pytest.mark.parametrize(
    ("outcome", "strict", "flag"),
    [
        (Outcome.SERVER_ERROR, State.DISALLOW, Flag.UNREACHABLE),
        (Outcome.TIMEOUT, State.DISALLOW, Flag.UNREACHABLE),
        (Outcome.BLOCKED_BY_ROBOTS, State.UNKNOWN, Flag.BLOCKED_BY_ROBOTS),
    ],
)
def test_a_file_that_cannot_be_read_is_told_so(outcome: Outcome, strict: State, flag: Flag) -> None:
    statements = SIGNAL.read(_observe(b"", outcome))
    assert decide(URL, statements, Profile.STANDARD).states[Use.TRAIN_GENAI] is State.UNKNOWN
    assert decide(URL, statements, Profile.STRICT).states[Use.TRAIN_GENAI] is strict
    assert {flag} == set().union(*(statement.flags for statement in statements))


def test_a_file_that_is_not_there_says_nothing() -> None:
    assert SIGNAL.read(_observe(b"", Outcome.NOT_FOUND)) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"[" + b"{" * 200_000,
        b'[{"location": "/", "tdm-reservation": ' + b"1" * 10_000 + b"}]",
    ],
    ids=["arrays", "objects", "braces", "digits"],
)
def test_a_monstrous_file_is_malformed_and_no_more(body: bytes) -> None:
    assert parse(body).malformed
    assert parse(body).rules == ()


def test_rules_beyond_the_bound_are_told_missing() -> None:
    rule = b'{"location":"/x","tdm-reservation":1}'
    file = parse(b"[" + b",".join([rule] * (MAX_RULES + 1)) + b"]")
    assert (len(file.rules), file.malformed) == (MAX_RULES, True)


PIECES = st.sampled_from(
    ["[", "]", "{", "}", ",", ":", '"', RULE, '"location"', '"/"', '"tdm-reservation"', "1", "0",
     " ", "true", "null", "\n", "é", "\ufeff", '{"location": "/", "tdm-reservation": 1}']
)  # fmt: skip


@given(st.binary(max_size=100) | st.lists(PIECES, max_size=30).map("".join).map(str.encode))
def test_no_file_can_break_the_reader_and_every_offset_is_right(body: bytes) -> None:
    for statement in SIGNAL.read(_observe(body)):
        evidence = statement.evidence
        words = body[evidence.start : evidence.end]
        assert evidence.verbatim in (words.decode("utf-8", "replace"), words.decode("latin-1"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["location", "tdm-reservation", "tdm-policy", "x"]), inner, max_size=4
        ),
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_can_break_the_reader(value: object) -> None:
    parse(json.dumps(value).encode())


@given(JSON)
def test_a_reservation_before_anything_else_always_holds(value: object) -> None:
    body = json.dumps([{"location": "/", "tdm-reservation": 1}, value]).encode()
    statements = SIGNAL.read(_observe(body))
    assert decide(URL, statements, Profile.LITERAL).states[Use.TDM] is State.DISALLOW
