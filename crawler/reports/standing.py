"""Where a site stands towards a bot: a verdict with its basis, as charts count it.

About 70 % of sites are `partial` through `*` alone. That is housekeeping, not an answer to AI,
so what names a bot and what is said to everyone are never counted together.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Final

from crawler.policy.availability import Rules, availability_of
from crawler.policy.model import Outcome
from crawler.policy.restriction import Basis, Restriction, Rule


class Standing(StrEnum):
    """One of eight; the value names it in addresses and style sheets."""

    FULL_NAMED = "full-named"
    PART_NAMED = "part-named"
    OPEN_NAMED = "open-named"
    FULL_ALL = "full-all"
    PART_ALL = "part-all"
    OPEN = "open"
    NO_FILE = "no-file"
    UNKNOWN = "unknown"

    @cached_property  # asked for every site, bot and date
    def severity(self) -> int:
        """How strict it is, to find a company's strictest agent; unknown is the least."""
        return _SEVERITY[self]

    @cached_property
    def names(self) -> bool:
        """Whether the site named the bot, so that this is an answer to it."""
        return self in (Standing.FULL_NAMED, Standing.PART_NAMED, Standing.OPEN_NAMED)


_SEVERITY: Final = {
    Standing.UNKNOWN: 0,
    Standing.OPEN_NAMED: 1,
    Standing.NO_FILE: 2,
    Standing.OPEN: 3,
    Standing.PART_ALL: 4,
    Standing.PART_NAMED: 5,
    Standing.FULL_ALL: 6,
    Standing.FULL_NAMED: 7,
}

LABELS: Final[Mapping[Standing, str]] = {
    Standing.FULL_NAMED: "blocked by name",
    Standing.PART_NAMED: "restricted by name",
    Standing.OPEN_NAMED: "named, not restricted",
    Standing.FULL_ALL: "closed to every bot",
    Standing.PART_ALL: "only the rules for every bot",
    Standing.OPEN: "no rule applies",
    Standing.NO_FILE: "no robots.txt",
    Standing.UNKNOWN: "not known",
}
MENTION_LABELS: Final[Mapping[Standing, str]] = {
    **LABELS,
    Standing.FULL_NAMED: "counted by this rule",
    Standing.OPEN: "not counted by this rule",
}

LETTERS: Final[Mapping[Standing, str]] = {
    Standing.FULL_NAMED: "●",
    Standing.PART_NAMED: "◐",
    Standing.OPEN_NAMED: "○",
    Standing.FULL_ALL: "■",
    Standing.PART_ALL: "·",
    Standing.OPEN: "▫",
    Standing.NO_FILE: "-",
    Standing.UNKNOWN: "?",
}
"""A sign for each, so that no chart needs colour to be read."""

_BY_NAME: Final = {
    "full": Standing.FULL_NAMED,
    "all": Standing.FULL_NAMED,
    "partial": Standing.PART_NAMED,
    "some": Standing.PART_NAMED,
    "none": Standing.OPEN_NAMED,
    "yes": Standing.FULL_NAMED,
    "no": Standing.OPEN,
}
_FOR_ALL: Final = {
    "full": Standing.FULL_ALL,
    "all": Standing.FULL_ALL,
    "partial": Standing.PART_ALL,
    "some": Standing.PART_ALL,
    "none": Standing.OPEN,
    # A mention counts wherever in the file it stands.
    "yes": Standing.FULL_NAMED,
    "no": Standing.OPEN,
}


def labels_of(rule: Rule) -> Mapping[Standing, str]:
    """What each standing is called where `rule` found it: a mention is no block."""
    return MENTION_LABELS if rule in (Rule.MENTION, Rule.ADJACENT) else LABELS


def stand(restriction: Restriction, outcome: Outcome) -> Standing:
    """The standing of a verdict found of a robots.txt that was fetched with `outcome`."""
    rules = availability_of(outcome).rules
    if rules is Rules.READ:
        table = _BY_NAME if restriction.basis is Basis.NAMED else _FOR_ALL
        return table.get(restriction.verdict, Standing.UNKNOWN)
    if restriction.verdict == "full":
        return Standing.FULL_ALL
    return Standing.UNKNOWN if rules is Rules.DISALLOW_ALL else Standing.NO_FILE


def strictest(standings: "list[Standing]") -> Standing:
    """The strictest of `standings`, as the Data Provenance Initiative counts a company."""
    return max(standings, key=lambda each: each.severity, default=Standing.UNKNOWN)
