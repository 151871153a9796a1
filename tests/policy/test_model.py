"""Values that hold their own rules."""

import pytest

from crawler.policy.model import (
    VERBATIM_LIMIT,
    Carrier,
    Evidence,
    Profile,
    State,
    Statement,
    Strength,
    Use,
)

SEEN = Evidence("https://site.example/", "page", "x" * 2 * VERBATIM_LIMIT)


def _state(state: State, strength: Strength) -> Statement:
    return Statement("x", Carrier.TEXT, Use.TDM, state, SEEN, strength)


@pytest.mark.parametrize("strength", list(Strength)[1:])
def test_only_a_binding_statement_grants(strength: Strength) -> None:
    assert not any(_state(State.ALLOW, strength).binds(profile) for profile in Profile)
    assert _state(State.ALLOW, Strength.BINDING).binds(Profile.LITERAL)


def test_a_strength_binds_from_its_profile_on() -> None:
    mildest = {
        strength: next(one for one in Profile if _state(State.DISALLOW, strength).binds(one))
        for strength in Strength
    }
    assert mildest == {
        Strength.BINDING: Profile.LITERAL,
        Strength.LENIENT: Profile.STANDARD,
        Strength.PEER: Profile.STRICT,
        Strength.PROSE: Profile.STRICT,
    }


def test_a_refused_page_keeps_no_more_of_its_words_than_evidence_may() -> None:
    assert len(SEEN.verbatim) == VERBATIM_LIMIT
