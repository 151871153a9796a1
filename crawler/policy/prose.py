"""Plain words about crawling, mining and training: sentences, and what they refuse.

Starter patterns of signals.md 17 grown to the languages of `prose_words`; the classes are those of
the Data Provenance Initiative's taxonomy of terms. Sentences are cut at `MAX_SENTENCE`, so reading
takes time linear in the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from string import ascii_letters
from typing import Final

from crawler.policy import prose_words
from crawler.policy.prose_words import AI, SCRAPING, TDM

MAX_TEXT: Final = 400_000
"""Characters of a page that are read for its words."""
MAX_SENTENCE: Final = 2_400
MAX_SENTENCES: Final = 500
"""Refusing sentences of one text that are read: whoever has more has said it."""
FILLER: Final = "\x01"
"""Fills the place of what was longer before; no part of any word."""
KINDS: Final = (SCRAPING, TDM, AI)


class DpiClass(IntEnum):
    """Data Provenance Initiative, prompt_templates.json."""

    NO_SCRAPING_NO_AI = 1
    NO_SCRAPING = 2
    NO_AI = 3
    CONDITIONAL = 4
    NONE = 5


LAST_OF_LATIN_1: Final = 0xFF
_FULL_WIDTH: Final = 0xFEE0
"""From a letter to the one that is as wide as a Chinese character."""
_FOLDED: Final = str.maketrans(
    "áàâäãåçéèêëíìîïñóòôöõúùûüýÿÁÀÂÄÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕÚÙÛÜÝ\u2019\u00a0\u2010\u2011\u2013",
    "aaaaaaceeeeiiiinooooouuuuyyAAAAAACEEEEIIIINOOOOOUUUUY' ---",
) | dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u2060"), FILLER)
"""Accents and what only hyphenates away, one character for one, so that offsets stay true."""
_FOLDED.update({_FULL_WIDTH + ord(letter): letter for letter in ascii_letters})
_FOLDED.update(
    {0xDC00 + sign: plain for sign, plain in tuple(_FOLDED.items()) if sign <= LAST_OF_LATIN_1}
)  # as `surrogateescape` shows the octets of Latin-1


_ABBREVIATIONS: Final = (
    "inkl", "incl", "insb", "bzw", "ggf", "vgl", "usw", "etc", "resp", "esp", "z.B", "z. B", "u.a",
    "e.g", "i.e", "p.ej", "p. ej", "art", "Art", "Abs", "No", "Nr", "Inc", "Ltd", "Co", "Corp",
)  # fmt: skip
_BREAK: Final = re.compile(
    r"(?:[!?;]|" + "".join(rf"(?<!\b{re.escape(one)})" for one in _ABBREVIATIONS) + r"\.)"
    r"['\")\]]?\s+(?=[^\W\d_a-z])|[。\uff01\uff1f]|\n\s*\n|\x1e"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that speaks of our matter, and its characters `start` to `end` in the text."""

    start: int
    end: int
    kinds: frozenset[str]
    conditional: bool
    reserves: bool
    """Whether it reserves rights in the voice of the site itself, and does not report of others."""


def fold(text: str) -> str:
    """`text` without accents, a character for each, so that offsets stay true."""
    return text.translate(_FOLDED)


def find_refusals(text: str, *, reserving: bool = False) -> tuple[Sentence, ...]:
    """The sentences of `text` that refuse scraping, mining or AI; never raises.

    A sentence counts when it holds a word of refusal, or of permission under a condition, and the
    thing refused, and does not say that the thing is not refused. Where only those that reserve
    rights are asked for (`reserving`), few others are looked at closely.
    """
    return tuple(islice(_sentences(text[:MAX_TEXT], reserving=reserving), MAX_SENTENCES))


def _sentences(text: str, *, reserving: bool) -> Iterator[Sentence]:
    folded = fold(text)
    for first, last in _spans(folded):
        start, end = _trim(folded, first, last)
        words = " ".join(folded[start:end].replace(FILLER, "").lower().split())
        if reserving and not _reserves(words):
            continue
        if not any(stem in words for stem in prose_words.STEMS):
            continue
        refused = prose_words.REFUSAL.search(words) is not None
        if prose_words.LIFTED.search(words) or not (refused or prose_words.OFFER.search(words)):
            continue
        kinds = {kind for kind, pattern in prose_words.OBJECTS.items() if pattern.search(words)}
        if not refused and not prose_words.TRAINING.search(words):
            kinds -= {AI}  # who may use an assistant only for this or that trains nothing
        if kinds:
            conditional = not refused or prose_words.CONDITION.search(words) is not None
            yield Sentence(start, end, frozenset(kinds), conditional, _reserves(words))


def _reserves(words: str) -> bool:
    if not any(stem in words for stem in prose_words.RESERVING):
        return False
    in_own_voice = prose_words.RESERVATION.search(words) and prose_words.OWN_VOICE.search(words)
    return in_own_voice is not None and prose_words.REPORTED.search(words) is None


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _BREAK.finditer(text):
        yield from _cut(start, found.start() + 1)
        start = found.end()
    yield from _cut(start, len(text))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the blanks, and what was markup, at both ends."""
    words = text[start:end].replace(FILLER, " ")
    start += len(words) - len(words.lstrip())
    return start, start + len(words.strip())


def _cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces no longer than a sentence may be, each overlapping the one before by half."""
    while end - start > MAX_SENTENCE:
        yield start, start + MAX_SENTENCE
        start += MAX_SENTENCE // 2
    if start < end:
        yield start, end


def classify(sentences: tuple[Sentence, ...]) -> DpiClass:
    """The class of a page's terms, by everything that its sentences refuse outright."""
    outright = {kind for one in sentences if not one.conditional for kind in one.kinds}
    scraping, mining = SCRAPING in outright, bool(outright & {TDM, AI})
    if scraping and mining:
        return DpiClass.NO_SCRAPING_NO_AI
    if scraping:
        return DpiClass.NO_SCRAPING
    if mining:
        return DpiClass.NO_AI
    return DpiClass.CONDITIONAL if sentences else DpiClass.NONE
