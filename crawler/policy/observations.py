"""Observations as JSON values: which key of an input goes where (decision.md, the door).

A table says where each key belongs; one that no row names is an error for that line, so that a
misspelt refusal is never read as silence.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Final, TypeVar, cast
from urllib.parse import urlsplit

from crawler.policy.availability import outcome_of_status
from crawler.policy.link_header import absolute
from crawler.policy.model import (
    Carrier,
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
from crawler.policy.spelling import plain_origin

Json = Mapping[str, object]
Kind = TypeVar("Kind", State, Strength, Flag)

DEFAULT_URL: Final = "https://site.example/"

FILE_KEYS: Final = {"tdmrep_json": "/.well-known/tdmrep.json", "ai_txt": "/ai.txt"}
"""Inputs that are a site file under a name of their own."""

PAIR: Final = 2
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


def check_keys(observation: Json) -> None:
    """Raise `DoorError` for a key that no table names."""
    unknown = sorted(set(observation) - GIVEN_KEYS - OTHER_KEYS - set(FILE_KEYS))
    if unknown:
        raise DoorError(f"unknown key {unknown[0]!r}: see `heed explain --help` for those it takes")


def observe(observation: Json) -> Observation:
    """The `Observation` that one input object stands for."""
    url = _address(observation, "url") or DEFAULT_URL
    return Observation(
        url=_subject(observation, url),
        product_token=_text(observation, "product_token") or "Heedbot",
        alias_tokens=_tokens(observation),
        robots=_robots(observation, url),
        files=_files(observation, url),
        page=_page(observation, url),
        content_type=_text(observation, "content_type"),
        given={key: value for key, value in observation.items() if key in GIVEN_KEYS},
    )


def read_profile(observation: Json) -> Profile:
    """The profile asked for; strict where none is. Raises `DoorError` for one that is none."""
    value = observation.get("profile", Profile.STRICT)
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


def _address(observation: Json, key: str) -> str:
    value = _text(observation, key)
    try:
        urlsplit(value)
    except ValueError:
        raise DoorError(f"{key} is no address: {value!r}") from None
    return value


def _subject(observation: Json, url: str) -> str:
    """The URL asked about: the page, or the file that it links and `subresource` names."""
    linked = observation.get("subresource")
    return absolute(url, linked) if isinstance(linked, str) else url


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
    where = _address(observation, "robots_url") or _of_origin(url, "/robots.txt")
    if plain_origin(where) != plain_origin(url):
        return None  # its rules hold for its own scheme, host and port (RFC 9309 2.3)
    return Resource(
        url=where,
        body=_bytes(observation.get("robots_txt") or "", "robots_txt"),
        status=status,
        outcome=outcome_of_status(status),
    )


def _files(observation: Json, url: str) -> dict[str, Resource]:
    listed = observation.get("files", {})
    if not isinstance(listed, Mapping):
        raise DoorError("files must be an object of path to text")
    bodies = {str(path): _bytes(body, f"files[{path!r}]") for path, body in listed.items()}
    for key, path in FILE_KEYS.items():
        if key in observation:
            bodies[path] = _bytes(observation[key], key)
    if "file" in observation:
        bodies[urlsplit(url).path or "/"] = _bytes(observation["file"], "file")
    if "rsl_document" in observation:
        where = _text(observation, "rsl_document_url") or _of_origin(url, "/license.xml")
        bodies[where] = _bytes(observation["rsl_document"], "rsl_document")
    return {
        path: Resource(
            url=path if "://" in path else _of_origin(url, path), body=body, outcome=_ok(body)
        )
        for path, body in bodies.items()
    }


def _of_origin(url: str, path: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{path}"


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


def given_statements(observation: Json) -> tuple[Statement, ...]:
    """Statements that the input states itself, combined as they are (one object, many uses)."""
    value = observation.get("statements")
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
