"""DisallowAITraining and AllowAITraining lines in robots.txt.

draft-canel-robots-ai-control-00 (https://datatracker.ietf.org/doc/draft-canel-robots-ai-control/,
expired, in use): rules with paths inside a group, longest match, about training of generative
models only. Equally long matches refuse.
"""

from collections.abc import Iterator
from typing import Final

from crawler.policy.addressed import (
    Addressed,
    Audience,
    addressed_lines,
    by_hearer,
    evidence_of,
    weakest,
)
from crawler.policy.model import (
    Carrier,
    Flag,
    Notes,
    Observation,
    Resource,
    Signal,
    State,
    Statement,
    Strength,
    Use,
)
from crawler.policy.patterns import PatternSet
from crawler.policy.spelling import Spellings, escape, spell

NAME: Final = "disallow_ai_training"
DISALLOW: Final = "disallowaitraining"
ALLOW: Final = "allowaitraining"
MISSPELT: Final = frozenset(
    {
        "disallow-ai-training",
        "disallow_ai_training",
        "disallow ai training",
        "disallow-aitraining",
        "disallowai-training",
        "disallowai",
        "disallow-ai",
        "disallowgenai",
        "noaitraining",
        "no-ai-training",
    }
)
"""Spellings in use, and the general names of draft -01."""

FIELDS: Final = frozenset({DISALLOW, ALLOW}) | MISSPELT
_WHOLE_SITE: Final = frozenset({"yes", "true", "1", "on", "all"})


def read(observation: Observation) -> tuple[Statement, ...]:
    """State `train-genai` where a rule for us, for all, for nobody or for peers covers the URL."""
    resource = observation.robots
    lines = addressed_lines(observation, FIELDS)
    if resource is None or not lines:
        return ()
    spelt = spell(observation.url)
    found: list[Statement] = []
    own = any(one.audience in (Audience.OURS, Audience.ALIAS) for one in lines)
    for audience, spoken in by_hearer(lines):
        if not (own and audience is Audience.EVERYBODY):
            found.extend(_by_the_letter(spoken, spelt, resource))
            found.extend(_as_meant(spoken, spelt, resource))
    return tuple(found)


def _by_the_letter(
    lines: tuple[Addressed, ...], spelt: Spellings, resource: Resource
) -> Iterator[Statement]:
    rules = PatternSet(
        tuple(
            (escape(one.line.octets), one)
            for one in lines
            if one.line.name in (DISALLOW, ALLOW) and one.line.value.startswith(("/", "*"))
        )
    )
    longest = rules.longest(spelt)
    refusals = [one for one in longest if one.line.name == DISALLOW]
    for one in refusals or longest:
        if refusals or one.grants:
            state = State.DISALLOW if refusals else State.ALLOW
            yield _statement(one, state, one.strength, resource)
    if not refusals:
        further = (one for found in rules.further(spelt) for one in found)
        for one in dict.fromkeys(one for one in further if one.line.name == DISALLOW):
            yield _lenient(one, resource, Flag.AMBIGUOUS)


def _as_meant(
    lines: tuple[Addressed, ...], spelt: Spellings, resource: Resource
) -> Iterator[Statement]:
    """Refusals that the letter passes over: misspelt names, values that are no path."""
    for one in lines:
        pattern = _meant_pattern(one)
        if pattern and PatternSet(((pattern, one),)).longest(spelt):
            yield _lenient(one, resource, Flag.MALFORMED)


def _meant_pattern(one: Addressed) -> str:
    if one.line.name == ALLOW or not one.line.value:
        return ""
    if one.line.value.lower() in _WHOLE_SITE:
        return "/"
    if one.line.value.startswith(("/", "*")):
        return escape(one.line.octets) if one.line.name in MISSPELT else ""
    return f"/{escape(one.line.octets)}"


def _lenient(one: Addressed, resource: Resource, flag: Flag) -> Statement:
    strength = weakest(Strength.LENIENT, one.strength)
    return _statement(one, State.DISALLOW, strength, resource, flag)


def _statement(
    one: Addressed, state: State, strength: Strength, resource: Resource, *flags: Flag
) -> Statement:
    return Statement(
        NAME,
        Carrier.ROBOTS_TXT,
        Use.TRAIN_GENAI,
        state,
        evidence_of(resource, one.line),
        strength,
        "path",
        flags=one.flags | frozenset(flags),
    )


def note(observation: Observation) -> Notes:
    """Whether some such line is misspelt or names no path."""
    lines = addressed_lines(observation, FIELDS)
    odd = any(
        one.line.name in MISSPELT or not one.line.value.startswith(("/", "*"))
        for one in lines
        if one.line.value and one.audience is not Audience.PEER
    )
    return {"malformed": True} if odd else {}


SIGNAL: Final = Signal(
    name=NAME,
    title="DisallowAITraining",
    carriers=(Carrier.ROBOTS_TXT,),
    scope="path",
    uses=(Use.TRAIN_GENAI,),
    spec="https://datatracker.ietf.org/doc/draft-canel-robots-ai-control/",
    since="2024",
    read=read,
    note=note,
)
