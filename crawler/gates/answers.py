"""PURE: what an answer makes of a site file, and how it is asked for again once it has expired.

A whole copy is asked for with a condition (RFC 9110 13.1), and 304 lets it hold for another
lifetime (RFC 9111 4.3.4). Only the address itself may say so: a copy that a redirect led to has
no validators here, since they are another's.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from crawler.gates.redirects import REDIRECTS
from crawler.policy.availability import outcome_of_body, outcome_of_status
from crawler.policy.model import Outcome, Resource
from crawler.records.codings import Decoded, Flaw, decode, decode_body
from crawler.records.exchange import Exchange, Truncated

ROBOTS_LIMIT: Final = 1_048_576
"""Bytes of a site file that are read (politeness.md: 1 MiB at most)."""
ANSWERED: Final = frozenset(
    {Outcome.OK, Outcome.EMPTY, Outcome.NOT_FOUND, Outcome.NOT_TEXT, Outcome.TOO_LARGE,
     Outcome.CLIENT_ERROR, Outcome.FORBIDDEN, Outcome.PAYMENT, Outcome.BLOCKED_BY_ROBOTS}
)  # fmt: skip
"""Outcomes that say something; after any other the file is asked for again, ever more slowly."""
WHOLE: Final = frozenset({Outcome.OK, Outcome.EMPTY, Outcome.NOT_TEXT})
"""Outcomes of a body that was read to its end."""
NOT_MODIFIED: Final = 304
VALIDATORS: Final = frozenset({"etag", "last-modified"})
LONGEST_VALIDATOR: Final = 1_024
SETTLED: Final = timedelta(seconds=60)
"""A file that was older than this when it was served did not change again within the second that
its Last-Modified names (RFC 9110 8.8.2.2)."""
_OF_THE_BODY: Final = frozenset({"content-length", "content-encoding", "content-range"})
"""What a 304 cannot change: the body is the one that is kept (RFC 9111 3.2)."""


def conditions_of(kept: Resource | None) -> tuple[tuple[str, str], ...]:
    """Fields that ask for a file only if it is not `kept` any more; none where nothing tells."""
    if kept is None or kept.outcome not in WHOLE or kept.status != 200:  # noqa: PLR2004 (RFC 9110 15.3.1)
        return ()
    found = (
        ("If-None-Match", _only(kept, "ETag")),
        ("If-Modified-Since", _only(kept, "Last-Modified") if _is_settled(kept) else ""),
    )
    return tuple((name, value) for name, value in found if value)


def confirmed(kept: Resource, exchange: Exchange) -> Resource:
    """`kept` as the 304 in `exchange` lets it hold on: with that one's fields in place of its."""
    fresh = tuple(each for each in exchange.text_headers if each[0].lower() not in _OF_THE_BODY)
    replaced = {name.lower() for name, _ in fresh}
    held = tuple(each for each in kept.headers if each[0].lower() not in replaced)
    return replace(kept, headers=(*held, *fresh))


def without_validators(found: Resource) -> Resource:
    """`found` without what only another address may be asked with."""
    headers = tuple(each for each in found.headers if each[0].lower() not in VALIDATORS)
    return replace(found, headers=headers)


def location_of(exchange: Exchange) -> str | None:
    """Where a redirect points, None for an answer that is none."""
    if exchange.status not in REDIRECTS:
        return None
    for name, value in exchange.headers:
        if name.lower() == b"location":
            return value.decode("utf-8", "replace").strip()
    return None


def resource_of(exchange: Exchange, url: str) -> Resource:
    """The last hop's answer, told of the first hop's URL (RFC 9309 2.3.1.2)."""
    outcome = outcome_of_status(exchange.status)
    whole = exchange.truncated is Truncated.NO
    decoded = decode(exchange.body, exchange.text_headers, limit=ROBOTS_LIMIT, whole=whole)
    if decoded.body.startswith(b"\x1f\x8b"):
        # Served as it lies there, packed: RFC 1952 2.3.1.
        decoded = decode_body(decoded.body, ["gzip"], ROBOTS_LIMIT, whole=whole)
    if exchange.truncated not in (Truncated.NO, Truncated.LENGTH):
        outcome = Outcome.TRUNCATED
    elif outcome is Outcome.OK:
        outcome = _outcome_of_body(decoded, exchange.truncated)
    return Resource(
        url=url,
        body=decoded.body if outcome in ANSWERED else b"",
        status=exchange.status,
        headers=exchange.text_headers,
        outcome=outcome,
    )


def _outcome_of_body(decoded: Decoded, truncated: Truncated) -> Outcome:
    if decoded.outcome is not Outcome.OK:
        # Before anything else: of a body that could not be unpacked there may be nothing.
        return decoded.outcome
    looks = outcome_of_body(decoded.body)
    is_cut = truncated is Truncated.LENGTH or decoded.flaw is Flaw.CUT
    return Outcome.TOO_LARGE if is_cut and looks is Outcome.OK else looks


def _only(kept: Resource, name: str) -> str:
    """The one value of a field, as it can be sent back; several contradict one another."""
    values = [value.strip() for value in kept.header_values(name)]
    sound = len(values) == 1 and len(values[0]) <= LONGEST_VALIDATOR and values[0].isprintable()
    return values[0] if sound and values[0].isascii() else ""


def _is_settled(kept: Resource) -> bool:
    modified, served = _moment(_only(kept, "Last-Modified")), _moment(_only(kept, "Date"))
    return modified is not None and served is not None and modified + SETTLED <= served


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # A date that names no zone is no HTTP date (RFC 9110 5.6.7).
    return moment if moment.tzinfo else None
