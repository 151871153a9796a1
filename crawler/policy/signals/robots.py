"""robots.txt: may we fetch this URL (RFC 9309, https://www.rfc-editor.org/rfc/rfc9309).

States `crawl` only. Our own product token decides by the letter; a group for an alias of ours,
and any other reading of the file that refuses, refuse as well (decision.md, settled questions).
"""

from collections.abc import Iterator
from typing import Final

from crawler.policy.addressed import evidence_of, robots_of
from crawler.policy.availability import AVAILABILITY, Retry, Rules
from crawler.policy.directives import Line
from crawler.policy.model import (
    Carrier,
    Evidence,
    Flag,
    Notes,
    Observation,
    Resource,
    Signal,
    State,
    Statement,
    Strength,
    Use,
)
from crawler.policy.robots import Basis, Robots, Verdict

NAME: Final = "robots"

OUTCOME_STATEMENTS: Final[dict[Rules, tuple[tuple[State, Strength], ...]]] = {
    Rules.NONE: ((State.ALLOW, Strength.BINDING),),
    Rules.DISALLOW_ALL: ((State.DISALLOW, Strength.BINDING),),
    Rules.BY_PROFILE: ((State.ALLOW, Strength.BINDING), (State.DISALLOW, Strength.LENIENT)),
}
"""What the bare outcome of the fetch states about `crawl` (RFC 9309 2.3.1.3, 2.3.1.4)."""


def read(observation: Observation) -> tuple[Statement, ...]:
    """State `crawl` for the URL: from the rules that were read, else from the fetch's outcome."""
    resource = observation.robots
    if resource is None:
        return ()
    robots = robots_of(observation)
    if robots is None:
        return tuple(_from_outcome(resource))
    return tuple(_from_rules(robots, resource, observation))


def _from_outcome(resource: Resource) -> Iterator[Statement]:
    row = AVAILABILITY[resource.outcome]
    answered = resource.status is not None
    evidence = Evidence(
        url=resource.url,
        where="robots.txt status",
        verbatim=f"HTTP {resource.status}" if answered else resource.outcome.value,
        retrieved_at=resource.retrieved_at,
        status=resource.status,
    )
    # What is no answer passes with time, a 429 as well as silence.
    unanswered = row.retry is not Retry.ON_EXPIRY
    flags = frozenset({Flag.UNREACHABLE}) if unanswered else frozenset()
    for state, strength in OUTCOME_STATEMENTS[row.rules]:
        yield Statement(
            NAME, Carrier.STATUS, Use.CRAWL, state, evidence, strength, "site", flags=flags
        )


def _from_rules(
    robots: Robots, resource: Resource, observation: Observation
) -> Iterator[Statement]:
    own = robots.check(observation.product_token, observation.url)
    refusals = [*_refusals(own, Strength.BINDING), *_alias_refusals(robots, observation)]
    if all(strength is not Strength.BINDING for _, strength in refusals):
        yield _statement(State.ALLOW, _ground(resource, own), Strength.BINDING)
    for line, strength in refusals:
        yield _statement(State.DISALLOW, evidence_of(resource, line), strength)


def _statement(state: State, evidence: Evidence, strength: Strength) -> Statement:
    flags = frozenset({Flag.AMBIGUOUS}) if strength is Strength.LENIENT else frozenset()
    return Statement(
        NAME, Carrier.ROBOTS_TXT, Use.CRAWL, state, evidence, strength, "path", flags=flags
    )


def _refusals(verdict: Verdict, literal: Strength) -> Iterator[tuple[Line, Strength]]:
    if verdict.literal.line is not None and not verdict.literal.allowed:
        yield verdict.literal.line, literal
    if verdict.refusal is not None:
        yield verdict.refusal, Strength.LENIENT


def _alias_refusals(robots: Robots, observation: Observation) -> Iterator[tuple[Line, Strength]]:
    """Refusals of groups that name an alias; where we are named ourselves, only lenient ones."""
    named = robots.names(observation.product_token)
    for alias in observation.alias_tokens:
        if any(choice.basis is Basis.NAMED for choice in robots.choices(alias)):
            verdict = robots.check(alias, observation.url)
            yield from _refusals(verdict, Strength.LENIENT if named else Strength.BINDING)


def _ground(resource: Resource, verdict: Verdict) -> Evidence:
    """The rule that allows, else the group that holds no rule for the URL, else the whole file."""
    agents = [line for group in verdict.choice.groups for line in group.agents]
    line = verdict.literal.line or next(iter(agents), None)
    if line is not None:
        return evidence_of(resource, line)
    return Evidence(
        url=resource.url,
        where="robots.txt",
        verbatim="",
        sha256=resource.sha256,
        retrieved_at=resource.retrieved_at,
        status=resource.status,
    )


def note(observation: Observation) -> Notes:
    """Which group was ours, its Crawl-delay in seconds, and whether the file is malformed."""
    robots = robots_of(observation)
    if robots is None:
        return {}
    token = observation.product_token
    found: dict[str, object] = {"group": robots.choices(token)[0].basis.value}
    delay = robots.crawl_delay(token)
    if delay is not None:
        found["crawl_delay"] = delay
    if robots.directives.malformed:
        found["malformed"] = True
    return found


SIGNAL: Final = Signal(
    name=NAME,
    title="robots.txt",
    carriers=(Carrier.ROBOTS_TXT, Carrier.STATUS),
    scope="path",
    uses=(Use.CRAWL,),
    spec="https://www.rfc-editor.org/rfc/rfc9309",
    since="1994",
    read=read,
    note=note,
)
