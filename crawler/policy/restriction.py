"""What a robots.txt says of a bot, by four rules that are never folded together (audit.md).

`rfc` asks the standard's matcher about `/`, every path the file names and a path it does not;
`dpi` looks at one group's lists as Longpre et al. (2024) did; `mention` is a substring test and
`adjacent` reads only the line below a name. Bots to which a file applies the same groups share
one verdict, so a file is weighed a few times however many bots are asked about.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import Final

from crawler.policy.availability import Retry, Rules, availability_of
from crawler.policy.directives import ALLOW, DISALLOW, Line, as_utf_8
from crawler.policy.model import Outcome
from crawler.policy.robots import Choice, Robots, read_robots
from crawler.policy.spelling import Spellings, escape, spell

RESTRICTION_VERSION: Final = "1"
"""Changed with any change of what these rules find, so that kept verdicts are found anew."""

UNNAMED_PATH: Final = "/heed-names-no-such-path"
OTHERS_WEIGHED: Final = 5_000
"""Paths of other groups asked about for one choice of groups; its own are all asked about."""

_WHOLE_SITE: Final = frozenset({"/", "*", "/*"})
_ROOT: Final = spell("/")
_UNNAMED: Final = spell(UNNAMED_PATH)


class Rule(StrEnum):
    """How a verdict is found; every export names the one it used."""

    RFC = "rfc"
    DPI = "dpi"
    MENTION = "mention"
    ADJACENT = "adjacent"


class Basis(StrEnum):
    """On what a verdict rests: groups that name the bot, `*`, no group at all, no file at all."""

    NAMED = "named"
    WILDCARD = "wildcard"
    DEFAULT = "default"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Restriction:
    """What one file says of one bot by one rule; `lines` are the numbers of those that decided."""

    verdict: str
    basis: Basis
    explicit_allow: bool = False
    """Whether groups that name the bot open the whole site to it in so many words."""
    mention: bool = False
    lines: tuple[int, ...] = ()

    @property
    def named(self) -> bool:
        """Whether a User-agent line names the bot."""
        return self.basis is Basis.NAMED


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's verdict and the lines behind it."""

    verdict: str
    lines: tuple[int, ...] = ()


def judge(
    body: bytes, outcome: Outcome, bots: Sequence[str], rule: Rule
) -> tuple[Restriction, ...]:
    """What a robots.txt fetched with `outcome` says of each of `bots`, in their order.

    `body` is read where the table of availability says that it is; otherwise verdicts rest on
    the status. Never raises; linear in the size of the body for each distinct choice of groups.
    """
    file = File(body)
    if rule is Rule.MENTION:
        return tuple(_judge_mention(file, bot, outcome) for bot in bots)
    if availability_of(outcome).rules is not Rules.READ:
        found = _by_status(outcome, rule)
        return tuple(
            Restriction(found.verdict, Basis.STATUS, mention=file.place_of(bot) >= 0)
            for bot in bots
        )
    return tuple(file.restriction(bot, rule) for bot in bots)


def _by_status(outcome: Outcome, rule: Rule) -> Found:
    if rule is Rule.DPI:
        return Found("no_robots")
    if rule is Rule.ADJACENT:
        return Found("no")
    row = availability_of(outcome)
    if row.rules is Rules.DISALLOW_ALL:
        # A refusal that was answered stands; what never answered says nothing either way.
        return Found("full" if row.retry is Retry.ON_EXPIRY else "unknown")
    return Found("none")


def _judge_mention(file: "File", bot: str, outcome: Outcome) -> Restriction:
    place = file.place_of(bot)
    read = availability_of(outcome).rules is Rules.READ
    known = file.restriction(bot, Rule.DPI) if read else Restriction("", Basis.STATUS)
    lines = (file.line_at(place),) if place >= 0 else ()
    return replace(known, verdict=_yes(place >= 0), mention=place >= 0, lines=lines)


def _yes(truth: bool) -> str:  # noqa: FBT001 (the word for a truth)
    return "yes" if truth else "no"


class File:
    """One robots.txt while it is asked about many bots."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._weighed: dict[tuple[Choice, Rule], Restriction] = {}

    @cached_property
    def robots(self) -> Robots:
        """The file as the policy core reads it."""
        return read_robots(self._body)

    @cached_property
    def _lowered(self) -> bytes:
        return as_utf_8(self._body).lower()

    def place_of(self, bot: str) -> int:
        """Where in the file the token first occurs, whatever its case; -1 where it does not."""
        return self._lowered.find(bot.lower().encode())

    def line_at(self, place: int) -> int:
        """The number of the line in which a `place_of` lies."""
        return len((self._lowered[:place] + b".").splitlines())

    def restriction(self, bot: str, rule: Rule) -> Restriction:
        """What the file's words say of `bot` by `rule`."""
        choice = self.robots.choices(bot)[0]
        known = self._weighed.get((choice, rule))
        if known is None:
            known = self._weighed[choice, rule] = self._weigh(choice, rule)
        if rule is Rule.ADJACENT:
            found = self._adjacent(bot)
            known = replace(known, verdict=found.verdict, lines=found.lines)
        return replace(known, mention=True) if self.place_of(bot) >= 0 else known

    def _weigh(self, choice: Choice, rule: Rule) -> Restriction:
        found = self._weigh_paths(choice) if rule is Rule.RFC else _compare_lists(choice)
        basis = Basis(choice.basis.value)
        opened = basis is Basis.NAMED and _opens(choice)
        return Restriction(found.verdict, basis, explicit_allow=opened, lines=found.lines)

    def _weigh_paths(self, choice: Choice) -> Found:
        refusing, allowing = _rules(choice, DISALLOW), _rules(choice, ALLOW)
        if not refusing:
            return Found("none", _numbers(allowing[:1]))
        whole = next((line for line in refusing if line.value in _WHOLE_SITE), None)
        if whole is not None and not allowing:
            return Found("full", (whole.number,))
        seen: dict[bool, Line | None] = {}
        for path in self._paths_for(choice):
            match = choice.match(path)
            if seen.get(match.allowed) is None:
                seen[match.allowed] = match.line
            if len(seen) > 1:
                break
        verdict = "partial" if len(seen) > 1 else "none" if True in seen else "full"
        deciding = [line for line in seen.values() if line is not None]
        return Found(verdict, tuple(sorted(_numbers(deciding))))

    def _paths_for(self, choice: Choice) -> Iterator[Spellings]:
        """`/`, a path no file names, then every named one, the choice's own before others."""
        yield _ROOT
        yield _UNNAMED
        own = {_example(line) for line in choice.lines if _names_path(line)}
        yield from (self._spell(path) for path in sorted(own))
        others = (path for path in self._spelt if path not in own)
        yield from (self._spell(path) for path in islice(others, OTHERS_WEIGHED))

    @cached_property
    def _spelt(self) -> dict[str, Spellings | None]:
        lines = self.robots.directives.lines
        return {_example(line): None for line in lines if _names_path(line)}

    def _spell(self, path: str) -> Spellings:
        spelt = self._spelt[path]
        if spelt is None:
            spelt = self._spelt[path] = spell(path)
        return spelt

    def _adjacent(self, bot: str) -> Found:
        """Whether the very next line below one that names `bot` is `Disallow: /`."""
        wanted = bot.lower()
        for agent in self.robots.agents():
            below = self._by_number.get(agent.number + 1)
            refuses = below is not None and (below.name, below.value) == (DISALLOW, "/")
            if refuses and agent.value.lower() == wanted:
                return Found("yes", (agent.number, agent.number + 1))
        return Found("no")

    @cached_property
    def _by_number(self) -> dict[int, Line]:
        return {line.number: line for line in self.robots.directives.lines}


def _numbers(lines: Sequence[Line]) -> tuple[int, ...]:
    return tuple(line.number for line in lines)


def _rules(choice: Choice, name: str) -> list[Line]:
    return [line for line in choice.lines if line.name == name and line.value and not line.odd]


def _names_path(line: Line) -> bool:
    return line.name in (ALLOW, DISALLOW) and bool(line.value)


def _example(line: Line) -> str:
    """A path that the pattern of a rule is about: wildcards filled in, the anchor taken off."""
    pattern = escape(line.octets).removesuffix("$").replace("*", "a")
    return pattern if pattern.startswith("/") or "://" in pattern else f"/{pattern}"


def _opens(choice: Choice) -> bool:
    """Whether one rule alone grants everything: `Allow: /`, or a `Disallow` of nothing."""
    granted = any(line.value in _WHOLE_SITE for line in _rules(choice, ALLOW))
    emptied = any(line.name == DISALLOW and not line.value for line in choice.lines)
    return (granted or emptied) and choice.match(_ROOT).allowed


def _compare_lists(choice: Choice) -> Found:
    """Longpre et al. 2024: lists of one group as they stand, lines with a query dropped."""
    rules = [line for line in choice.lines if not line.odd and "?" not in line.value]
    refused = [line for line in rules if line.name == DISALLOW]
    allowed = [line for line in rules if line.name == ALLOW]
    named = [line for line in refused if line.value]
    if not named:
        return Found("none", _numbers(allowed[:1]))
    whole = [line for line in named if line.value == "/"]
    if whole and not allowed:
        return Found("all", _numbers(whole[:1]))
    if [line.value for line in allowed] == [line.value for line in refused]:
        return Found("none", _numbers(allowed[:1]))
    return Found("some", _numbers(named[:1]))
