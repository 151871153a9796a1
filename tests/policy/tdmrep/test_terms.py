"""TDM policies: what an ODRL offer asks for, and that none can break the reader."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.policy.tdmrep.terms import read_terms


@pytest.mark.parametrize("document", ["", "<html>", "[]", "3", "[" * 100_000])
def test_what_is_no_offer_has_no_terms(document: str) -> None:
    assert read_terms(document) is None


def test_an_offer_without_duties_asks_nothing() -> None:
    assert read_terms('{"permission": [{"action": "tdm:mine"}]}') == {"duties": [], "purposes": []}


def test_permissions_of_other_actions_are_left_aside() -> None:
    offer = {"permission": [{"action": "print", "duty": [{"action": "compensate"}]}]}
    assert read_terms(json.dumps(offer)) == {"duties": [], "purposes": []}


def test_duties_may_be_names_and_repeat() -> None:
    offer = {"permission": {"duty": ["odrl:compensate", {"action": "compensate"}, 3]}}
    assert read_terms(json.dumps(offer)) == {"duties": ["compensate"], "purposes": []}


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["permission", "action", "duty", "constraint", "leftOperand", "rightOperand", "@id"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_policy_can_break_the_reader(value: object) -> None:
    read_terms(json.dumps(value))
