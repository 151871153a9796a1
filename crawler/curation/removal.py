"""A row whose permission is gone: why, since when, by whose words (outputs.md, "Removals")."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from crawler.clock import iso_milliseconds
from crawler.curation.rows import Row
from crawler.curation.standing import Standing
from crawler.policy.door import describe_statement
from crawler.policy.model import Carrier, Resource, Statement
from crawler.policy.robots import read_robots

EVERYBODY: Final = "*"
ADDRESSED: Final = "addressed to "
"""How a statement's conditions name an agent that is not us."""


@dataclass(frozen=True, slots=True)
class Removal:
    """One line of a removals file; every key in every line, one type a key, no empty list."""

    id: str
    url: str
    host: str
    uses: list[str]
    """The declared uses that are refused now."""
    user_agents: list[str]
    """Whom the refusing words address; `*` is everybody."""
    reason: str
    effective_from: str
    """Since when, as far as the ledger has seen."""
    evidence: str
    """JSON text: the statements that decided."""
    rights_then: str
    rights_now: str

    def to_line(self) -> bytes:
        """The removal as one line of JSON, UTF-8, ended by LF."""
        text = json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace") + b"\n"


def removal_of(row: Row, standing: Standing, since: datetime) -> Removal:
    """The removal of `row`, which is refused."""
    return Removal(
        id=row.id,
        url=row.url,
        host=row.host,
        uses=[use.value for use in standing.uses],
        user_agents=list(dict.fromkeys(_agents(standing))),
        reason=reason_of(standing),
        effective_from=iso_milliseconds(since),
        evidence=json.dumps([_tell(one) for one in standing.deciding], ensure_ascii=False),
        rights_then=row.then,
        rights_now=standing.state.value,
    )


def _tell(statement: Statement) -> dict[str, object]:
    read_at = statement.evidence.retrieved_at
    return {
        **describe_statement(statement),
        "retrieved_at": iso_milliseconds(read_at) if read_at else "",
    }


def reason_of(standing: Standing) -> str:
    """State, uses, words, place and signal, as one line."""
    first = standing.deciding[0]
    words = " ".join(first.evidence.verbatim.split())
    uses = ", ".join(use.value for use in standing.uses)
    return (
        f'{standing.state.value} for {uses}, because "{words}" '
        f"({first.evidence.where}; {first.signal})"
    )


def _agents(standing: Standing) -> Iterator[str]:
    for statement in standing.deciding:
        if statement.conditions.startswith(ADDRESSED):
            yield statement.conditions.removeprefix(ADDRESSED)
        else:
            yield from _group_of(statement, standing.seen.robots) or (EVERYBODY,)


def _group_of(statement: Statement, robots: Resource | None) -> tuple[str, ...]:
    """The User-agent lines above a rule of robots.txt."""
    line = statement.evidence.line
    if statement.carrier is not Carrier.ROBOTS_TXT or robots is None or line is None:
        return ()
    for group in robots.read_as(read_robots).directives.groups:
        if any(one.number == line for one in group.lines):
            return tuple(agent.value for agent in group.agents)
    return ()
