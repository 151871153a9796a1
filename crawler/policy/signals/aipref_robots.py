"""Content-Usage lines in robots.txt (draft-ietf-aipref-attach-05 section 3).

https://datatracker.ietf.org/doc/draft-ietf-aipref-attach/ A value that begins with `/` has a path
up to the first blank; the longest matching path counts, equal paths combine restrictively. Only
paths that may be crawled carry preferences. Groups are chosen as in RFC 9309.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from crawler.policy.addressed import (
    Addressed,
    Audience,
    addressed_lines,
    by_hearer,
    concerns_us,
    evidence_of,
    is_crawlable,
    robots_of,
    weakest,
)
from crawler.policy.aipref import Preference, read_usage
from crawler.policy.directives import CONTENT_USAGE
from crawler.policy.model import (
    Carrier,
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

NAME: Final = "aipref_robots"
MISSPELT: Final = frozenset({"contentusage", "content_usage", "content usage", "content-usages"})
FIELDS: Final = frozenset({CONTENT_USAGE}) | MISSPELT
_BLANKS: Final = re.compile(r"[ \t]+")
_OCTET_BLANKS: Final = re.compile(rb"[ \t]+")
"""What ends a path (3.2): space and tab, nothing else."""


def read(observation: Observation) -> tuple[Statement, ...]:
    """State the uses that the lines for us, for all and outside any group speak of."""
    resource = observation.robots
    lines = addressed_lines(observation, FIELDS)
    if resource is None or not lines or not is_crawlable(observation):
        return ()
    spelt = spell(observation.url)
    found: list[Statement] = []
    for audience, heard in by_hearer(lines):
        spoken = {statement.use for statement in found}
        found += [
            statement
            for statement in (
                *_by_the_letter(heard, spelt, resource),
                *_as_meant(heard, spelt, resource),
            )
            # What our own group says leaves nothing for the group of all to say.
            if audience is not Audience.EVERYBODY or statement.use not in spoken
        ]
    return tuple(found)


def _by_the_letter(
    lines: tuple[Addressed, ...], spelt: Spellings, resource: Resource
) -> Iterator[Statement]:
    """What the lines of the longest matching path say."""
    for one in _paths(one for one in lines if one.line.name == CONTENT_USAGE).longest(spelt):
        for preference in read_usage(_value(one)).preferences:
            if preference.state is not State.ALLOW or one.grants:
                yield from _by_use(preference, one, resource)


def _paths(lines: Iterable[Addressed]) -> PatternSet[Addressed]:
    return PatternSet(tuple((_pattern(one), one) for one in lines))


def _pattern(one: Addressed) -> str:
    octets = one.line.octets
    return escape(_OCTET_BLANKS.split(octets, maxsplit=1)[0]) if octets.startswith(b"/") else ""


def _as_meant(
    lines: tuple[Addressed, ...], spelt: Spellings, resource: Resource
) -> Iterator[Statement]:
    """Refusals of lines that the letter passes over, and of other spellings of the path."""
    rules = _paths(lines)
    longest = rules.longest(spelt)
    misspelt = [one for one in longest if one.line.name != CONTENT_USAGE]
    further = [one for found in rules.further(spelt) for one in found if one not in longest]
    misplaced = [one for one in lines if _is_misplaced(one, spelt)]
    for one in dict.fromkeys((*misspelt, *further, *misplaced)):
        for preference in read_usage(_meant_value(one)).preferences:
            if preference.state.refuses:
                lenient = replace(preference, strength=Strength.LENIENT)
                yield from _by_use(lenient, one, resource)


def _is_misplaced(one: Addressed, spelt: Spellings) -> bool:
    """Whether a pattern that no path may be, or may not be alone, covers the URL."""
    first = one.line.octets.split(None, 1)[:1]
    if not first or not first[0].startswith((b"/", b"*")):
        return False
    bare = first[0].rstrip(b",;")
    odd = bare != first[0] or bare.startswith(b"*")
    return odd and bool(PatternSet(((escape(bare), one),)).longest(spelt))


def _value(one: Addressed) -> str:
    if not one.line.value.startswith("/"):
        return one.line.value
    return "".join(_BLANKS.split(one.line.value, maxsplit=1)[1:])


def _meant_value(one: Addressed) -> str:
    """The value behind a path or a pattern."""
    is_behind = one.line.value.startswith(("/", "*"))
    return "".join(_BLANKS.split(one.line.value, maxsplit=1)[1:]) if is_behind else one.line.value


def _by_use(preference: Preference, one: Addressed, resource: Resource) -> Iterator[Statement]:
    for use in (use for use in preference.uses if concerns_us(one.audience, use)):
        yield Statement(
            NAME,
            Carrier.ROBOTS_TXT,
            use,
            preference.state,
            evidence_of(resource, one.line),
            weakest(preference.strength, one.strength),
            "path",
            preference.conditions,
            preference.flags | one.flags,
        )


def note(observation: Observation) -> Notes:
    """Whether some line meant for us is no dictionary, and the CC signal one carries."""
    if robots_of(observation) is None:
        return {}
    lines = addressed_lines(observation, FIELDS)
    usages = [read_usage(_value(one)) for one in lines if one.audience is not Audience.PEER]
    signals = [usage.cc_signal for usage in usages if usage.cc_signal]
    found: dict[str, object] = {}
    if any(usage.malformed for usage in usages):
        found["malformed"] = True
    return found | ({"cc_signal": signals[0]} if signals else {})


SIGNAL: Final = Signal(
    name=NAME,
    title="AIPREF Content-Usage in robots.txt",
    carriers=(Carrier.ROBOTS_TXT,),
    scope="path",
    uses=(Use.TRAIN_GENAI, Use.SEARCH),
    spec="https://datatracker.ietf.org/doc/draft-ietf-aipref-attach/",
    since="2025",
    read=read,
    note=note,
)
