"""The catalogue of AI product tokens: who runs what, for which purpose (agents.csv).

Facts only, each with where it was read. `since` is the date of the earliest list or announcement
seen; `spellings` are further ways in which user-agent lines name the agent.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Final

from crawler.policy.agents.listing import read_listing
from crawler.policy.model import TRAIN_USES, Use

CATALOGUE_VERSION: Final = "2026-11-22"
LISTED: Final = "ai.robots.txt"
"""The source of rows that come from that list; others are not compared with it."""


class Role(StrEnum):
    """What an agent fetches, or is a policy for."""

    TRAINING = "training"
    SEARCH = "search"
    USER_FETCH = "user-fetch"
    ARCHIVE = "archive"
    UNDOCUMENTED = "undocumented"


ROLE_USES: Final[Mapping[Role, tuple[Use, ...]]] = {
    Role.TRAINING: TRAIN_USES,
    Role.SEARCH: (Use.AI_INDEX, Use.AI_INPUT),
    Role.USER_FETCH: (Use.AI_INPUT,),
    Role.ARCHIVE: (Use.ARCHIVE,),
    # Nobody says what it does; those who refuse it took it from a list of AI crawlers.
    Role.UNDOCUMENTED: TRAIN_USES,
}
"""The uses that a site refuses by refusing an agent (decision.md, first settled question)."""


@dataclass(frozen=True, slots=True)
class Agent:
    """One product token; `policy_only` ones fetch nothing and only carry a site's wish."""

    token: str
    spellings: tuple[str, ...]
    operator: str
    roles: tuple[Role, ...]
    policy_only: bool
    since: str
    source: str

    @property
    def uses(self) -> tuple[Use, ...]:
        """What refusing this agent says no to."""
        return tuple(dict.fromkeys(use for role in self.roles for use in ROLE_USES[role]))


@dataclass(frozen=True, slots=True)
class Difference:
    """What another list has beside the catalogue, lacks, and names another operator for."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def _read() -> tuple[Agent, ...]:
    text = files(__name__).joinpath("agents.csv").read_text("utf-8")
    return tuple(
        Agent(
            token=row["token"],
            spellings=tuple(row["spellings"].split("|")) if row["spellings"] else (),
            operator=row["operator"],
            roles=tuple(Role(role) for role in row["roles"].split()),
            policy_only=row["policy_only"] == "yes",
            since=row["since"],
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )


CATALOGUE: Final = _read()
_BY_NAME: Final = {
    name.lower(): agent for agent in CATALOGUE for name in (agent.token, *agent.spellings)
}


def find_agent(token: str) -> Agent | None:
    """The agent that `token` names (any case, any known spelling), or None."""
    return _BY_NAME.get(token.strip().lower())


def compare(catalogue: Iterable[Agent], listed: Mapping[str, object]) -> Difference:
    """How a list in robots.json's shape differs: by token (any case) and by named operator."""
    known = {agent.token.lower(): agent for agent in catalogue}
    found = {token.lower(): (token, operator) for token, operator in read_listing(listed).items()}
    return Difference(
        added=tuple(token for name, (token, _) in found.items() if name not in known),
        removed=tuple(
            agent.token
            for name, agent in known.items()
            if agent.source == LISTED and name not in found
        ),
        changed=tuple(
            known[name].token
            for name, (_, operator) in found.items()
            if name in known and operator and operator != known[name].operator
        ),
    )
