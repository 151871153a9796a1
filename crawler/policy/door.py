"""The observation door (decision.md): one JSON object in, one out; what `heed explain -` runs."""

from typing import Final

from crawler.policy.decide import decide
from crawler.policy.model import Decision, Observation, Profile, State, Statement, Use
from crawler.policy.observations import (
    DoorError,
    Json,
    check_keys,
    given_statements,
    observe,
    read_profile,
)
from crawler.policy.reading import read_statements
from crawler.policy.resolution import given_notes
from crawler.policy.signals import catalogue

__all__ = ("DoorError", "describe", "describe_statement", "explain", "notes", "observe")

SHORT_NAMES: Final = {"licence": "licence_evidence", "payment": "payment_402"}
"""Notes that also stand under a name for people."""


def explain(observation: Json) -> dict[str, object]:
    """Answer one observation (decoded JSON) with its decision, reasons, prefs and evidence.

    Raises `DoorError` with one sentence for a key that is unknown or of the wrong kind.
    """
    check_keys(observation)
    profile = read_profile(observation)
    given = given_statements(observation)
    seen = observe(observation)
    statements = (*given, *read_statements(seen))
    decision = decide(seen.url, statements, profile)
    literal = decide(seen.url, statements, Profile.LITERAL)
    return {
        "id": observation.get("id"),
        **describe(decision),
        "prefs": _prefs(literal),
        "evidence": {**notes(seen), **given_notes(decision, observation.get("statements"))},
    }


def describe(decision: Decision) -> dict[str, object]:
    """A decision as the door prints it: states, reasons and every statement, as JSON values."""
    return {
        "url": decision.url,
        "profile": decision.profile.value,
        "decision": {use.value: state.value for use, state in decision.states.items()},
        "reasons": {
            use.value: [_reason(statement) for statement in statements]
            for use, statements in decision.deciding.items()
            if statements
        },
        "statements": [describe_statement(one) for one in decision.statements],
        "rule_set": decision.rule_set,
    }


def describe_statement(statement: Statement) -> dict[str, object]:
    """One statement as JSON values, evidence included."""
    evidence = statement.evidence
    return {
        **_reason(statement),
        "carrier": statement.carrier.value,
        "scope": statement.scope,
        "use": statement.use.value,
        "state": statement.state.value,
        "conditions": statement.conditions,
        "url": evidence.url,
        "sha256": evidence.sha256,
        "start": evidence.start,
        "end": evidence.end,
        "status": evidence.status,
    }


def _reason(statement: Statement) -> dict[str, object]:
    return {
        "signal": statement.signal,
        "strength": statement.strength.value,
        "verbatim": statement.evidence.verbatim,
        "where": statement.evidence.where,
        "flags": sorted(flag.value for flag in statement.flags),
    }


def notes(observation: Observation) -> dict[str, object]:
    """What signals have to tell beside statements, by signal; silent ones are left out."""
    found: dict[str, object] = {}
    for signal in catalogue():
        note = signal.note(observation) if signal.note is not None else {}
        if note:
            found[signal.name] = dict(note)
    for short, name in SHORT_NAMES.items():
        if name in found:
            found[short] = found[name]
    return found


def _prefs(literal: Decision) -> dict[str, str]:
    """Every use that is not unknown; what a refused crawl implies need not be listed."""
    return {
        use.value: state.value
        for use, state in literal.states.items()
        if state is not State.UNKNOWN
        and (use is Use.CRAWL or any(one.use is not Use.CRAWL for one in literal.deciding[use]))
    }
