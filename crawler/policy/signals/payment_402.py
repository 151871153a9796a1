"""Payment asked for a fetch: status 402 and what stands beside it. Heed never pays; it stops.

Cloudflare pay per crawl (crawler-price, crawler-error), x402 v1 and v2, TollBit's redirect, RSL's
CAP (`WWW-Authenticate: License`). signals.md, section 10.
https://developers.cloudflare.com/ai-crawl-control/features/pay-per-crawl/
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

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

PAYMENT_REQUIRED: Final = 402
STATES: Final[Mapping[int, State]] = {
    401: State.CONDITIONAL,
    402: State.CONDITIONAL,
    403: State.DISALLOW,
}
"""What a status says of crawling where a toll gave it; an error of the request says nothing."""
MAX_BODY: Final = 65_536
"""Bytes of a 402's body that are read for an x402 offer."""
_PRICE: Final = re.compile(r"([A-Z]{3})\s+(\d{1,18}(?:\.\d{1,18})?)")
_MESSY_PRICE: Final = re.compile(r"(\d{1,18}(?:\.\d{1,18})?)")
_CURRENCY: Final = re.compile(r"[A-Z]{3}|\$", re.IGNORECASE)
_REDIRECTS: Final = range(300, 400)


class _Finding(NamedTuple):
    """One sign of a toll: what it says of crawling, and the facts it gives."""

    evidence: Evidence
    carrier: Carrier
    state: State
    facts: Mapping[str, object]
    flags: frozenset[Flag] = frozenset()
    strength: Strength = Strength.BINDING


_MALFORMED: Final = frozenset({Flag.MALFORMED})


def read(observation: Observation) -> tuple[Statement, ...]:
    """Crawl conditional or refused where the response, or the address itself, is a toll."""
    return tuple(
        Statement(
            signal="payment_402",
            carrier=one.carrier,
            use=Use.CRAWL,
            state=one.state,
            evidence=one.evidence,
            strength=one.strength,
            conditions="payment" if one.state is State.CONDITIONAL else "",
            flags=one.flags,
        )
        for one in _findings(observation)
        if one.state is not State.UNKNOWN
    )


def note(observation: Observation) -> Notes:
    """`scheme`, `price`, `offers`, `error` as far as known; `action` is always to stop."""
    found = list(_findings(observation))
    if not found:
        return {}
    told: dict[str, object] = {}
    for one in reversed(found):
        told.update(one.facts)
        told.update({flag.value: True for flag in one.flags})
    return {**told, "action": "stop"}


def _findings(observation: Observation) -> Iterator[_Finding]:
    if _is_tollbit(observation.url):
        seen = Evidence(observation.url, "address", observation.url)
        yield _Finding(seen, Carrier.STATUS, State.CONDITIONAL, {"scheme": "tollbit"})
    page = observation.page
    if page is None:
        return
    for name, value in page.headers:
        finding = _HEADERS.get(name.lower())
        if finding is not None:
            seen = _evidence(page, f"header {name}", f"{name}: {value}")
            yield from finding(page, value.strip(), seen)
    if page.status == PAYMENT_REQUIRED:
        yield from _read_body(page)
        yield _Finding(
            _evidence(page, "status", "402 Payment Required"), Carrier.STATUS, State.CONDITIONAL, {}
        )


def _evidence(page: Resource, where: str, verbatim: str) -> Evidence:
    return Evidence(
        url=page.url,
        where=where,
        verbatim=verbatim,
        retrieved_at=page.retrieved_at,
        status=page.status,
    )


def _state(page: Resource) -> State:
    return STATES.get(page.status or 0, State.UNKNOWN)


def _read_price(page: Resource, value: str, seen: Evidence) -> Iterator[_Finding]:
    """`crawler-price: USD 0.01`. On a response that is no 402 it may be meant for the next."""
    price, flags = _price(value)
    facts: dict[str, object] = {"scheme": "cloudflare-ppc"}
    if price:
        facts["price"] = price
    strength = Strength.BINDING
    if page.status != PAYMENT_REQUIRED:
        strength, flags = Strength.LENIENT, flags | {Flag.AMBIGUOUS}
    yield _Finding(seen, Carrier.HEADER, State.CONDITIONAL, facts, flags, strength)


def _price(value: str) -> tuple[Mapping[str, str] | None, frozenset[Flag]]:
    exact = _PRICE.fullmatch(value)
    if exact:
        return {"currency": exact[1], "amount": exact[2]}, frozenset()
    amount, currency = _MESSY_PRICE.search(value), _CURRENCY.search(value)
    if amount is None or currency is None:
        return None, _MALFORMED
    name = currency[0].upper().replace("$", "USD")
    return {"currency": name, "amount": amount[1]}, _MALFORMED


def _read_error(page: Resource, value: str, seen: Evidence) -> Iterator[_Finding]:
    """`crawler-error: CrawlerForbidden`: the status says whether it is a refusal."""
    facts = {"scheme": "cloudflare-ppc", "error": value}
    yield _Finding(seen, Carrier.HEADER, _state(page), facts)


def _read_charge(_page: Resource, value: str, seen: Evidence) -> Iterator[_Finding]:
    """`crawler-charged` on an answer to one who pays, which Heed never does: only a record."""
    price, flags = _price(value)
    facts = {"scheme": "cloudflare-ppc", "charged": price or value}
    yield _Finding(seen, Carrier.HEADER, State.UNKNOWN, facts, flags)


def _read_offer_header(page: Resource, value: str, seen: Evidence) -> Iterator[_Finding]:
    """`PAYMENT-REQUIRED`: base64 of a JSON object with `accepts` (x402 v2, HTTP transport)."""
    offers = _offers(_decode(value))
    facts: dict[str, object] = {"scheme": "x402v2"}
    if offers is not None:
        facts["offers"] = offers
    flags = _MALFORMED if offers is None else frozenset()
    strength = Strength.BINDING if page.status == PAYMENT_REQUIRED else Strength.LENIENT
    yield _Finding(seen, Carrier.HEADER, State.CONDITIONAL, facts, flags, strength)


def _decode(value: str) -> object:
    try:
        return json.loads(base64.b64decode(value, validate=True))
    except (ValueError, RecursionError, binascii.Error):
        return None


def _offers(document: object) -> int | None:
    accepts = document.get("accepts") if isinstance(document, Mapping) else None
    return len(accepts) if isinstance(accepts, list) else None


def _read_body(page: Resource) -> Iterator[_Finding]:
    """x402 v1, and some of v2, put the offer into the body of the 402."""
    body = page.body[:MAX_BODY]
    if not body.lstrip().startswith(b"{"):
        return
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not isinstance(document, Mapping) or "x402Version" not in document:
        return
    scheme = "x402v2" if document["x402Version"] == 2 else "x402v1"  # noqa: PLR2004 (the version)
    offers = _offers(document)
    facts = {"scheme": scheme} if offers is None else {"scheme": scheme, "offers": offers}
    seen = Evidence(
        url=page.url,
        where=f"body byte 0-{len(body)}",
        verbatim=body.decode("utf-8", "replace"),
        sha256=page.sha256,
        start=0,
        end=len(body),
        retrieved_at=page.retrieved_at,
        status=page.status,
    )
    flags = _MALFORMED if offers is None else frozenset()
    yield _Finding(seen, Carrier.STATUS, State.CONDITIONAL, facts, flags)


def _read_location(page: Resource, value: str, seen: Evidence) -> Iterator[_Finding]:
    """TollBit sends AI agents to a subdomain of its own; that redirect is not followed."""
    if page.status in _REDIRECTS and _is_tollbit(value):
        yield _Finding(seen, Carrier.HEADER, State.CONDITIONAL, {"scheme": "tollbit"})


def _is_tollbit(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return "tollbit" in host.split(".")


_CHALLENGES: Final = {"license": "rsl-cap", "l402": "l402", "lsat": "l402", "payment": "payment"}
_CHALLENGE: Final = re.compile(r"(?:^|,)\s*(license|l402|lsat|payment)(?=\s|,|$)", re.IGNORECASE)


def _read_challenge(page: Resource, value: str, seen: Evidence) -> Iterator[_Finding]:
    """`WWW-Authenticate: License`: a licence is to be had first (RSL CAP); likewise L402."""
    found = _CHALLENGE.search(value)
    if found and page.status in (401, PAYMENT_REQUIRED):
        facts = {"scheme": _CHALLENGES[found[1].lower()]}
        yield _Finding(seen, Carrier.HEADER, State.CONDITIONAL, facts)


_HEADERS: Final = {
    "crawler-price": _read_price,
    "crawler-error": _read_error,
    "crawler-charged": _read_charge,
    "payment-required": _read_offer_header,
    "location": _read_location,
    "www-authenticate": _read_challenge,
}

SIGNAL: Final = Signal(
    name="payment_402",
    title="402 Payment Required, pay per crawl, x402, TollBit",
    carriers=(Carrier.STATUS, Carrier.HEADER),
    scope="response",
    uses=(Use.CRAWL,),
    spec="https://developers.cloudflare.com/ai-crawl-control/features/pay-per-crawl/",
    since="2025-07-01",
    read=read,
    note=note,
)
