"""AIPREF usage preferences as a header or a robots.txt line carries them.

A Structured Fields dictionary (RFC 9651) of labels to the tokens `y` and `n`
(draft-ietf-aipref-vocab-07, section 6). Read by the letter; every refusal that can be made out
beside it, in old labels, wrong values, overridden members or broken syntax, is kept as lenient.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import http_sf
from http_sf import StructuredFieldError, Token

from crawler.policy.labels import AIPREF, REFUSING_WORDS, foreign_uses, split_member
from crawler.policy.model import Flag, State, Strength, Use

EXCEPTIONS: Final = "exceptions"
"""The parameter by which CC signals name what would lift a refusal (cc-signals 0.1)."""

_AROUND_SIGN: Final = re.compile(r" ?([=:;]) ?")
_WORDS: Final = {"y": State.ALLOW, "n": State.DISALLOW}


@dataclass(frozen=True, slots=True)
class Preference:
    """What one member of a dictionary states about its uses."""

    label: str
    uses: tuple[Use, ...]
    state: State
    strength: Strength = Strength.BINDING
    flags: frozenset[Flag] = frozenset()
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """All that one value says; `malformed` where it is no dictionary."""

    preferences: tuple[Preference, ...]
    malformed: bool = False
    cc_signal: str = ""


def read_usage(text: str) -> Usage:
    """Read the value of Content-Usage (field lines already joined by commas); never raises."""
    members, malformed = _parsed(text)
    literal = {label: state for label, state in members.items() if label in AIPREF}
    binding = [Preference(label, AIPREF[label], state) for label, state in literal.items()]
    odd = frozenset({Flag.MALFORMED}) if malformed else frozenset()
    legible = [
        one
        for one in _legible_refusals(text, odd, literal)
        if literal.get(one.label) is not State.DISALLOW
    ]
    signals = (one.conditions.partition("=")[2] for one in _conditions(text))
    return Usage((*binding, *legible), malformed, next(signals, ""))


def _parsed(text: str) -> tuple[Mapping[str, State], bool]:
    """The members whose value is the token `y` or `n`, and whether the whole is malformed."""
    try:
        fields = http_sf.parse(text.encode("utf-8", "replace"), tltype="dictionary")
    except StructuredFieldError:
        return {}, True
    states: dict[str, State] = {}
    for label, member in fields.items() if isinstance(fields, dict) else ():
        value = member[0] if isinstance(member, tuple) else member
        if isinstance(value, Token) and str(value) in _WORDS:
            states[label] = _WORDS[str(value)]
    return states, False


@dataclass(frozen=True, slots=True)
class _Member:
    label: str
    value: str
    conditions: str


def _members(text: str) -> Iterator[_Member]:
    """Everything of the form label=value or label:value, however broken the syntax around it."""
    joined = _AROUND_SIGN.sub(r"\1", " ".join(text.split()))
    for word in joined.replace(",", " ").split():
        member, _, parameters = word.partition(";")
        name, _, named = parameters.partition("=")
        conditions = parameters if name.lower() == EXCEPTIONS and named else ""
        yield from _read_member(member, conditions)
        for parameter in parameters.split(";"):
            # Whoever parts members by semicolons has written parameters, which are ignored.
            yield from _read_member(parameter)


def _read_member(text: str, conditions: str = "") -> Iterator[_Member]:
    label, sign, value = split_member(text)
    if sign:
        yield _Member(label.strip("\"'").lower(), value.strip("\"':").lower(), conditions)


def _conditions(text: str) -> Iterator[_Member]:
    return (member for member in _members(text) if member.conditions)


def _legible_refusals(
    text: str, odd: frozenset[Flag], literal: Mapping[str, State]
) -> Iterator[Preference]:
    for member in _members(text):
        if member.value not in REFUSING_WORDS:
            continue
        uses, flags = foreign_uses(member.label, AIPREF)
        if member.label in AIPREF:
            # Overridden by a later member, or written in a way that the vocabulary passes over.
            uses = AIPREF[member.label]
            flags = frozenset({Flag.CONFLICT if member.label in literal else Flag.MALFORMED})
        if uses:
            state = State.CONDITIONAL if member.conditions else State.DISALLOW
            yield Preference(
                member.label, uses, state, Strength.LENIENT, flags | odd, member.conditions
            )
