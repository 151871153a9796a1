"""Path patterns of robots.txt and their kin (RFC 9309 2.2.2, 2.2.3): the longest match wins.

Protego's matcher is not used: it compiles a regular expression a rule and checks one after the
other, 60 ms a check for 20,000 wildcard rules, and it compares `%3A` and `%2F` in a way that
robots-cases R2060 forbids. This one is linear in path x pattern: plain patterns are looked up;
of a wildcard pattern each piece is searched for from left to right, and since the leftmost place
of a piece leaves most room for the rest, there is never anything to go back for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, NamedTuple, TypeVar

from crawler.policy.spelling import Spellings, canonical

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class PatternSet(Generic[Kept]):
    """Patterns, each with something kept by it; asked for those that match a path longest.

    `entries` are escaped patterns (`spelling.escape`) and what is found with them. Length counts
    as written (RFC 9309 2.2.2: most octets). The empty pattern matches every path.
    """

    entries: tuple[tuple[str, Kept], ...]

    def longest(self, spelt: Spellings) -> tuple[Kept, ...]:
        """By the standard: everything kept under the longest pattern that matches."""
        return self._kept(self._canonical.longest(spelt.canonical))

    def further(self, spelt: Spellings) -> Iterable[tuple[Kept, ...]]:
        """The same question asked of the other spellings, where they could differ."""
        if self._has_escapes or "%" in spelt.escaped:
            yield self._kept(self._escaped.longest(spelt.escaped))
        for path in spelt.resolved:
            yield self._kept(self._canonical.longest(path))
        for path in spelt.decoded:
            # What also matches the standard spelling has had its say there.
            places = self._canonical.longest(path)
            old = PatternSet(tuple(self.entries[place] for place in places)).longest(spelt)
            yield () if old else self._kept(places)

    def _kept(self, places: tuple[int, ...]) -> tuple[Kept, ...]:
        return tuple(self.entries[place][1] for place in places)

    @cached_property
    def _has_escapes(self) -> bool:
        return any("%" in pattern for pattern, _ in self.entries)

    @cached_property
    def _canonical(self) -> "_Index":
        return _Index(tuple(pattern for pattern, _ in self.entries), _canonical_text)

    @cached_property
    def _escaped(self) -> "_Index":
        return _Index(tuple(pattern for pattern, _ in self.entries), str)


def _canonical_text(text: str) -> str:
    """A pattern without its anchor as it would stand in a canonical path, where `$` is a sign."""
    return canonical(text).replace("$", "%24")


class _Wild(NamedTuple):
    """A pattern with wildcards: `head`, then `pieces` in order, then (anchored) `tail`."""

    length: int
    least: int
    key: str
    """The longest text in it: where that is missing, nothing else need be looked at."""
    head: str
    pieces: tuple[str, ...]
    tail: str
    places: list[int]

    def matches(self, path: str) -> bool:
        if not path.startswith(self.head) or not path.endswith(self.tail):
            return False
        position = len(self.head)
        for piece in self.pieces:
            position = path.find(piece, position)
            if position < 0:
                return False
            position += len(piece)
        return len(path) - position >= len(self.tail)


GRAM: Final = 8
"""Wildcard patterns are kept by the first characters of their key, which a path must contain."""

Found = dict[str, tuple[int, list[int]]]
"""Text to the length of the pattern as written and the places of its entries."""


class _Index:
    """Patterns sorted for looking up: plain prefixes, plain whole paths, wildcards."""

    def __init__(self, patterns: tuple[str, ...], spelling: Callable[[str], str]) -> None:
        self._prefixes: Found = {}
        self._wholes: Found = {}
        self._wild: dict[str, list[_Wild]] = {}
        unique: dict[str, list[int]] = {}
        for place, pattern in enumerate(patterns):
            unique.setdefault(pattern, []).append(place)
        for pattern, places in unique.items():
            self._add(pattern, places, spelling)
        self._lengths = sorted({len(prefix) for prefix in self._prefixes})
        self._grams = sorted({len(gram) for gram in self._wild})

    def _add(self, pattern: str, places: list[int], spelling: Callable[[str], str]) -> None:
        anchored = pattern.endswith("$")
        text = spelling(pattern[:-1] if anchored else pattern)
        if not anchored:
            text = text.rstrip("*")
        if "*" in text:
            one = _wild(text, anchored, len(pattern), places)
            self._wild.setdefault(one.key[:GRAM], []).append(one)
            return
        plain = self._wholes if anchored else self._prefixes
        length, known = plain.get(text, (-1, []))
        if len(pattern) > length:
            plain[text] = (len(pattern), places)
        elif len(pattern) == length:
            known.extend(places)

    def longest(self, path: str) -> tuple[int, ...]:
        """The places of all entries whose matching pattern is the longest that matches."""
        best = -1
        places: list[int] = []
        for length, found in self._plain(path):
            if length >= best:
                places = [*(places if length == best else ()), *found]
                best = length
        for one in self._candidates(path):
            if one.length >= best and one.least <= len(path) and one.matches(path):
                places = [*(places if one.length == best else ()), *one.places]
                best = one.length
        return tuple(places)

    def _candidates(self, path: str) -> Iterable[_Wild]:
        """Wildcard patterns of which the key stands in `path`."""
        for size in self._grams:
            grams = {path[start : start + size] for start in range(len(path) - size + 1)}
            for gram in grams & self._wild.keys():
                yield from (one for one in self._wild[gram] if one.key in path)

    def _plain(self, path: str) -> Iterable[tuple[int, list[int]]]:
        if path in self._wholes:
            yield self._wholes[path]
        for length in self._lengths:
            if length > len(path):
                break
            found = self._prefixes.get(path[:length])
            if found is not None:
                yield found


def _wild(text: str, anchored: bool, length: int, places: list[int]) -> _Wild:  # noqa: FBT001 (a fact of the pattern)
    head, *rest = text.split("*")
    tail = rest.pop() if anchored else ""
    pieces = tuple(filter(None, rest))
    key = max((head, *pieces, tail), key=len)
    return _Wild(length, len(text) - text.count("*"), key, head, pieces, tail, places)
