"""Page rules for robots: X-Robots-Tag, Robots-Tag and meta elements, as words with an addressee.

Google, "Robots meta tag, data-nosnippet, and X-Robots-Tag specifications"; Robots-Tag in both
drafts of the REP extension (google/robotstxt 2024, garyillyes/ietf-rep-ext 2026-04, an RFC 9651
list). Rules add up and none takes another back: global and own ones, from every header line and
every element.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache, partial
from typing import Final, NamedTuple, cast

import http_sf

from crawler.policy import html_head
from crawler.policy.addressed import header_evidence
from crawler.policy.html_head import HeadTag
from crawler.policy.html_page import html_of
from crawler.policy.model import Carrier, Evidence, Flag, Observation, Resource, Strength

LEGACY_HEADER: Final = "x-robots-tag"
STRUCTURED_HEADER: Final = "robots-tag"
MAX_RULES: Final = 2_000
MAX_VALUE: Final = 64 * 1024
"""Rules read of one page, and characters of one header line or element; the drafts ask for 8 KiB
in all."""
_DAYS: Final = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,\s*)?"
_MONTH_FIRST: Final = r"(?:[a-z]{3,9}\.?\s+\d{1,2},\s*)?"
_VALUED: Final = re.compile(
    rf"\s*(?:(unavailable_after)\s*[:=]\s*({_DAYS}{_MONTH_FIRST}[^,;|]*)|(max-[a-z-]+)\s*[:=]\s*([^,;|\s]*))",
    re.IGNORECASE,
)
_PREFIX: Final = re.compile(r"([^:,;|\s]*+)\s*+:")
_ITEM: Final = re.compile(r"([^,;|\s]*+)([\s;|]*+)(,|\Z)?")
_ENDS: Final = re.compile(r"\s*+(?:,|\Z)")
_GAP: Final = re.compile(r"[\s,;|]*+")
_SPACED: Final = re.compile(r"[\s;|]+")
_OLD_GROUP: Final = re.compile(r"\s*+[^;,=\s]++\s*+=")


class Audience(StrEnum):
    """Whom a rule is addressed to."""

    US = "us"
    OTHER = "other"


class Rule(NamedTuple):
    """One rule word, lower case; `value` is what follows a colon, `agent` "" for everybody."""

    word: str
    value: str
    agent: str
    carrier: Carrier
    see: Callable[[], Evidence]
    """Where it stands; asked of rules that say something, since it takes the page's digest."""
    strength: Strength = Strength.BINDING
    flags: frozenset[Flag] = frozenset()
    structured: bool = False
    """Whether Robots-Tag carried it: its drafts define fewer words than the search engines do."""
    grants: bool = True
    """Whether a grant may stand here: in a header or a head, not in a body."""


def audience(rule: Rule, observation: Observation) -> Audience:
    """Whether `rule` is for us: for everybody, for our product token or for an alias."""
    return Audience.US if rule.agent in _own_names(observation) else Audience.OTHER


def _own_names(observation: Observation) -> frozenset[str]:
    return _names_of((observation.product_token, *observation.alias_tokens))


@lru_cache(maxsize=32)
def _names_of(tokens: tuple[str, ...]) -> frozenset[str]:
    return frozenset(("", "*", "robots", *(token.lower() for token in tokens)))


@lru_cache(maxsize=32)
def _names_of_metas(agents: frozenset[str], own: frozenset[str]) -> frozenset[str]:
    return agents | own - {"", "*"}


def read_rules(observation: Observation, agents: frozenset[str]) -> tuple[Rule, ...]:
    """Every rule of the response and of its elements, in order, whoever is addressed.

    `agents` are the lower-case names beside `robots` and our own that a meta may be named after;
    a header may name anybody.
    """
    page = observation.page
    if page is None:
        return ()
    rules = _rules(observation, page, _names_of_metas(agents, _own_names(observation)))
    return tuple(rule for rule, _ in zip(rules, range(MAX_RULES), strict=False))


def _rules(observation: Observation, page: Resource, names: frozenset[str]) -> Iterator[Rule]:
    own = _own_names(observation)
    for name, value in page.headers:
        read = _HEADERS.get(name.lower())
        if read is not None:
            words = read(value[:MAX_VALUE])
            see = partial(header_evidence, page, name, value)
            yield from _settle(words, own, Carrier.HEADER, see)
    for tag in html_of(page).head.metas:
        yield from _element_rules(page, tag, names, own)


def follows_links(observation: Observation) -> bool:
    """Whether the links of this response may be followed: nobody told us `nofollow` or `none`.

    A nofollow that only one of two readings addresses to us counts.
    """
    return not any(
        rule.word in ("nofollow", "none") and audience(rule, observation) is Audience.US
        for rule in read_rules(observation, frozenset())
    )


class _Word(NamedTuple):
    """A rule word before it is known who carries it."""

    word: str
    value: str = ""
    agent: str = ""
    flags: frozenset[Flag] = frozenset()
    structured: bool = False
    after_first: bool = False
    """Whether another rule stands between it and the agent's name."""


_MALFORMED: Final = frozenset({Flag.MALFORMED})
_AMBIGUOUS: Final = frozenset({Flag.AMBIGUOUS})


def _settle(
    words: Iterator[_Word], own: frozenset[str], carrier: Carrier, see: Callable[[], Evidence]
) -> Iterator[Rule]:
    """Words of a header as rules; what stands behind `otherbot: a,` is read both ways.

    Google gives `b` of `otherbot: a, b` to otherbot, other readers give it to everybody.
    """
    for one in _once(words):
        strength = Strength.LENIENT if one.flags else Strength.BINDING
        rule = Rule(
            one.word, one.value, one.agent, carrier, see, strength, one.flags, one.structured
        )
        yield rule
        if one.after_first and one.agent not in own:
            flags = one.flags | _AMBIGUOUS
            yield rule._replace(agent="", strength=Strength.LENIENT, flags=flags)


def _once(words: Iterable[_Word]) -> Iterator[_Word]:
    """Each word once, so that repeats crowd nothing out."""
    said: set[_Word] = set()
    for one in words:
        if one not in said:
            said.add(one)
            yield one


def read_legacy(value: str) -> Iterator[_Word]:
    """The words of one X-Robots-Tag line: value rules first, only then a user-agent prefix."""
    if ":" not in value and "=" not in value:
        yield from _read_plain(value)
        return
    position, agent, after_first, crowded = 0, "", False, False
    while (position := _GAP.match(value, position).end()) < len(value):  # type: ignore[union-attr]  # matches nothing too
        valued = _VALUED.match(value, position)
        if valued:
            name, words = valued[1] or valued[3], valued[2] or valued[4] or ""
            yield _Word(name.lower(), words.strip(), agent, after_first=after_first)
            position, after_first = valued.end(), bool(agent)
            crowded = _ENDS.match(value, position) is None
            continue
        prefix = _PREFIX.match(value, position)
        if prefix and prefix[1]:
            agent, position, after_first = prefix[1].lower(), prefix.end(), False
            continue
        item, behind, comma = _ITEM.match(value, position).groups()  # type: ignore[union-attr]  # as above
        position += len(item)
        # Only commas part rules (Google): what else does is legible, and malformed.
        odd = crowded or comma is None or bool(behind.strip())
        crowded = comma is None
        for word in _split(item):
            flags = _MALFORMED if odd else word.flags
            yield word._replace(agent=agent, after_first=after_first, flags=flags)
        after_first = bool(agent)


def _read_plain(value: str) -> Iterator[_Word]:
    """Words with no values and no agents among them: what nearly every line holds."""
    for item in dict.fromkeys(value.split(",")):
        yield from _split(item)


def _split(item: str) -> Iterator[_Word]:
    """The word of one item; several where commas were forgotten, or one in needless quotes."""
    bare = item.strip().lower()
    words = [word for word in _SPACED.split(bare.replace('"', " ").replace("'", " ")) if word]
    flags = frozenset() if words == [bare] else _MALFORMED
    for word in words:
        yield _Word(word, flags=flags)


def read_structured(value: str) -> Iterator[_Word]:
    """The words of one Robots-Tag line, by the 2026 draft, the 2024 draft or as best can be."""
    if _OLD_GROUP.match(value):
        yield from _read_old_groups(value)
        return
    try:
        members = http_sf.parse(value.encode("ascii", "replace"), tltype="list")
    except ValueError:
        yield from _read_loosely(value)
        return
    for item, parameters in cast("list[tuple[object, Mapping[str, object]]]", members):
        yield from _read_member(item, parameters)


def _read_member(item: object, parameters: Mapping[str, object]) -> Iterator[_Word]:
    if not parameters:  # `Robots-Tag: noai`, written as if it were X-Robots-Tag
        yield _Word(str(item).lower(), flags=_MALFORMED, structured=True)
    for word, value in parameters.items():
        if value is not False:
            shown = "" if value is True else str(value)
            yield _Word(str(word), shown, _agent(str(item)), structured=True)


def _agent(name: str) -> str:
    return "" if name.strip() == "*" else name.strip().lower()


def _read_old_groups(value: str) -> Iterator[_Word]:
    """`*=noindex, nosnippet; ExampleBot=;` (draft-illyes-repext-00)."""
    for group in value.split(";"):
        names, equals, words = group.partition("=")
        name = names.replace(",", " ").split()[-1:]
        for word in read_legacy(words) if equals and name else ():
            yield word._replace(agent=_agent(name[0]), structured=True, after_first=False)


def _read_loosely(value: str) -> Iterator[_Word]:
    """No structured field: members apart by commas, their words by semicolons."""
    for member in value.split(","):
        agent, semicolon, rest = member.partition(";")
        if not semicolon:
            agent, rest = "", member
        for item in rest.split(";"):
            name, _, words = item.partition("=")
            for word in read_legacy(f"{name}:{words}" if words else name):
                named = _agent(agent) or word.agent
                yield word._replace(agent=named, flags=_MALFORMED, structured=True)


_HEADERS: Final = {LEGACY_HEADER: read_legacy, STRUCTURED_HEADER: read_structured}


def _element_rules(
    page: Resource, tag: HeadTag, names: frozenset[str], own: frozenset[str]
) -> Iterator[Rule]:
    """The rules of one meta: by its name; by `property` or `http-equiv` they are lenient."""
    equivalent, name, other = tag.names
    read, misplaced = _HEADERS.get(equivalent), False
    if name not in names:
        name, misplaced = other, True
    if read is None and name not in names:
        return
    see = partial(html_head.evidence, page, tag)
    if name in names:
        for word in _once(read_legacy(tag.get("content")[:MAX_VALUE])):
            flags = word.flags | (_MALFORMED if misplaced else frozenset())
            yield Rule(
                word=word.word,
                value=word.value,
                agent="" if name == "robots" else name,
                carrier=Carrier.HTML,
                see=see,
                strength=Strength.LENIENT if flags else Strength.BINDING,
                flags=flags,
                grants=tag.in_head,
            )
    else:
        for rule in _settle(read(tag.get("content")[:MAX_VALUE]), own, Carrier.HTML, see):  # type: ignore[misc]
            flags = rule.flags | _MALFORMED
            yield rule._replace(strength=Strength.LENIENT, flags=flags, grants=False)
