"""Which rules of a robots.txt are ours, and what they say of a URL (RFC 9309 2.2.1 to 2.2.3).

A group is chosen by a bare product token, never by a User-Agent string. Where the words of a
file can be read in two ways (versions and further words behind a token, comma lists, unknown
lines between user-agent lines, spellings of a path), the literal way decides by the letter and
any other way that refuses is a further, lenient refusal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from crawler.policy.directives import (
    ALLOW,
    DISALLOW,
    INVISIBLE,
    USER_AGENT,
    Directives,
    Group,
    Groups,
    Line,
    read_directives,
)
from crawler.policy.naming import WILDCARD, Names, ways_to_name
from crawler.policy.pace import read_crawl_delay
from crawler.policy.patterns import PatternSet
from crawler.policy.spelling import Spellings, escape, spell

ROBOTS_PATH: Final = "/robots.txt"
_UNSEEN: Final = str.maketrans(dict.fromkeys(INVISIBLE, " "))


class Basis(StrEnum):
    """Why a group of rules is the one that counts for a token."""

    NAMED = "named"
    WILDCARD = "wildcard"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Match:
    """What one reading says of one path; `line` is the rule that decided, if any did."""

    allowed: bool
    line: Line | None = None


NO_RULE: Final = Match(allowed=True)


@dataclass(frozen=True, eq=False)
class Choice:
    """The groups that one reading of a file applies to one token, merged (RFC 9309 2.2.1).

    A file gives the same object for the same groups, so that it can be told by identity.
    """

    basis: Basis
    groups: Groups

    @cached_property
    def span(self) -> tuple[object, ...]:
        """What tells this choice from others of the same file."""
        return self.basis, *(
            (group.lines[0].number, group.lines[-1].number) for group in self.groups if group.lines
        )

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line of the groups but the user-agent lines, in the order of the file."""
        return tuple(line for group in self.groups for line in group.lines)

    def named(self, names: frozenset[str]) -> Iterator[Line]:
        """Its lines with one of these field names."""
        for name in names & self._by_name.keys():
            yield from self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.name, []).append(line)
        return found

    def match(self, spelt: Spellings) -> Match:
        """By the letter: longest match, `Allow` wins ties, nothing matched allows."""
        return _weigh(self._rules.longest(spelt))

    def further_refusal(self, spelt: Spellings) -> Line | None:
        """A rule that refuses only in another reading of path or rule.

        Another spelling of the path, or misspelt rules counted for what they meant.
        """
        odd = self._with_odd_rules
        found = (*self._rules.further(spelt), odd.longest(spelt), *odd.further(spelt))
        verdicts = (_weigh(lines) for lines in found)
        return next((verdict.line for verdict in verdicts if not verdict.allowed), None)

    @cached_property
    def _rules(self) -> PatternSet[Line]:
        return PatternSet(tuple(entry for line in self.lines for entry in _patterns(line)))

    @cached_property
    def _with_odd_rules(self) -> PatternSet[Line]:
        odd = tuple(_odd_rules(self.lines))
        return PatternSet((*self._rules.entries, *odd) if odd else ())


def _patterns(line: Line) -> Iterator[tuple[str, Line]]:
    """The patterns of a rule by the letter: none for an empty value (RFC 9309 2.2.2)."""
    if line.name not in (ALLOW, DISALLOW) or line.odd or not line.value:
        return
    pattern = escape(line.octets)
    yield pattern, line
    folder, slash, last = pattern.rpartition("/")
    if line.name == ALLOW and slash and last.startswith("index.htm"):
        # The index page of a folder is the folder itself (so google/robotstxt).
        yield f"{folder}/$", line


def _odd_rules(lines: tuple[Line, ...]) -> Iterator[tuple[str, Line]]:
    """Refusals that the letter passes over: misspelt, or with more or less than a path."""
    for line in lines:
        if line.name == DISALLOW and line.value and "://" not in line.value:
            pattern = escape(line.octets)
            if not pattern.startswith(("/", "*")):
                yield f"/{pattern}", line
            elif line.odd:
                yield pattern, line
            yield from ((meant, line) for meant in _meant_patterns(line.value))


def _meant_patterns(value: str) -> Iterator[str]:
    """The paths in `/ everything` and in `/` beside characters that nobody sees.

    A blank may also stand in a path, so what is no folder or pattern covers nothing but itself.
    """
    words = value.translate(_UNSEEN).split()
    if words == [value]:
        return
    for word in words:
        if word.startswith(("/", "*")):
            pattern = escape(word.encode("utf-8", "replace"))
            whole = len(words) == 1 or pattern.endswith(("/", "*", "$"))
            yield from (pattern,) if whole else (f"{pattern}$", f"{pattern}/")


def _weigh(lines: tuple[Line, ...]) -> Match:
    """RFC 9309 2.2.2: of equally long matches the least restrictive is used."""
    allows = [line for line in lines if line.name == ALLOW]
    if allows or not lines:
        return Match(allowed=True, line=allows[0] if allows else None)
    return Match(allowed=False, line=lines[0])


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file says of one token and URL: by the letter, and what other readings refuse by."""

    literal: Match
    choice: Choice
    refusal: Line | None
    """A rule that refuses in another reading, where the letter allows."""

    @property
    def allowed(self) -> bool:
        """Whether no reading refuses."""
        return self.literal.allowed and self.refusal is None

    @property
    def line(self) -> Line | None:
        """The rule that refuses, by the letter or else in another reading."""
        return self.refusal if self.literal.allowed else self.literal.line


class Robots:
    """One robots.txt, ready to be asked about any token and URL; group choices are kept."""

    def __init__(self, directives: Directives) -> None:
        self.directives = directives
        self._readings = [
            _Reading(groups, names)
            for groups in (directives.groups, *directives.others)
            for names in ways_to_name(groups)
        ]
        self._choices: dict[str, tuple[Choice, ...]] = {}
        self._known: dict[tuple[object, ...], Choice] = {}

    def choices(self, token: str) -> tuple[Choice, ...]:
        """What applies to `token`: by the letter first, then every other reading that differs."""
        key = token.strip().lower()
        if key not in self._choices:
            found = (reading.choice(key) for reading in self._readings)
            kept = (self._known.setdefault(one.span, one) for one in found)
            self._choices[key] = tuple(dict.fromkeys(kept))
        return self._choices[key]

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Every name, lower case, that some reading finds on a user-agent line."""
        return frozenset(name for reading in self._readings for name in reading.names)

    def place(self, token: str) -> int:
        """The number of the first user-agent line that names `token` in some reading, else 0."""
        places = (reading.place(token.lower()) for reading in self._readings)
        return min((place for place in places if place), default=0)

    def names(self, token: str) -> bool:
        """Whether a user-agent line names `token` by the letter."""
        return self.choices(token)[0].basis is Basis.NAMED

    def check(self, token: str, url: str | Spellings) -> Verdict:
        """What the file says of `url` for `token`; robots.txt itself may always be fetched."""
        spelt = spell(url) if isinstance(url, str) else url
        literal, *others = self.choices(token)
        if spelt.canonical == ROBOTS_PATH:
            return Verdict(NO_RULE, literal, None)
        found = literal.match(spelt)
        if not found.allowed:
            return Verdict(found, literal, None)
        refusals = (_refusal(choice, spelt) for choice in (literal, *others))
        return Verdict(found, literal, next((line for line in refusals if line), None))

    def crawl_delay(self, token: str) -> float | None:
        """Seconds asked for between requests of `token`, else of `*`, else before any group.

        The slowest of what the readings say; values that are no finite positive number do not
        count (`pace.read_crawl_delay`).
        """
        for lines in (self._lines_for(token), self._lines_for(WILDCARD), self.directives.orphans):
            values = (read_crawl_delay(line.value) for line in lines if line.name == "crawl-delay")
            delays = [value for value in values if value is not None]
            if delays:
                return max(delays)
        return None

    def sitemaps(self) -> tuple[str, ...]:
        """Every sitemap address named anywhere in the file, in order, once."""
        found = (line.value for line in self.directives.lines if line.name == "sitemap")
        return tuple(dict.fromkeys(value for value in found if value))

    def agents(self) -> tuple[Line, ...]:
        """Every user-agent line of the file."""
        return tuple(line for line in self.directives.lines if line.name == USER_AGENT)

    def _lines_for(self, token: str) -> Iterator[Line]:
        for choice in self.choices(token):
            yield from choice.lines


def read_robots(body: bytes) -> Robots:
    """Read the octets of a robots.txt; never raises, linear in their number."""
    return Robots(read_directives(body))


def _refusal(choice: Choice, spelt: Spellings) -> Line | None:
    found = choice.match(spelt)
    return choice.further_refusal(spelt) if found.allowed else found.line


class _Reading:
    """One way to cut a file into groups and to read the names on its user-agent lines."""

    def __init__(self, groups: Groups, names: Names) -> None:
        self._groups: dict[str, dict[int, Group]] = {}
        self._places: dict[str, int] = {}
        for place, group in enumerate(groups):
            for agent in group.agents:
                for name in names(agent.value.lower()):
                    self._groups.setdefault(name, {})[place] = group
                    self._places.setdefault(name, agent.number)
        everybody = self._groups.get(WILDCARD)
        self._others = (
            Choice(Basis.DEFAULT, ())
            if everybody is None
            else Choice(Basis.WILDCARD, tuple(everybody.values()))
        )

    @property
    def names(self) -> Iterable[str]:
        """The names found, lower case."""
        return self._groups.keys()

    def place(self, token: str) -> int:
        """The number of the first user-agent line that names `token`, else 0."""
        return self._places.get(token, 0)

    def choice(self, token: str) -> Choice:
        """The groups for `token` (lower case); those of `*` for one that is not named."""
        if token not in self._groups:
            return self._others
        return Choice(Basis.NAMED, tuple(self._groups[token].values()))
