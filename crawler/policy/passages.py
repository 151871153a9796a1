"""Sentences of an HTML page that refuse in plain words, and the bytes where they stand.

Terms are read whole. Of other pages only a reservation of rights counts, so only what stands
around its few possible words is looked at, and a page without them costs a search for each.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
from string import ascii_letters
from typing import Final, NamedTuple

from crawler.policy.html_tags import Page
from crawler.policy.prose import FILLER, MAX_SENTENCE, MAX_TEXT, Sentence, find_refusals, fold
from crawler.policy.word_search import WordSearch

_CONFIRMED: Final = re.compile(
    rb"(?<=s.)oppos|(?<=[\x99;])oppos|(?<=nous )oppos|opon|(?!o)"
    rb"|opt(?:s|ed|ing)?(?:[\s-]++|\xe2\x80[\x90\x91\x93]|\xc2?\xa0|&[a-z0-9#]{1,9};"
    rb"|<[^<>]{0,200}>){0,9}+out"
)
"""Stems that are more than the beginning of one: all that do not begin with "o", and these."""
_STEMS: Final[dict[bytes, int]] = {
    **{b"opt" + end + gap: 0
       for end in (b"s", b"")
       for gap in (b" ", b"\n", b"\r", b"\t", b"-", b"\xe2\x80", b"\xc2\xa0", b"\xa0",
                   b"&", b"<", b"out")},
    **dict.fromkeys((b"opting", b"opted", b"oppos", b"opon", b"behoud", b"behalt", b"rbeh",
                     b"no part of", b"may not be", b"must not be"), 0),
    **dict.fromkeys((word.encode() for word in (
        "zastrze", "금지", "불허", "불가", "금합니다", "禁", "お断り", "不得")), 0),
    **{b"beh" + letter + b"lt": 0 for letter in (
        b"\xe4", b"\xc4", b"\xc3\xa4", b"\xc3\x84",
        b"&auml;", b"&#228;", b"&#196;", b"&#xe4;", b"&#xc4;")},
    **{letter + b"serv": len(letter) for letter in (
        b"\xe9", b"\xc9", b"\xa9", b"\x89", b"i", b"e",
        b"&eacute;", b"&#233;", b"&#201;", b"&#xe9;", b"&#xc9;")},
}  # fmt: skip
"""What every reservation holds, in UTF-8, Latin-1 or references, all in lower case as far as bytes
can be: where in it the stem begins."""
_OFFSETS: Final = tuple(_STEMS.values())
_STEMS_AT_ONCE: Final = WordSearch(tuple(_STEMS))
_MATTERS: Final = WordSearch((
    b"mining", b"2019/790", b"44b", b"44 b", b"nutzungsvorbehalt", b"fouille", b"122-5-3",
    b"miner", b"estrazione", b"artifici", b"machine", b"learning", b"lernen", b"language",
    b"llm", b"neural", b"foundation", b"intelligen", b"sprachmodell", b"apprent",
    b"langage", b"aprendiza", b"lenguaje", b"apprendimento", b"train",
    b"linguagem", b"sprogmodel", b"maskin", b"sztuczn", b"maszynow", b"eksplorac", b"datenanalyse",
    b"spr\xc3\xa5kmodel", b"spr\xe5kmodel", b"sprakmodel", b"data mine", b"generativeai", b"genai",
    b"datautvin", b"dataanalyse", b"and data", b"und data", b"en data",
    *(word.encode() for word in (
        "마이닝", "인공지능", "학습", "크롤링", "マイニング", "人工", "学習", "学习", "學習",
        "挖掘", "\uff21\uff29", "训练", "訓練")),
))  # fmt: skip
_SHORT_MATTERS: Final = re.compile(rb"\b(?:ai|ki|ia|tdm|a\.i|44\W{1,6}b)\b")
_AS_WORDS: Final = WordSearch((b" ai ", b" ki ", b" ia ", b" tdm ", b" a i ", b" 44 "))
"""`_SHORT_MATTERS` where all but letters and digits is blanks, found four times as fast."""
_BETWEEN_WORDS: Final = re.sub(rb"\W", b" ", bytes(range(256)))
_HIDERS: Final = {
    b"<template": b"</template", b"<script": b"</script", b"<style": b"</style", b"<!--": b"-->",
}  # fmt: skip
"""What hides text, from where it opens to where it closes."""
_OPENINGS: Final = WordSearch(tuple(_HIDERS))
_LONGEST_OPENING: Final = max(map(len, _HIDERS))

_HIDDEN: Final = re.compile(
    rb"<!--.*?(?:-->|\Z)|<(script|style|template)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL
)
_TAG: Final = re.compile(rb"<(/?[a-z][a-z0-9]*)[^<>]*>?", re.IGNORECASE)
_ONE_LINE: Final = bytes.maketrans(b"\t\n\f\r", b"    ")
"""In HTML the ends of lines, and lines that are blank, say nothing."""
_SEPARATOR: Final = b"\x1e"
_REFERENCE: Final = re.compile(
    rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_FILLER: Final = FILLER.encode()
_HYPHENS: Final = (
    b"&zerowidthspace;", b"&#x200b;", b"&#8203;", b"&#173;", b"&#xad;", b"&zwnj;", b"&shy;",
    b"\xe2\x80\x8b", b"\xe2\x80\x8c", b"\xe2\x81\xa0", b"\xc2\xad", b"<wbr>", b"<wbr/>", b"<wbr />",
)  # fmt: skip
"""What parts no word for who reads it, but does for who searches: soft hyphens and their kin."""
_HYPHENS_AT_ONCE: Final = WordSearch(_HYPHENS)
_SPELT: Final = frozenset(ascii_letters + "'-&")
"""Characters that words of our matter are spelt with, and so are read where a reference says."""
_INLINE: Final = frozenset(
    {b"a", b"abbr", b"b", b"bdi", b"cite", b"code", b"em", b"font", b"i", b"mark", b"q", b"s",
     b"small", b"span", b"strong", b"sub", b"sup", b"u", b"time", b"br"}
)  # fmt: skip


def blank_markup(html: bytes) -> bytes:
    """A page's bytes with markup blanked out, byte for byte, so that offsets stay true.

    Where a block begins or ends stands the separator U+001E, which ends a sentence.
    """
    shown = _HIDDEN.sub(lambda found: b" " * len(found[0]), html)
    shown = _REFERENCE.sub(lambda found: _spell_out(found[0]), shown)
    return _TAG.sub(_blank, shown).translate(_ONE_LINE)


@lru_cache(maxsize=1_024)  # A page of nothing but references must not hold up the others.
def _spell_out(reference: bytes) -> bytes:
    """The letter that is meant, and as many fillers as it takes more; other signs as they are."""
    meant = fold(unescape(reference.decode("ascii")))
    if meant.isspace():
        return b" " * len(reference)
    is_read = meant in _SPELT or meant == FILLER
    return meant.encode().ljust(len(reference), _FILLER) if is_read else reference


def _blank(found: re.Match[bytes]) -> bytes:
    if found[1].lower() == b"wbr":
        return _FILLER * len(found[0])
    inline = found[1].lower().removeprefix(b"/") in _INLINE
    return (b" " if inline else _SEPARATOR) + b" " * (len(found[0]) - 1)


class Passage(NamedTuple):
    """A sentence, and the bytes `start` to `end` of the page that hold it.

    The offsets of the sentence itself count from wherever reading began.
    """

    sentence: Sentence
    start: int
    end: int


def read_passages(body: bytes) -> tuple[Passage, ...]:
    """Every sentence of a page that refuses scraping, mining or AI; never raises."""
    return tuple(place_refusals(blank_markup(body[: 4 * MAX_TEXT]), 0))


def read_reservations(page: Page) -> tuple[Passage, ...]:
    """The sentences of a page in which its site reserves rights; never raises.

    The same as those of `read_passages` that reserve, as long as the word that reserves and the
    matter it reserves stand within `MAX_SENTENCE` bytes of one another.
    """
    body = page.body
    # In UTF-16 there are no sentences: the words are those of bytes.
    lower = (page.lower if page.width == 1 else body.lower())[: 4 * MAX_TEXT]
    whole = _Unhyphenated(lower)
    windows = _speaking(whole.text, _windows(whole.text))
    return tuple(
        passage
        for start, end in _shown(lower, map(whole.span, windows))
        for base, block in _speaking_blocks(blank_markup(body[start:end]), start)
        for passage in place_refusals(block, base, reserving=True)
    )


def _speaking_blocks(shown: bytes, base: int) -> Iterator[tuple[int, bytes]]:
    """The blocks of plain words that may reserve the matter, and where in the page each begins."""
    hyphenated = _HYPHENS_AT_ONCE.any_in(shown)
    for block in shown.split(_SEPARATOR):
        lower = block.replace(_FILLER, b"").lower()
        lower = _Unhyphenated(lower).text if hyphenated else lower
        if _STEMS_AT_ONCE.any_in(lower) and _speaks_of_matter(lower):
            yield base, block
        base += len(block) + len(_SEPARATOR)


def place_refusals(shown: bytes, base: int, *, reserving: bool = False) -> Iterator[Passage]:
    """The refusing sentences of plain words; `base` is where the words begin in their page.

    `reserving` as for `find_refusals`.
    """
    words = shown.decode("utf-8", "surrogateescape")
    character, place = 0, base
    for one in find_refusals(words, reserving=reserving):
        place += len(words[character : one.start].encode("utf-8", "surrogateescape"))
        character = one.start
        size = len(words[one.start : one.end].encode("utf-8", "surrogateescape"))
        yield Passage(one, place, place + size)


class _Unhyphenated:
    """A page without what hyphenates its words; `span` tells which bytes of it are meant."""

    def __init__(self, lower: bytes) -> None:
        kept: list[bytes] = []
        self._cuts, self._gone = [0], [0]
        end = size = 0
        for which, place in _HYPHENS_AT_ONCE.places(lower):
            kept.append(lower[end:place])
            end, size = place + len(_HYPHENS[which]), size + len(kept[-1])
            self._cuts.append(size)
            self._gone.append(end - size)
        self.text = b"".join((*kept, lower[end:]))

    def span(self, bounds: tuple[int, int]) -> tuple[int, int]:
        """Where in the page the bytes of `text` between two bounds stand."""
        first, last = (bound + self._gone[bisect_right(self._cuts, bound) - 1] for bound in bounds)
        return first, last


def _windows(lower: bytes) -> Iterator[tuple[int, int]]:
    """The bytes around each stem, those that overlap joined."""
    start, end = 0, 0
    for place in _places(lower):
        if end and place - MAX_SENTENCE > end:
            yield start, end
            end = 0
        start = start if end else max(0, place - MAX_SENTENCE)
        end = min(len(lower), place + MAX_SENTENCE)
    if end:
        yield start, end


def _places(lower: bytes) -> Iterator[int]:
    """Where a stem begins, in order."""
    for which, start in _STEMS_AT_ONCE.places(lower):
        if _CONFIRMED.match(lower, start):
            yield start + _OFFSETS[which]


def _shown(lower: bytes, windows: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Windows without what a script, a style or a comment that began before them still hides.

    `windows` come in order, so that what hides is looked for once in all, not once for each.
    """
    hiders = [_Hider(lower, closing) for closing in _HIDERS.values()]
    searched = 0
    for start, end in windows:
        # An opening that lies across the bound of the last search must not be missed.
        behind = max(0, searched - _LONGEST_OPENING)
        for which, place in _OPENINGS.places(lower[behind:start]):
            hiders[which].open(behind + place)
        searched = start
        first = max(start, *(hider.visible_from(start, end) for hider in hiders))
        if first < end:
            yield first, end


class _Hider:
    """One kind of element that hides its text, told of its openings in order."""

    def __init__(self, lower: bytes, closing: bytes) -> None:
        self._lower, self._closing = lower, closing
        self._closed = -1
        """Where the last opening closes: the end of the page where it never does."""

    def open(self, place: int) -> None:
        """It begins at `place`: anew where it had ended before, else it is within itself."""
        if place > self._closed:
            closed = self._lower.find(self._closing, place)
            self._closed = len(self._lower) if closed < 0 else closed

    def visible_from(self, start: int, end: int) -> int:
        """Where text begins to show in a window that is behind all openings told of."""
        if self._closed < 0 or self._closed + len(self._closing) <= start:
            return start
        closed = self._lower.find(self._closing, start, end)
        return end if closed < 0 else closed


def _speaking(lower: bytes, windows: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Windows that may speak of the matter at all: that is cheaper to tell than what is hidden."""
    return (one for one in windows if _speaks_of_matter(lower[slice(*one)]))


def _speaks_of_matter(lower: bytes) -> bool:
    return _MATTERS.any_in(lower) or _speaks_of_short_matter(lower)


def _speaks_of_short_matter(lower: bytes) -> bool:
    words = b" " + lower.translate(_BETWEEN_WORDS) + b" "
    return _AS_WORDS.any_in(words) and _SHORT_MATTERS.search(lower) is not None
