"""Web Bot Auth: whether a signed request, or a key directory, is well formed.

https://datatracker.ietf.org/doc/draft-ietf-webbotauth-httpsig-protocol/ (-01, 2026-10-29): this is
about a crawler's own identity and says nothing about any use; it is noted and never a statement.
"""

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

import http_sf

from crawler.policy.model import Carrier, Notes, Observation, Signal, Statement

WELL_KNOWN: Final = "/.well-known/http-message-signatures-directory"
MEDIA_TYPE: Final = "application/http-message-signatures-directory+json"
TAG: Final = "web-bot-auth"
DIRECTORY: Final = "directory"
KEY_TYPES: Final = (DIRECTORY, "jwks_uri", "cimd")
MAX_LIFETIME: Final = 24 * 60 * 60
"""Seconds between created and expires that section 4.2 recommends at most."""
_MAX_FIELD: Final = 16 * 1024

Parameters = Mapping[str, object]
Members = Mapping[str, tuple[object, Parameters]]


def read(_observation: Observation) -> tuple[Statement, ...]:
    """Nothing: who asks is no statement about a use."""
    return ()


def note(observation: Observation) -> Notes:
    """`well_formed` of the request headers or the directory response given, and `problems`.

    Beside it the `directory` a signer points at and `legacy` for the bare string of old drafts.
    Headers that are absent are not missed: `signed` tells whether all three are there.
    """
    response = observation.given.get("response")
    if isinstance(response, Mapping):
        problems = list(_response_problems(response))
        return {"well_formed": not problems, **({"problems": problems} if problems else {})}
    fields = _fields(observation.given.get("request_headers"))
    return _request_note(fields) if fields else {}


def _fields(headers: object) -> dict[str, str]:
    """The three fields by lower-case name, repeated lines joined (RFC 9110 5.3)."""
    wanted = ("signature-agent", "signature-input", "signature")
    found: dict[str, list[str]] = {}
    for pair in headers if isinstance(headers, list) else ():
        if isinstance(pair, list) and len(pair) == 2 and str(pair[0]).lower() in wanted:  # noqa: PLR2004
            found.setdefault(str(pair[0]).lower(), []).append(str(pair[1]))
    return {name: ", ".join(values) for name, values in found.items()}


def _request_note(fields: dict[str, str]) -> Notes:
    problems: list[str] = []
    legacy = fields.get("signature-agent", "").lstrip().startswith('"')
    agents = _agents(fields["signature-agent"], problems) if "signature-agent" in fields else {}
    inputs = _members("signature-input", fields, problems)
    signatures = _members("signature", fields, problems)
    problems += _agent_problems(agents)
    for label, (covered, parameters) in inputs.items():
        problems += _input_problems(label, covered, parameters, agents, legacy=legacy)
    if inputs.keys() != signatures.keys() and "signature" in fields:
        problems.append("Signature and Signature-Input name different signatures")
    noted: dict[str, object] = {"well_formed": not problems, "signed": len(fields) == 3}  # noqa: PLR2004
    directory = next(_directories(agents), None)
    if directory is not None:
        noted["directory"] = directory
    if legacy:
        noted["legacy"] = True
    return {**noted, "problems": problems} if problems else noted


def _members(name: str, fields: dict[str, str], problems: list[str]) -> Members:
    if name not in fields:
        return {}
    found = _parse(fields[name], "dictionary")
    if not isinstance(found, dict) or not found:
        problems.append(f"{name} is no Dictionary")
        return {}
    return found


def _agents(value: str, problems: list[str]) -> Members:
    if value.lstrip().startswith('"'):
        found = _parse(value, "item")
        if isinstance(found, tuple):
            return {"": found}
    return _members("signature-agent", {"signature-agent": value}, problems)


def _parse(value: str, kind: str) -> object:
    """`value` as a structured field (RFC 9651), or None where it is none."""
    try:
        return http_sf.parse(value[:_MAX_FIELD].encode("ascii"), tltype=kind)
    except (http_sf.StructuredFieldError, ValueError):
        return None


def _agent_problems(agents: Members) -> Iterator[str]:
    for label, (value, parameters) in agents.items():
        kind = str(parameters.get("type", DIRECTORY))
        if not isinstance(value, str):
            yield f"signature-agent {label} is no String"
        elif not _is_https(value):
            yield f"signature-agent {label} is no https URL"
        elif kind == DIRECTORY and not _is_origin(value):
            yield f"signature-agent {label} is no origin"


def _is_https(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)


def _is_origin(value: str) -> bool:
    parts = urlsplit(value)
    return parts.path in ("", "/") and not (parts.query or parts.fragment or "@" in parts.netloc)


def _directories(agents: Members) -> Iterator[str]:
    for value, parameters in agents.values():
        is_directory = str(parameters.get("type", DIRECTORY)) == DIRECTORY
        if is_directory and isinstance(value, str) and _is_https(value) and _is_origin(value):
            yield f"https://{urlsplit(value).netloc}{WELL_KNOWN}"


def _input_problems(
    label: str, covered: object, parameters: Parameters, agents: Members, *, legacy: bool
) -> Iterator[str]:
    if parameters.get("tag") != TAG:
        # Another protocol's signature beside ours is none of our business.
        yield f"{label} has another tag than {TAG}"
        return
    yield from _lifetime_problems(label, parameters)
    if not isinstance(parameters.get("keyid"), str) or not parameters["keyid"]:
        yield f"{label} has no keyid"
    components = _components(covered)
    if not {"@authority", "@target-uri"} & {name for name, _ in components}:
        yield f"{label} covers neither @authority nor @target-uri"
    own = None if legacy else label
    if ("signature-agent", own) not in components:
        yield f"{label} does not cover its own signature-agent"
    if agents and not legacy and label not in agents:
        yield f"{label} has no signature-agent"


def _lifetime_problems(label: str, parameters: Parameters) -> Iterator[str]:
    times = [parameters.get(name) for name in ("created", "expires")]
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in times):
        yield f"{label} lacks created or expires"
        return
    created, expires = (int(str(one)) for one in times)
    if not 0 < expires - created <= MAX_LIFETIME:
        yield f"{label} is not valid for 24 hours or less"


def _components(covered: object) -> frozenset[tuple[str, str | None]]:
    found: set[tuple[str, str | None]] = set()
    for one in covered if isinstance(covered, list) else ():
        if isinstance(one, tuple) and isinstance(one[0], str):
            key = one[1].get("key")
            found.add((one[0].lower(), key if isinstance(key, str) else None))
    return frozenset(found)


def _response_problems(response: Mapping[str, object]) -> Iterator[str]:
    url = str(response.get("url", ""))
    media_type = str(response.get("content_type", "")).partition(";")[0].strip().lower()
    status = response.get("status", 200)
    if status != 200:  # noqa: PLR2004
        yield f"status {status}, not 200"
    if not _is_https(url):
        yield "not served over https"
    if media_type != MEDIA_TYPE:
        yield f"media type {media_type or 'none'}, not {MEDIA_TYPE}"
    if response.get("redirected") or response.get("redirects"):
        yield "reached by a redirect"


SIGNAL: Final = Signal(
    name="web_bot_auth",
    title="Web Bot Auth (our own identity)",
    carriers=(Carrier.HEADER,),
    scope="request",
    uses=(),
    spec="https://datatracker.ietf.org/doc/draft-ietf-webbotauth-httpsig-protocol/",
    since="2026-10-29",
    read=read,
    note=note,
)
