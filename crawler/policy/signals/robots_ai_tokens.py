"""Refusals in robots.txt that are addressed to AI agents other than us (decision.md).

Read from the groups that name an agent of the catalogue, path by path as RFC 9309 has it
(https://www.rfc-editor.org/rfc/rfc9309); what the agent is for tells which uses are meant. A
group for `*` is addressed to nobody in particular and says nothing here.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from crawler.policy.addressed import evidence_of, robots_of
from crawler.policy.agents import CATALOGUE, Agent
from crawler.policy.directives import Line
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
from crawler.policy.robots import Choice, Robots
from crawler.policy.spelling import spell

NAME: Final = "robots_ai_tokens"


MAX_KEPT: Final = 64
"""Combinations of refusing lines of one file whose statements are kept."""
_NAMES: Final = {
    name.lower(): (name, agent) for agent in CATALOGUE for name in (agent.token, *agent.spellings)
}


class Peer(NamedTuple):
    """An agent that a file names, and which of its names the file uses."""

    agent: Agent
    spelt: str
    place: int


Lines = tuple[Line | None, ...]


class Peers:
    """The agents that one robots.txt names, by what applies to them, for our own names left out.

    `said` keeps the statements made of the same refusing lines: most URLs of a site meet them.
    """

    def __init__(self, robots: Robots, ours: frozenset[str]) -> None:
        self.groups: dict[tuple[Choice, ...], list[Peer]] = {}
        self.said: dict[tuple[int, ...], tuple[Statement, ...]] = {}
        self._robots = robots
        for name, (written, agent) in _NAMES.items():
            if name in robots.tokens and agent.token.lower() not in ours:
                peer = Peer(agent, written, robots.place(name))
                self.groups.setdefault(robots.choices(name), []).append(peer)

    def lines(self, url: str) -> Lines:
        """For each group the rule that refuses it `url`, or None."""
        spelt = spell(url)
        return tuple(
            self._robots.check(group[0].spelt, spelt).line for group in self.groups.values()
        )

    def refused(self, lines: Lines) -> list[tuple[Peer, Line]]:
        """The agents that `lines` refuse, each once, in the order of the file."""
        found: dict[str, tuple[Peer, Line]] = {}
        pairs = zip(lines, self.groups.values(), strict=True)
        for line, peer in ((line, peer) for line, group in pairs if line for peer in group):
            found.setdefault(peer.agent.token, (peer, line))
        return sorted(found.values(), key=lambda one: (one[0].place, one[0].spelt))


def read(observation: Observation) -> tuple[Statement, ...]:
    """State what is refused by refusing AI agents the URL."""
    resource, peers = observation.robots, _peers(observation)
    if resource is None or peers is None:
        return ()
    lines = peers.lines(observation.url)
    numbers = tuple(line.number if line else 0 for line in lines)
    if numbers not in peers.said:
        if len(peers.said) >= MAX_KEPT:
            peers.said.clear()
        peers.said[numbers] = tuple(_statements(resource, peers.refused(lines)))
    return peers.said[numbers]


def _peers(observation: Observation) -> Peers | None:
    """The agents named beside us, worked out once for each file."""
    robots, resource = robots_of(observation), observation.robots
    if robots is None or resource is None or robots.tokens.isdisjoint(_NAMES):
        return None
    known = resource.read_as(_know_nothing_yet)
    ours = frozenset(
        name.lower() for name in (observation.product_token, *observation.alias_tokens)
    )
    if ours not in known:
        known[ours] = Peers(robots, ours)
    return known[ours]


def _know_nothing_yet(_body: bytes) -> dict[frozenset[str], Peers]:
    return {}


def _statements(resource: Resource, refused: list[tuple[Peer, Line]]) -> Iterator[Statement]:
    for peer, line in refused:
        evidence = evidence_of(resource, line)
        for use in peer.agent.uses:
            yield Statement(
                NAME,
                Carrier.ROBOTS_TXT,
                use,
                State.DISALLOW,
                evidence,
                Strength.PEER,
                "path",
                f"addressed to {peer.spelt}",
            )


def note(observation: Observation) -> Notes:
    """The refused agents, by those of their names that the file uses, in whatever case."""
    peers = _peers(observation)
    refused = peers.refused(peers.lines(observation.url)) if peers else []
    return {"peer_tokens": [peer.spelt for peer, _ in refused]} if refused else {}


SIGNAL: Final = Signal(
    name=NAME,
    title="robots.txt: AI agents refused",
    carriers=(Carrier.ROBOTS_TXT,),
    scope="path",
    uses=(Use.TRAIN_GENAI, Use.TRAIN_OTHER, Use.AI_INPUT, Use.AI_INDEX, Use.ARCHIVE),
    spec="https://www.rfc-editor.org/rfc/rfc9309",
    since="2023",
    read=read,
    note=note,
)
