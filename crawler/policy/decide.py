"""Statements in, one decision out (decision.md, "Order of work", steps 2 to 5).

Combines by use and never names a signal: across signals the strongest state wins, a grant never
cancels another signal's refusal, only restrictions are implied, and no allow is ever derived.
"""

from collections.abc import Iterable
from typing import Final

from crawler.policy.model import Decision, Profile, State, Statement, Use

RULE_SET: Final = "2026-11-23"
"""Version of the readings and rulings in force; changes whenever a decision could."""

IMPLIED: Final[tuple[tuple[Use, tuple[Use, ...], Profile], ...]] = (
    (Use.TDM, (Use.TRAIN_GENAI, Use.TRAIN_OTHER), Profile.LITERAL),
    (Use.TDM, (Use.AI_INPUT, Use.AI_INDEX), Profile.STRICT),
    (Use.INDEX, (Use.AI_INDEX,), Profile.STRICT),
    (Use.CRAWL, tuple(Use), Profile.LITERAL),
)
"""A refusal of the first use refuses the others too, from the named profile on."""


Reasons = dict[Use, dict[int, Statement]]
"""For each use the statements that decide it, told apart by identity."""


def decide(url: str, statements: Iterable[Statement], profile: Profile) -> Decision:
    """Combine all `statements` about `url` into the decision that `profile` makes of them."""
    everything = tuple(statements)
    states = dict.fromkeys(Use, State.UNKNOWN)
    reasons: Reasons = {use: {} for use in Use}
    for statement in everything:
        if statement.binds(profile):
            _count(states, reasons, statement.use, statement.state, (statement,))
    for cause, effects, mildest in IMPLIED:
        if states[cause].refuses and profile.rank >= mildest.rank:
            for effect in effects:
                because = _implying(
                    tuple(reasons[cause].values()), cause, effect, everything, profile
                )
                if effect is not cause and because:
                    _count(states, reasons, effect, states[cause], because)
    deciding = {use: tuple(found.values()) for use, found in reasons.items()}
    return Decision(url, profile, states, deciding, everything, RULE_SET)


def _implying(
    because: tuple[Statement, ...],
    cause: Use,
    effect: Use,
    everything: tuple[Statement, ...],
    profile: Profile,
) -> tuple[Statement, ...]:
    """Those of `because` that imply: by the letter, not where the same signal allows the effect.

    A vocabulary with words of its own for both uses (CAWG, TDM·AI) means what it says; the milder
    reading is left to the profile literal, so that a refusal still wins where Heed acts.
    """
    if cause is not Use.TDM or profile is not Profile.LITERAL:
        return because
    spoken = {one.signal for one in everything if one.use is effect and one.state is State.ALLOW}
    return tuple(one for one in because if one.signal not in spoken)


def _count(
    states: dict[Use, State],
    reasons: Reasons,
    use: Use,
    state: State,
    because: tuple[Statement, ...],
) -> None:
    if state.rank > states[use].rank:
        states[use] = state
        reasons[use].clear()
    if state is states[use] and state is not State.UNKNOWN:
        reasons[use].update({id(one): one for one in because})
