"""`/.well-known/tdmrep.json` read into rules with byte offsets, and the rules for one URL.

An array of `{location, tdm-reservation, tdm-policy?}`. The report lets the first match in sequence
govern and calls it the most specific; where a longer pattern further down would refuse, both are
told. A file that is no JSON is searched for legible rules: their refusals are lenient.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from crawler.policy.patterns import PatternSet
from crawler.policy.spelling import escape, spell

PATH: Final = "/.well-known/tdmrep.json"
MAX_RULES: Final = 20_000
RESERVATION: Final = "tdm-reservation"
POLICY: Final = "tdm-policy"
LOCATION: Final = "location"

_RESERVED_BY_INTENT: Final = frozenset({"1", "true", "yes", "on", "reserved", "?1"})
"""Texts outside the vocabulary (0, 1) that can only mean that rights are reserved."""
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BLANKS: Final = re.compile(r"[ \t\r\n]*+")
_OBJECT: Final = re.compile(r"\{[^{}]*+\}")
_OBJECT_IN_OBJECT: Final = re.compile(r"\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\}")
_LITERAL: Final = re.compile(
    r"\"(?:[^\"\\]|\\.)*+(?:\"|\Z)|'(?:[^'\\]|\\.)*+(?:'|\Z)|/\*.*?(?:\*/|\Z)|//[^\r\n]*+",
    re.DOTALL,
)
"""A string or a comment; one that is not closed goes on to the end, so that none is read twice."""
_TRAILING_COMMA: Final = re.compile(r",(\s*+[}\]])")


@dataclass(frozen=True, slots=True)
class Reservation:
    """A value of tdm-reservation: by the letter True, False or None (unset), and by intent."""

    reserved: bool | None
    malformed: bool = False
    means_reserved: bool = False


def read_reservation(text: str) -> Reservation:
    """`text` (a header, an attribute) as a reservation: 1, 0, or an error, which is unset."""
    words = text.strip()
    if words in ("0", "1"):
        return Reservation(words == "1")
    # What stands behind a semicolon is a parameter, or another field on the same line.
    bare = words.partition(";")[0].strip(" \t\"'").lower()
    return Reservation(None, malformed=True, means_reserved=bare in _RESERVED_BY_INTENT)


def _read_number(value: object) -> Reservation:
    """A JSON value as a reservation: the integers 1 and 0, nothing else by the letter."""
    if isinstance(value, int) and not isinstance(value, bool) and value in (0, 1):
        return Reservation(value == 1)
    if isinstance(value, str):
        intent = value.strip().strip("\"'").strip().lower() in _RESERVED_BY_INTENT
    else:
        intent = isinstance(value, bool | float) and value == 1
    return Reservation(None, malformed=True, means_reserved=intent)


@dataclass(frozen=True, slots=True)
class FileRule:
    """One object of the array, and its bytes `start` to `end`."""

    location: str
    reservation: Reservation
    policy: str
    start: int
    end: int
    verbatim: str

    @property
    def has_say(self) -> bool:
        """Whether the rule sets anything, by the letter or by intent."""
        return self.reservation.reserved is not None or self.reservation.means_reserved


@dataclass(frozen=True)
class TdmFile:
    """All rules in order; `malformed` where the file, or any rule, breaks the report's form."""

    rules: tuple[FileRule, ...]
    malformed: bool

    @cached_property
    def _patterns(self) -> tuple[PatternSet[FileRule], ...]:
        return tuple(PatternSet(((_pattern(rule), rule),)) for rule in self.rules)

    @cached_property
    def _all(self) -> PatternSet[FileRule]:
        return PatternSet(tuple((_pattern(rule), rule) for rule in self.rules))

    def first(self, url: str) -> FileRule | None:
        """The first rule in sequence, of those that set anything, whose location matches `url`."""
        spelt = spell(url)
        found = (one.longest(spelt) for one in self._patterns)
        return next((rules[0] for rules in found if rules), None)

    def refusals(self, url: str) -> tuple[FileRule, ...]:
        """Rules that reserve under another reading: the longest match, or another spelling."""
        spelt = spell(url)
        readings = (self._all.longest(spelt), *self._all.further(spelt))
        return tuple(
            rule
            for rule in dict.fromkeys(rule for rules in readings for rule in rules)
            if rule.reservation.reserved or rule.reservation.means_reserved
        )


def _pattern(rule: FileRule) -> str:
    return escape(rule.location.encode("utf-8", "replace"))


def parse(body: bytes) -> TdmFile:
    """The rules of a tdmrep.json; never raises, linear in its length."""
    text, base, codec = _decode(body)
    values, malformed = _read_values(text)
    rules: list[FileRule] = []
    character, byte = 0, base
    for value, start, end in values[:MAX_RULES]:
        byte += len(text[character:start].encode(codec))
        width = len(text[start:end].encode(codec))
        rules.append(_read_rule(value, byte, byte + width, text[start:end], whole=not malformed))
        character, byte = end, byte + width
    odd = malformed or any(rule.reservation.malformed for rule in rules)
    return TdmFile(tuple(rule for rule in rules if rule.has_say), odd or len(values) > MAX_RULES)


def _decode(body: bytes) -> tuple[str, int, str]:
    base, codec = next(
        ((len(mark), codec) for mark, codec in _MARKS if body.startswith(mark)), (0, "utf-8")
    )
    try:
        return body[base:].decode(codec), base, codec
    except UnicodeDecodeError:
        return body.decode("latin-1"), 0, "latin-1"


Value = tuple[Mapping[str, object], int, int]


def _object(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    """An object of which a repeated key keeps the value that reserves, if one does."""
    kept: dict[str, object] = {}
    for key, value in pairs:
        known = _read_number(kept.get(key)) if key == RESERVATION else None
        if known is not None and (known.reserved or known.means_reserved):
            continue
        kept[key] = value
    return kept


_JSON: Final = json.JSONDecoder(object_pairs_hook=_object)


def _read_values(text: str) -> tuple[list[Value], bool]:
    """The objects of the array with their places, and whether the text is anything else."""
    found: list[Value] = []
    opened = position = _behind_blanks(text, 0)
    while text.startswith("[" if position == opened else ",", position):
        start = _behind_blanks(text, position + 1)
        if position == opened and text.startswith("]", start):
            position = start
            break
        try:
            value, end = _JSON.raw_decode(text, start)
        except (ValueError, RecursionError):
            break
        if isinstance(value, Mapping):
            found.append((value, start, end))
        position = _behind_blanks(text, end)
    if text.startswith("]", position):
        return found, _behind_blanks(text, position + 1) < len(text)
    return [*found, *_salvage(text, position)], True


def _behind_blanks(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks else position


def _salvage(text: str, position: int) -> Iterator[Value]:
    """Objects that can be read in a text that is no JSON array, and in objects around them."""
    for found in _OBJECT_IN_OBJECT.finditer(text, position):
        value = _read_object(found[0])
        if value is not None and any(_folded(key) == RESERVATION for key in value):
            yield value, found.start(), found.end()
            continue
        for inner in _OBJECT.finditer(text, found.start() + 1, found.end()):
            value = _read_object(inner[0])
            if value is not None:
                yield value, inner.start(), inner.end()


def _read_object(text: str) -> Mapping[str, object] | None:
    """An object as JSON, or as what JavaScript writers take for JSON."""
    for words in (text, _TRAILING_COMMA.sub(r"\1", _LITERAL.sub(_as_json, text))):
        try:
            value = _JSON.decode(words)
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, Mapping) else None
    return None


def _as_json(literal: re.Match[str]) -> str:
    """A string in single quotes in double ones; nothing of a comment; else what stood there."""
    if literal[0].startswith("'"):
        return json.dumps(literal[0][1:-1])
    return literal[0] if literal[0].startswith('"') else ""


def _folded(key: str) -> str:
    return key.strip().lower().replace("_", "-")


def _read_rule(
    value: Mapping[str, object], start: int, end: int, verbatim: str, *, whole: bool
) -> FileRule:
    """One rule; by the letter only in a whole file, under its own key, with its own location."""
    folded = _object([(_folded(key), held) for key, held in value.items()])
    reservation = _read_number(folded.get(RESERVATION))
    location, well_placed = _read_location(folded.get(LOCATION))
    policy = folded.get(POLICY)
    if not (whole and well_placed and RESERVATION in value and LOCATION in value):
        intent = bool(reservation.reserved) or reservation.means_reserved
        reservation = Reservation(None, malformed=True, means_reserved=intent)
    terms = policy.strip() if isinstance(policy, str) else ""
    return FileRule(location, reservation, terms, start, end, verbatim)


def _read_location(value: object) -> tuple[str, bool]:
    """The pattern, and whether it is one by the letter; a missing one means the whole site."""
    if not isinstance(value, str) or not value.strip():
        return "/", False
    pattern = value.strip()
    if pattern.startswith(("/", "*")):
        return pattern, True
    if "://" in pattern:
        try:
            return urlsplit(pattern).path or "/", False
        except ValueError:
            return "/", False
    return f"/{pattern}", False
