"""A decision as the ledger keeps it: its wording, and where on the page the words stood.

The wording (profile, rule set, states, statements) is the same for most pages of an origin and
is kept once, by its digest. What differs though the site says the same (in which body, in which
line, at which bytes the words stand) is no part of it: these places are kept beside it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final, cast

from crawler.policy.model import (
    Carrier,
    Decision,
    Evidence,
    Flag,
    Profile,
    State,
    Statement,
    Strength,
    Use,
)

_STATEMENTS_REMEMBERED: Final = 16_384


@dataclass(frozen=True, slots=True)
class Finding:
    """What was decided, without the page it was decided about."""

    profile: Profile
    rule_set: str
    states: Mapping[Use, State]
    """Every use that is not unknown."""
    statements: tuple[Statement, ...]
    deciding: Mapping[Use, tuple[Statement, ...]]


def write_finding(decision: Decision) -> str:
    """The wording of `decision` as canonical JSON: equal wordings give equal text."""
    order = {id(statement): place for place, statement in enumerate(decision.statements)}
    head = {
        "profile": decision.profile.value,
        "rule_set": decision.rule_set,
        "states": {
            use.value: state.value
            for use, state in sorted(decision.states.items())
            if state is not State.UNKNOWN
        },
        "deciding": {
            use.value: sorted(order[id(each)] for each in statements if id(each) in order)
            for use, statements in sorted(decision.deciding.items())
            if statements
        },
    }
    worded = ",".join(
        _word(each, own=each.evidence.url == decision.url) for each in decision.statements
    )
    return f'{json.dumps(head, sort_keys=True)[:-1]}, "statements": [{worded}]}}'


def digest_of(text: str) -> str:
    """The key by which a text is known in the ledger: hexadecimal SHA-256."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=_STATEMENTS_REMEMBERED)
def _word(statement: Statement, *, own: bool) -> str:
    evidence = statement.evidence
    written: dict[str, object] = {
        "signal": statement.signal,
        "carrier": statement.carrier.value,
        "use": statement.use.value,
        "state": statement.state.value,
        "strength": statement.strength.value,
        "scope": statement.scope,
        "conditions": statement.conditions,
        "flags": sorted(flag.value for flag in statement.flags),
        "binds_from": statement.binds_from.value if statement.binds_from else None,
        "verbatim": evidence.verbatim,
        "status": evidence.status,
        "url": None if own else evidence.url,
    }
    if not evidence.sha256:
        written["where"] = evidence.where
    return json.dumps(written, sort_keys=True)


def write_places(decision: Decision) -> str:
    """Where the statements of `decision` stand in bodies, as JSON: index of statement to place."""
    placed = (
        f'"{index}": {_place(statement.evidence)}'
        for index, statement in enumerate(decision.statements)
        if statement.evidence.sha256
    )
    return f"{{{', '.join(placed)}}}"


@lru_cache(maxsize=_STATEMENTS_REMEMBERED)
def _place(evidence: Evidence) -> str:
    place = {
        "where": evidence.where,
        "sha256": evidence.sha256,
        "line": evidence.line,
        "start": evidence.start,
        "end": evidence.end,
    }
    return json.dumps(place, sort_keys=True)


def read_finding(text: str, url: str, places: str) -> Finding:
    """What `write_finding` wrote, as it was found for the page `url`.

    Times of retrieval are not kept with it: they are those of the observation whose body has the
    evidence's digest.
    """
    found = json.loads(text)
    placed = cast("Mapping[str, Mapping[str, object]]", json.loads(places))
    statements = tuple(
        _read_statement({**given, **placed.get(str(index), {})}, url)
        for index, given in enumerate(found["statements"])
    )
    return Finding(
        profile=Profile(found["profile"]),
        rule_set=found["rule_set"],
        states={Use(use): State(state) for use, state in found["states"].items()},
        statements=statements,
        deciding={
            Use(use): tuple(statements[index] for index in indices)
            for use, indices in found["deciding"].items()
        },
    )


def _read_statement(given: Mapping[str, object], page: str) -> Statement:
    url = given["url"]
    binds_from = given["binds_from"]
    return Statement(
        signal=str(given["signal"]),
        carrier=Carrier(str(given["carrier"])),
        use=Use(str(given["use"])),
        state=State(str(given["state"])),
        evidence=Evidence(
            url=page if url is None else str(url),
            where=str(given["where"]),
            verbatim=str(given["verbatim"]),
            sha256=str(given.get("sha256", "")),
            line=cast("int | None", given.get("line")),
            start=cast("int | None", given.get("start")),
            end=cast("int | None", given.get("end")),
            status=cast("int | None", given["status"]),
        ),
        strength=Strength(str(given["strength"])),
        scope=str(given["scope"]),
        conditions=str(given["conditions"]),
        flags=frozenset(Flag(flag) for flag in cast("Sequence[str]", given["flags"])),
        binds_from=None if binds_from is None else Profile(str(binds_from)),
    )
