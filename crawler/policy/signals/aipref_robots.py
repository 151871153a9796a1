"""Content-Usage lines in robots.txt (draft-ietf-aipref-attach-05 section 3).

https://datatracker.ietf.org/doc/draft-ietf-aipref-attach/ A value that begins with `/` has a path
up to the first blank; the longest matching path counts, equal paths combine restrictively. Only
paths that may be crawled carry preferences. Groups are chosen as in RFC 9309.
"""

import re
from collections.abc import Iterable, Iterator
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
    Use,
)
from crawler.policy.patterns import PatternSet
from crawler.policy.spelling import Spellings, escape, spell

NAME: Final = "aipref_robots"
FIELDS: Final = frozenset({CONTENT_USAGE})
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
        applying = _applying(heard, spelt)
        spoken = {statement.use for statement in found}
        found += [
            statement
            for one in applying
            for statement in _statements(one, resource)
            # What our own group says leaves nothing for the group of all to say.
            if audience is not Audience.EVERYBODY or statement.use not in spoken
        ]
    return tuple(found)


def _applying(lines: tuple[Addressed, ...], spelt: Spellings) -> tuple[Addressed, ...]:
    """The lines of the longest matching path, and malformed ones whose own pattern matches."""
    entries = tuple((_pattern(one), one) for one in lines)
    longest = PatternSet(entries).longest(spelt)
    return tuple(dict.fromkeys((*longest, *_misplaced(lines, spelt))))


def _pattern(one: Addressed) -> str:
    octets = one.line.octets
    return escape(_OCTET_BLANKS.split(octets, maxsplit=1)[0]) if octets.startswith(b"/") else ""


def _misplaced(lines: Iterable[Addressed], spelt: Spellings) -> Iterator[Addressed]:
    """Lines that put a pattern without a first slash before the dictionary."""
    for one in lines:
        first = one.line.octets.split(None, 1)[:1]
        if (
            first
            and first[0].startswith(b"*")
            and PatternSet(((escape(first[0]), one),)).longest(spelt)
        ):
            yield one


def _value(one: Addressed) -> str:
    if not one.line.value.startswith("/"):
        return one.line.value
    return "".join(_BLANKS.split(one.line.value, maxsplit=1)[1:])


def _statements(one: Addressed, resource: Resource) -> Iterator[Statement]:
    for preference in read_usage(_value(one)).preferences:
        if preference.state is not State.ALLOW or one.grants:
            yield from _by_use(preference, one, resource)


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
