"""One Content-Signal value, as robots.txt and the header carry it (contentsignals.org).

Keys are `search`, `ai-input`, `ai-train` with `yes` or `no`, and since 2026-07-01 `use` with a
ceiling. What is written otherwise and still refuses is read as lenient.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crawler.policy.labels import CONTENT_SIGNALS, REFUSING_WORDS, foreign_uses, split_member
from crawler.policy.model import TRAIN_USES, Flag, State, Strength, Use

USE: Final = "use"
_STORED: Final = (Use.AI_INPUT, Use.AI_INDEX)

CEILINGS: Final[Mapping[str, tuple[tuple[Use, ...], tuple[Use, ...]]]] = {
    "immediate": ((Use.INDEX, Use.ARCHIVE, *TRAIN_USES), _STORED),
    "reference": (TRAIN_USES, (*_STORED, Use.ARCHIVE)),
    "full": ((), ()),
}
"""What each ceiling refuses: by its own words, and as we read them (decision.md, `use=`).
From the lowest to the highest."""

_AROUND_SIGN: Final = re.compile(r"\s*+([=:])\s*+")
_YES: Final = "yes"
_NO: Final = "no"


@dataclass(frozen=True, slots=True)
class Wish:
    """What one key states about its uses."""

    uses: tuple[Use, ...]
    state: State
    strength: Strength = Strength.BINDING
    flags: frozenset[Flag] = frozenset()


@dataclass(frozen=True, slots=True)
class Signalled:
    """All that one value says."""

    wishes: tuple[Wish, ...]
    ceiling: str = ""
    flags: frozenset[Flag] = frozenset()


@lru_cache(maxsize=32)  # every URL of a site asks for the same line
def read_signals(text: str) -> Signalled:
    """Read one value; keys and words in any case, parted by commas or blanks; never raises."""
    pairs = dict.fromkeys(_pairs(text))
    wishes = tuple(wish for key, word in pairs for wish in _wishes(key, word, pairs))
    ceilings = {word for key, word in pairs if key == USE}
    flags = {flag for key, word in pairs for flag in _oddities(key, word)}
    flags |= {Flag.MALFORMED} if text.strip() and not pairs else set()
    return Signalled(wishes, lowest(ceilings), frozenset(flags))


def lowest(ceilings: Iterable[str]) -> str:
    """The ceiling among those named that lets do least, or ""."""
    named = set(ceilings)
    return next((ceiling for ceiling in CEILINGS if ceiling in named), "")


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    joined = _AROUND_SIGN.sub(r"\1", text.lower().replace(",", " ").replace(";", " "))
    for word in joined.split():
        key, sign, value = split_member(word)
        if sign:
            # What follows a colon is legible, but by no vocabulary a word.
            yield key, value.strip("\"'") if sign == "=" else f":{value}"


def _wishes(key: str, word: str, pairs: Collection[tuple[str, str]]) -> Iterator[Wish]:
    if key == USE and word in CEILINGS:
        refused, stored = CEILINGS[word]
        yield Wish(refused, State.DISALLOW)
        yield Wish(stored, State.DISALLOW, Strength.LENIENT)
    elif key in CONTENT_SIGNALS:
        yield from _own_wishes(key, word, contradicted=(key, _NO) in pairs and (key, _YES) in pairs)
    elif word.removeprefix(":") in REFUSING_WORDS:
        uses, flags = foreign_uses(key, CONTENT_SIGNALS)
        if uses:
            yield Wish(uses, State.DISALLOW, Strength.LENIENT, flags)


def _own_wishes(key: str, word: str, *, contradicted: bool) -> Iterator[Wish]:
    uses = CONTENT_SIGNALS[key]
    odd = frozenset({Flag.CONFLICT}) if contradicted else frozenset()
    if word == _NO:
        yield Wish(uses, State.DISALLOW, flags=odd)
    elif word == _YES and not contradicted:
        yield Wish(uses, State.ALLOW)
    elif word.removeprefix(":") in REFUSING_WORDS:
        yield Wish(uses, State.DISALLOW, Strength.LENIENT, frozenset({Flag.MALFORMED}))


def _oddities(key: str, word: str) -> Iterator[Flag]:
    if key in CONTENT_SIGNALS:
        if word not in (_YES, _NO):
            yield Flag.MALFORMED
    elif key == USE:
        if word not in CEILINGS:
            yield Flag.MALFORMED
    else:
        yield from foreign_uses(key, CONTENT_SIGNALS)[1]
