"""Cloudflare Content Signals in robots.txt groups and in the response header.

Policy text of https://contentsignals.org (2025-09-24), `use=` of 2026-07-01. Scope is the group
as RFC 9309 chooses it; lines before any group are read as site-wide where ours has none. A header
is often a CDN's default: its grants are recorded and never needed.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from crawler.policy.addressed import (
    Addressed,
    Audience,
    addressed_lines,
    concerns_us,
    evidence_of,
    header_evidence,
    is_crawlable,
    weakest,
)
from crawler.policy.content_signals import Signalled, Wish, lowest, read_signals
from crawler.policy.html_page import metas_like_headers
from crawler.policy.model import (
    Carrier,
    Evidence,
    Flag,
    Notes,
    Observation,
    Signal,
    State,
    Statement,
    Strength,
    Use,
)
from crawler.policy.patterns import PatternSet
from crawler.policy.spelling import escape, spell

NAME: Final = "content_signal"
FIELD: Final = "Content-Signal"
MISSPELT: Final = frozenset({"content-signals", "contentsignal", "contentsignals"})
FIELDS: Final = frozenset({FIELD.lower()}) | MISSPELT


class Voice(NamedTuple):
    """One place where signals were found, and how far it speaks to us."""

    signalled: Signalled
    evidence: Evidence
    carrier: Carrier
    strength: Strength
    grants: bool
    flags: frozenset[Flag]
    audience: Audience


def read(observation: Observation) -> tuple[Statement, ...]:
    """State every use that a line for us, for all or outside any group, or the header, names."""
    voices = _voices(observation)
    if not voices:
        return ()
    found: list[Statement] = []
    crawlable = is_crawlable(observation)
    spoken: set[Use] = set()
    for audience in Audience:
        heard = [voice for voice in voices if voice.audience is audience]
        for voice in heard:
            found += [
                statement
                for wish in voice.signalled.wishes
                for statement in _statements(wish, voice, grants=voice.grants and crawlable)
                # Where our own group speaks of a use, less sure voices are not needed.
                if audience not in (Audience.EVERYBODY, Audience.ORPHAN)
                or statement.use not in spoken
            ]
        if audience in (Audience.OURS, Audience.ALIAS):
            # A header is often a CDN's default: it makes no voice of the site itself unneeded.
            own = (one for one in heard if one.carrier is Carrier.ROBOTS_TXT)
            spoken |= {use for one in own for wish in one.signalled.wishes for use in wish.uses}
    return tuple(found)


def _statements(wish: Wish, voice: Voice, *, grants: bool) -> Iterator[Statement]:
    if wish.state is State.ALLOW and not grants:
        return
    for use in (one for one in wish.uses if concerns_us(voice.audience, one)):
        yield Statement(
            NAME,
            voice.carrier,
            use,
            wish.state,
            voice.evidence,
            weakest(wish.strength, voice.strength),
            "group" if voice.carrier is Carrier.ROBOTS_TXT else "response",
            flags=wish.flags | voice.flags,
        )


def _voices(observation: Observation) -> tuple[Voice, ...]:
    return (*_lines(observation), *_headers(observation), *_metas(observation))


def _metas(observation: Observation) -> Iterator[Voice]:
    """Metas named after the header, for which the policy has no form: their refusals are meant."""
    for value, evidence in metas_like_headers(observation.page, FIELDS):
        yield Voice(
            read_signals(value),
            evidence,
            Carrier.HTML,
            Strength.LENIENT,
            grants=False,
            flags=frozenset({Flag.MALFORMED}),
            audience=Audience.OURS,
        )


def _headers(observation: Observation) -> Iterator[Voice]:
    page = observation.page
    if page is None:
        return
    for name, value in page.headers:
        odd = name.lower() in MISSPELT
        if odd or name.lower() == FIELD.lower():
            yield Voice(
                read_signals(value),
                header_evidence(page, name, value),
                Carrier.HEADER,
                Strength.LENIENT if odd else Strength.BINDING,
                grants=not odd,
                flags=frozenset({Flag.MALFORMED} if odd else ()),
                audience=Audience.OURS,
            )


def _lines(observation: Observation) -> Iterator[Voice]:
    resource = observation.robots
    if resource is None:
        return
    lines = addressed_lines(observation, FIELDS)
    alone = not any(one.audience in (Audience.OURS, Audience.ALIAS) for one in lines)
    for one in lines:
        if _covers(one, observation):
            odd = one.line.name in MISSPELT or one.line.value.startswith("/")
            site_wide = alone and one.audience is Audience.ORPHAN
            sure = not odd and (site_wide or one.strength is Strength.BINDING)
            yield Voice(
                read_signals(one.line.value),
                evidence_of(resource, one.line),
                Carrier.ROBOTS_TXT,
                Strength.BINDING if sure else weakest(Strength.LENIENT, one.strength),
                grants=sure and (site_wide or one.grants),
                flags=one.flags | ({Flag.MALFORMED} if odd else set()),
                audience=one.audience,
            )


def _covers(one: Addressed, observation: Observation) -> bool:
    """Some generators put a path before the signals, for which the policy has no syntax."""
    octets = one.line.octets
    if not octets.startswith(b"/"):
        return True
    pattern = escape(octets.split(None, 1)[0])
    return bool(PatternSet(((pattern, one),)).longest(spell(observation.url)))


def note(observation: Observation) -> Notes:
    """The ceiling that `use` names, and what is odd about the signals."""
    voices = [one for one in _voices(observation) if one.audience is not Audience.PEER]
    flags = {flag for voice in voices for flag in voice.signalled.flags | voice.flags}
    found: dict[str, object] = {flag.value: True for flag in sorted(flags)}
    ceiling = lowest(voice.signalled.ceiling for voice in voices)
    return found | ({"use": ceiling} if ceiling else {})


SIGNAL: Final = Signal(
    name=NAME,
    title="Content Signals",
    carriers=(Carrier.ROBOTS_TXT, Carrier.HEADER, Carrier.HTML),
    scope="group",
    uses=(Use.SEARCH, Use.AI_INPUT, Use.TRAIN_GENAI, Use.TRAIN_OTHER, Use.INDEX, Use.ARCHIVE),
    spec="https://contentsignals.org/",
    since="2025",
    read=read,
    note=note,
)
