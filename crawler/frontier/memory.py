"""What is remembered of a URL between visits, and when that says it is wanted again."""

from collections.abc import Mapping
from hashlib import sha1
from typing import Final

from scrapy.http import Response

from crawler.frontier.revisit import INTERVAL, Revisits, fresh_for, interval_in

ETAG, LAST_MODIFIED, DIGEST = "etag", "last_modified", "payload_digest"
VISITS, CHANGES = "visits", "changes"
LONGEST_VALIDATOR: Final = 1024
"""Characters of a validator that are worth keeping; a longer one is some server's mistake."""


def conditions(memory: Mapping[str, str]) -> list[tuple[str, str]]:
    """Header fields that ask for a page only if it changed (RFC 9110 13.1.2, 13.1.3)."""
    fields = (("If-None-Match", ETAG), ("If-Modified-Since", LAST_MODIFIED))
    return [(name, memory[key]) for name, key in fields if memory.get(key)]


def remember(
    memory: Mapping[str, str],
    response: Response,
    digest: str | None,
    now: float,
    revisits: Revisits,
) -> tuple[float, dict[str, str]]:
    """When the URL of `response` is due again, and what to remember of it.

    `memory` is what was remembered; `digest` the payload's as its record bears it, where one was
    written. Epoch seconds in and out.
    """
    not_modified = response.status == 304  # noqa: PLR2004 (RFC 9110 15.4.5)
    found = memory.get(DIGEST, "") if not_modified else digest or _digest(response.body)
    changed = DIGEST in memory and found != memory[DIGEST]
    interval = revisits.interval(interval_in(memory), changed=changed)
    headers = {
        name.lower(): _header(response, name)
        for name in ("Cache-Control", "Expires", "Date", "Age", "ETag", "Last-Modified")
    }
    kept = {
        INTERVAL: f"{interval:.0f}",
        VISITS: str(_number(memory, VISITS) + 1),
        CHANGES: str(_number(memory, CHANGES) + changed),
        DIGEST: found,
        ETAG: headers["etag"] or (memory.get(ETAG, "") if not_modified else ""),
        LAST_MODIFIED: headers["last-modified"]
        or (memory.get(LAST_MODIFIED, "") if not_modified else ""),
    }
    due = now + max(interval, fresh_for(headers, revisits.longest))
    return due, {key: value for key, value in kept.items() if value}


def _header(response: Response, name: str) -> str:
    value = response.headers.get(name)
    text = value.decode("latin-1").strip() if value else ""
    return text if len(text) <= LONGEST_VALIDATOR and text.isprintable() else ""


def _number(memory: Mapping[str, str], key: str) -> int:
    text = memory.get(key, "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _digest(body: bytes) -> str:
    return "body-sha1:" + sha1(body, usedforsecurity=False).hexdigest()
