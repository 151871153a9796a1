"""The observation door (decision.md): one JSON object in, one out; `heed explain -` is its mouth.

A table says where each key of an input goes; keys that no table row names are an error for that
line, so that a misspelt refusal is never read as silence.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Final, TypeVar, cast
from urllib.parse import urlsplit

from crawler.policy.availability import outcome_of_status
from crawler.policy.decide import decide
from crawler.policy.model import (
    Carrier,
    Decision,
    Evidence,
    Flag,
    Observation,
    Outcome,
    Profile,
    Resource,
    State,
    Statement,
    Strength,
    Use,
)
from crawler.policy.reading import read_statements
from crawler.policy.resolution import given_notes
from crawler.policy.signals import catalogue

Json = Mapping[str, object]
Kind = TypeVar("Kind", State, Strength, Flag)

DEFAULT_URL: Final = "https://site.example/"

FILE_KEYS: Final = {"tdmrep_json": "/.well-known/tdmrep.json", "ai_txt": "/ai.txt"}
"""Inputs that are a site file under a name of their own."""

PAIR: Final = 2
SHORT_NAMES: Final = {"licence": "licence_evidence", "payment": "payment_402"}
"""Notes that also stand under a name for people."""

GIVEN_KEYS: Final = frozenset(
    {
        "text", "lang", "page_kind", "xmp", "c2pa_assertion", "jsonld", "newsml", "opf", "feed",
        "policy_document", "subresource", "declaration", "iscc", "request_headers", "response",
        "discovered_via", "body", "rsl_document", "rsl_document_url",
    }
)  # fmt: skip
OTHER_KEYS: Final = frozenset(
    {
        "id", "url", "product_token", "alias_tokens", "profile", "robots_txt", "robots_status",
        "robots_url", "headers", "status", "content_type", "html", "files", "file", "statements",
    }
)  # fmt: skip


class DoorError(ValueError):
    """One line of input cannot be read; the text says which key and what it should be."""


def explain(observation: Json) -> dict[str, object]:
    """Answer one observation (decoded JSON) with its decision, reasons, prefs and evidence.

    Raises `DoorError` with one sentence for a key that is unknown or of the wrong kind.
    """
    unknown = sorted(set(observation) - GIVEN_KEYS - OTHER_KEYS - set(FILE_KEYS))
    if unknown:
        raise DoorError(f"unknown key {unknown[0]!r}: see `heed explain --help` for those it takes")
    profile = _profile(observation.get("profile", Profile.STRICT))
    given = _given_statements(observation.get("statements"))
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


def observe(observation: Json) -> Observation:
    """The `Observation` that one input object stands for."""
    url = _text(observation, "url") or DEFAULT_URL
    return Observation(
        url=url,
        product_token=_text(observation, "product_token") or "Heedbot",
        alias_tokens=_tokens(observation),
        robots=_robots(observation, url),
        files=_files(observation, url),
        page=_page(observation, url),
        content_type=_text(observation, "content_type"),
        given={key: value for key, value in observation.items() if key in GIVEN_KEYS},
    )


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


def _profile(value: object) -> Profile:
    try:
        return Profile(str(value))
    except ValueError:
        names = ", ".join(Profile)
        raise DoorError(f"profile {value!r} is not one of {names}") from None


def _text(observation: Json, key: str) -> str:
    value = observation.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DoorError(f"{key} must be text, not {type(value).__name__}")
    return value


def _tokens(observation: Json) -> tuple[str, ...]:
    value = observation.get("alias_tokens", ["Scrapy"])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise DoorError("alias_tokens must be a list of texts")
    return tuple(value)


def _bytes(value: object, key: str) -> bytes:
    """Text as UTF-8, or the bytes of `{"base64": "…"}`."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, Mapping) and isinstance(value.get("base64"), str):
        try:
            return base64.b64decode(cast("str", value["base64"]), validate=True)
        except (ValueError, binascii.Error):
            raise DoorError(f"{key} holds base64 that cannot be decoded") from None
    raise DoorError(f'{key} must be text or {{"base64": "…"}}')


def _status(observation: Json, key: str, default: int) -> int:
    value = observation.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise DoorError(f"{key} must be a whole number, not {value!r}")
    return value


def _headers(observation: Json) -> tuple[tuple[str, str], ...]:
    value = observation.get("headers", [])
    pairs: list[tuple[str, str]] = []
    if not isinstance(value, list):
        raise DoorError('headers must be a list of ["Name", "value"] pairs')
    for pair in value:
        if (
            not isinstance(pair, list)
            or len(pair) != PAIR
            or not all(isinstance(x, str) for x in pair)
        ):
            raise DoorError('headers must be a list of ["Name", "value"] pairs')
        pairs.append((pair[0], pair[1]))
    return tuple(pairs)


def _robots(observation: Json, url: str) -> Resource | None:
    if "robots_txt" not in observation and "robots_status" not in observation:
        return None
    status = _status(observation, "robots_status", 200)
    parts = urlsplit(url)
    return Resource(
        url=_text(observation, "robots_url") or f"{parts.scheme}://{parts.netloc}/robots.txt",
        body=_bytes(observation.get("robots_txt") or "", "robots_txt"),
        status=status,
        outcome=outcome_of_status(status),
    )


def _files(observation: Json, url: str) -> dict[str, Resource]:
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    listed = observation.get("files", {})
    if not isinstance(listed, Mapping):
        raise DoorError("files must be an object of path to text")
    bodies = {str(path): _bytes(body, f"files[{path!r}]") for path, body in listed.items()}
    for key, path in FILE_KEYS.items():
        if key in observation:
            bodies[path] = _bytes(observation[key], key)
    if "file" in observation:
        bodies[parts.path or "/"] = _bytes(observation["file"], "file")
    if "rsl_document" in observation:
        where = _text(observation, "rsl_document_url") or f"{origin}/license.xml"
        bodies[where] = _bytes(observation["rsl_document"], "rsl_document")
    return {
        path: Resource(url=path if "://" in path else origin + path, body=body, outcome=_ok(body))
        for path, body in bodies.items()
    }


def _ok(body: bytes) -> Outcome:
    return Outcome.OK if body else Outcome.EMPTY


def _page(observation: Json, url: str) -> Resource | None:
    if not {"html", "headers", "status", "content_type", "body"} & set(observation):
        return None
    status = _status(observation, "status", 200)
    key = "html" if "html" in observation else "body"
    return Resource(
        url=url,
        body=_bytes(observation.get(key) or "", key),
        status=status,
        headers=_headers(observation),
        outcome=outcome_of_status(status),
    )


def _given_statements(value: object) -> tuple[Statement, ...]:
    """Statements that the input states itself, combined as they are (one object, many uses)."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise DoorError("statements must be a list of objects")
    return tuple(found for one in value for found in _given_statement(one))


def _given_statement(one: Json) -> tuple[Statement, ...]:
    strength = Strength.PEER if one.get("peer") else Strength.BINDING
    strength = _member(Strength, one.get("strength", strength), "strength")
    flags = one.get("flags", [])
    if not isinstance(flags, list):
        raise DoorError("flags must be a list")
    return tuple(
        Statement(
            signal=str(one.get("signal", "given")),
            carrier=Carrier.GIVEN,
            use=use,
            state=_member(State, one[use.value], use.value),
            strength=strength,
            scope=str(one.get("scope", "response")),
            flags=frozenset(_member(Flag, flag, "flag") for flag in flags),
            evidence=Evidence(
                url=str(one.get("url", "")),
                where=str(one.get("where", "given")),
                verbatim=str(one.get("verbatim", "")),
            ),
        )
        for use in Use
        if use.value in one
    )


def _member(kind: Callable[[str], Kind], value: object, key: str) -> Kind:
    try:
        return kind(str(value))
    except ValueError:
        raise DoorError(f"{key} has the unknown value {value!r}") from None
