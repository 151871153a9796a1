"""Which response headers an observation keeps: those that could ever say something.

A later rule may read a header that nobody heeds today, so what is left out is listed, not what
is kept: what only concerns the connection, the cache of one moment, the visitor, the browser.
"""

import json
from collections.abc import Sequence
from typing import Final

HEADERS_LIMIT: Final = 16_384
"""Characters of names and values that an observation keeps; later headers are left out."""

_LEFT_OUT: Final = frozenset(
    {
        "accept-ranges",
        "age",
        "alt-svc",
        "cf-cache-status",
        "cf-ray",
        "connection",
        "content-length",
        "content-security-policy",
        "content-security-policy-report-only",
        "date",
        "keep-alive",
        "nel",
        "permissions-policy",
        "report-to",
        "reporting-endpoints",
        "server-timing",
        "set-cookie",
        "strict-transport-security",
        "traceparent",
        "transfer-encoding",
        "vary",
        "via",
        "x-amz-cf-id",
        "x-amz-cf-pop",
        "x-cache",
        "x-cache-hits",
        "x-request-id",
        "x-runtime",
        "x-served-by",
        "x-timer",
    }
)


def select_headers(headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those of `headers` that an observation keeps, in their order, repeats and case kept."""
    chosen: list[tuple[str, str]] = []
    room = HEADERS_LIMIT
    for name, value in headers:
        if name.lower() in _LEFT_OUT:
            continue
        room -= len(name) + len(value)
        if room < 0:
            break
        chosen.append((name, value))
    return tuple(chosen)


def write_headers(headers: Sequence[tuple[str, str]]) -> str:
    """The kept ones of `headers` as JSON: a list of pairs."""
    return json.dumps(select_headers(headers))


def read_headers(text: str) -> tuple[tuple[str, str], ...]:
    """What `write_headers` wrote."""
    return tuple((name, value) for name, value in json.loads(text))
