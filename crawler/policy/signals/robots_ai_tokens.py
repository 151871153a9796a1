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
    Signal,
    State,
    Statement,
    Strength,
    Use,
)
from crawler.policy.robots import Basis, Robots
from crawler.policy.spelling import Spellings, spell

NAME: Final = "robots_ai_tokens"


class Refused(NamedTuple):
    """An agent that may not fetch the URL, which of its names the file uses, and the rule."""

    agent: Agent
    spelt: str
    line: Line


def read(observation: Observation) -> tuple[Statement, ...]:
    """State what is refused by refusing AI agents the URL."""
    resource = observation.robots
    if resource is None:
        return ()
    return tuple(
        Statement(
            NAME,
            Carrier.ROBOTS_TXT,
            use,
            State.DISALLOW,
            evidence_of(resource, refused.line),
            Strength.PEER,
            "path",
            f"addressed to {refused.spelt}",
        )
        for refused in _refused(observation)
        for use in refused.agent.uses
    )


def _refused(observation: Observation) -> tuple[Refused, ...]:
    """Agents other than ourselves that are named and refused, in the order of the file."""
    robots = robots_of(observation)
    if robots is None:
        return ()
    ours = {name.lower() for name in (observation.product_token, *observation.alias_tokens)}
    peers = (agent for agent in CATALOGUE if agent.token.lower() not in ours)
    spelt = spell(observation.url)
    found = [one for agent in peers for one in _refusals(robots, agent, spelt)]
    return tuple(one for _, one in sorted(found, key=lambda placed: placed[0]))


def _refusals(robots: Robots, agent: Agent, url: Spellings) -> Iterator[tuple[int, Refused]]:
    for name in (agent.token, *agent.spellings):
        named = [one for one in robots.choices(name) if one.basis is Basis.NAMED]
        if not named:
            continue
        verdict = robots.check(name, url)
        line = verdict.refusal if verdict.literal.allowed else verdict.literal.line
        if line is not None:
            spelt = [one for one in robots.agents() if one.value.lower().startswith(name.lower())]
            place = spelt[0].number if spelt else line.number
            yield place, Refused(agent, name, line)
            return


def note(observation: Observation) -> Notes:
    """The refused agents, by those of their names that the file uses, in whatever case."""
    refused = _refused(observation)
    return {"peer_tokens": [one.spelt for one in refused]} if refused else {}


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
