"""Lines of a robots.txt that state uses, and how far each is addressed to us.

Usage preferences follow the choice of groups of RFC 9309; the rulings for a silent group of our
own, for aliases, for ambiguous groups and for lines before any group are decision.md's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crawler.policy.agents import CATALOGUE
from crawler.policy.availability import AVAILABILITY, Rules
from crawler.policy.directives import Line
from crawler.policy.model import (
    TRAIN_USES,
    Evidence,
    Flag,
    Observation,
    Resource,
    Strength,
    Use,
)
from crawler.policy.naming import WILDCARD
from crawler.policy.robots import Basis, Robots, read_robots


class Audience(StrEnum):
    """Whom a line speaks to, from the surest to the least sure."""

    OURS = "ours"
    ALIAS = "alias"
    AMBIGUOUS = "ambiguous"
    EVERYBODY = "everybody"
    ORPHAN = "orphan"
    PEER = "peer"


STRENGTHS: Final = {
    Audience.OURS: Strength.BINDING,
    Audience.ALIAS: Strength.BINDING,
    Audience.AMBIGUOUS: Strength.LENIENT,
    Audience.EVERYBODY: Strength.LENIENT,
    Audience.ORPHAN: Strength.LENIENT,
    Audience.PEER: Strength.PEER,
}
_FIRMNESS: Final = tuple(Strength)
_OF_AI: Final = frozenset({Use.TDM, *TRAIN_USES, Use.AI_INPUT, Use.AI_INDEX})
"""What a site may mean for every AI agent when it says so to one; that it lets one be found by
search, or not, is between the two."""
_PEERS: Final = frozenset(
    name.lower()
    for agent in CATALOGUE
    if not _OF_AI.isdisjoint(agent.uses)
    for name in (agent.token, *agent.spellings)
)
FLAGS: Final[dict[Audience, frozenset[Flag]]] = {
    Audience.AMBIGUOUS: frozenset({Flag.AMBIGUOUS}),
    Audience.ORPHAN: frozenset({Flag.ORPHAN}),
}


@dataclass(frozen=True, slots=True)
class Addressed:
    """One line and whom it speaks to."""

    line: Line
    audience: Audience
    peer: int = 0
    """Which of the peers that are told different things; 0 for any other audience."""

    @property
    def strength(self) -> Strength:
        """How firmly it speaks to us when it refuses."""
        strength = STRENGTHS[self.audience]
        return weakest(strength, Strength.LENIENT) if self.line.odd else strength

    @property
    def flags(self) -> frozenset[Flag]:
        """What is odd about where it stands."""
        return FLAGS.get(self.audience, frozenset())

    @property
    def grants(self) -> bool:
        """Whether a permission in it counts: only one that is given to us by name or to all."""
        return self.audience is Audience.OURS and not self.line.odd


def robots_of(observation: Observation) -> Robots | None:
    """The rules that hold, where a robots.txt could be read at all."""
    resource = observation.robots
    if resource is None or AVAILABILITY[resource.outcome].rules is not Rules.READ:
        return None
    return resource.read_as(read_robots)


def addressed_lines(observation: Observation, names: frozenset[str]) -> tuple[Addressed, ...]:
    """Lines with a field name in `names`; what is said twice, once, under its surest audience."""
    robots = robots_of(observation)
    if robots is None or names.isdisjoint(robots.directives.names):
        return ()
    found: dict[tuple[str, bytes], Addressed] = {}
    for audience, lines in _audiences(robots, observation, names):
        for line in lines:
            found.setdefault((line.name, line.octets), Addressed(line, audience))
    return (
        *sorted(found.values(), key=lambda one: one.line.number),
        *_peer_lines(robots, observation, names),
    )


def by_hearer(lines: Iterable[Addressed]) -> Iterator[tuple[Audience, tuple[Addressed, ...]]]:
    """`lines` as they are heard together, by the surest audience first and by each peer alone."""
    heard: dict[tuple[Audience, int], list[Addressed]] = {}
    for one in lines:
        heard.setdefault((one.audience, one.peer), []).append(one)
    for audience in Audience:
        yield from ((one[0], tuple(held)) for one, held in heard.items() if one[0] is audience)


def concerns_us(audience: Audience, use: Use) -> bool:
    """Whether a refusal of `use` that `audience` is told may be meant for us."""
    return audience is not Audience.PEER or use in _OF_AI


def weakest(*strengths: Strength) -> Strength:
    """The least firm of `strengths`."""
    return max(strengths, key=_FIRMNESS.index)


def _peer_lines(
    robots: Robots, observation: Observation, names: frozenset[str]
) -> Iterator[Addressed]:
    """What other AI agents are told, each wording once, however many of them are told it."""
    ours = {name.lower() for name in (observation.product_token, *observation.alias_tokens)}
    told: dict[tuple[tuple[str, bytes], ...], tuple[Line, ...]] = {}
    for name in sorted((robots.tokens & _PEERS) - ours, key=robots.place):
        for choice in robots.choices(name):
            if choice.basis is Basis.NAMED:
                lines = tuple(choice.named(names))
                told.setdefault(tuple((one.name, one.octets) for one in lines), lines)
    for number, lines in enumerate(told.values(), 1):
        yield from (Addressed(line, Audience.PEER, number) for line in lines)


def _audiences(
    robots: Robots, observation: Observation, names: frozenset[str]
) -> Iterator[tuple[Audience, Iterable[Line]]]:
    token = observation.product_token
    literal, *others = robots.choices(token)
    yield Audience.OURS, literal.named(names)
    for alias in observation.alias_tokens:
        if robots.names(alias):
            # Our own name, where it is used, says more surely what is meant for us.
            audience = Audience.AMBIGUOUS if robots.names(token) else Audience.ALIAS
            yield audience, robots.choices(alias)[0].named(names)
    for choice in others:
        yield Audience.AMBIGUOUS, choice.named(names)
    yield Audience.EVERYBODY, robots.choices(WILDCARD)[0].named(names)
    yield Audience.ORPHAN, (one for one in robots.directives.orphans if one.name in names)


def evidence_of(resource: Resource, line: Line) -> Evidence:
    """Where `line` stands in the robots.txt that was fetched."""
    return Evidence(
        url=resource.url,
        where=f"robots.txt line {line.number}",
        verbatim=line.verbatim,
        sha256=resource.sha256,
        line=line.number,
        start=line.start,
        end=line.end,
        retrieved_at=resource.retrieved_at,
        status=resource.status,
    )


def header_evidence(resource: Resource, name: str, value: str) -> Evidence:
    """A header field of the response, as it was received."""
    return Evidence(
        url=resource.url,
        where=f"header {name}",
        verbatim=f"{name}: {value}",
        retrieved_at=resource.retrieved_at,
        status=resource.status,
    )


def is_of_page(observation: Observation) -> bool:
    """Whether the response seen is that of the URL asked about, and not of a page that links it."""
    return observation.page is not None and observation.page.url == observation.url


def is_crawlable(observation: Observation) -> bool:
    """Whether the letter of robots.txt lets us fetch the URL; where none was read, nothing bars."""
    robots = robots_of(observation)
    if robots is None:
        return True
    return robots.check(observation.product_token, observation.url).literal.allowed
