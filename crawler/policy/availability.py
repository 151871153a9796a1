"""How a fetch ended, and what that means for an origin's robots.txt (RFC 9309 2.3.1, house).

One table, `AVAILABILITY`, says for every outcome which rules hold, for how long, and when to
ask again. Operators' documentation is drawn from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crawler.policy.model import Outcome

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 24 * HOUR
LAST_COPY_LIFETIME: Final = 30 * DAY
"""Seconds that a last good copy may still forbid while its origin is unreachable."""

UNREACHABLE_GAPS: Final = (5 * MINUTE, HOUR, 6 * HOUR, DAY)
"""Seconds to wait after the 1st, 2nd, … failure in a row; the last one repeats."""

LONGEST_REST: Final = 30 * DAY
"""Seconds that a Retry-After is heeded for: beyond that it is a slip, or a joke."""

RATE_LIMIT_FIRST_GAP: Final = MINUTE
UNCACHED_LIFETIME: Final = MINUTE
"""What `no-store`, `no-cache` and a `max-age` of less come to: asking before every page doubles
the load that they mean to spare."""

_LOOKED_AT: Final = 1_024
_MARKUP: Final = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<title", b"<meta")

_STATUSES: Final[Mapping[int, Outcome]] = {
    204: Outcome.EMPTY,
    205: Outcome.EMPTY,
    206: Outcome.TRUNCATED,
    401: Outcome.FORBIDDEN,
    402: Outcome.PAYMENT,
    403: Outcome.FORBIDDEN,
    404: Outcome.NOT_FOUND,
    410: Outcome.NOT_FOUND,
    429: Outcome.RATE_LIMITED,
}
_CLASSES: Final[Mapping[int, Outcome]] = {
    2: Outcome.OK,
    3: Outcome.TOO_MANY_REDIRECTS,
    4: Outcome.CLIENT_ERROR,
    5: Outcome.SERVER_ERROR,
}


class Rules(StrEnum):
    """Which rules hold after one fetch of robots.txt."""

    READ = "read"
    """Those in the body."""
    NONE = "none"
    """None: everything may be crawled."""
    DISALLOW_ALL = "disallow all"
    """Nothing may be crawled, in any profile."""
    BY_PROFILE = "by profile"
    """None by the letter of the RFC; the profiles standard and strict crawl nothing."""


class Retry(StrEnum):
    """How the time of the next try is found."""

    ON_EXPIRY = "when the lifetime has passed"
    GROWING = "after gaps of `UNREACHABLE_GAPS`"
    RETRY_AFTER = "after Retry-After, else 60 s doubling"


@dataclass(frozen=True, slots=True)
class Availability:
    """One row: which rules hold, how long (seconds), how the next try is timed, and by what."""

    rules: Rules
    lifetime: int
    retry: Retry
    clause: str


_READ = Availability(Rules.READ, DAY, Retry.ON_EXPIRY, "RFC 9309 2.3.1.1, 2.4")
_ABSENT = Availability(Rules.NONE, DAY, Retry.ON_EXPIRY, "RFC 9309 2.3.1.3")
_UNREACHABLE = Availability(Rules.DISALLOW_ALL, 5 * MINUTE, Retry.GROWING, "RFC 9309 2.3.1.4")

AVAILABILITY: Final[Mapping[Outcome, Availability]] = {
    Outcome.OK: _READ,
    Outcome.EMPTY: _READ,
    # A page of HTML in its place holds no rule lines, so reading it restricts nothing; where
    # it does hold some, they are the site's words.
    Outcome.NOT_TEXT: _READ,
    # What was read before the cap counts: dropping it would lift every refusal (RFC 9309 2.5).
    Outcome.TOO_LARGE: _READ,
    Outcome.NOT_FOUND: _ABSENT,
    Outcome.CLIENT_ERROR: _ABSENT,
    Outcome.FORBIDDEN: Availability(Rules.BY_PROFILE, DAY, Retry.ON_EXPIRY, "house: 401, 403"),
    Outcome.PAYMENT: Availability(Rules.DISALLOW_ALL, DAY, Retry.ON_EXPIRY, "house: 402"),
    Outcome.RATE_LIMITED: Availability(
        Rules.DISALLOW_ALL, MINUTE, Retry.RETRY_AFTER, "house: 429 is no answer"
    ),
    Outcome.SERVER_ERROR: _UNREACHABLE,
    Outcome.TIMEOUT: _UNREACHABLE,
    Outcome.DNS: _UNREACHABLE,
    Outcome.TLS: _UNREACHABLE,
    Outcome.CONNECTION: _UNREACHABLE,
    Outcome.TRUNCATED: _UNREACHABLE,
    Outcome.UNDECODABLE: _UNREACHABLE,
    Outcome.TOO_MANY_REDIRECTS: _UNREACHABLE,
    Outcome.REFUSED_ADDRESS: _UNREACHABLE,
    Outcome.BLOCKED_BY_ROBOTS: _UNREACHABLE,
}


def outcome_of_status(status: int) -> Outcome:
    """How a complete exchange ended, by its final `status` code; never raises.

    A 3xx stands for a redirect that was not followed, 206 for a body that is not whole; what is
    no HTTP status at all counts as a broken connection, 6xx and above as the server's error.
    """
    default = Outcome.SERVER_ERROR if status >= 500 else Outcome.CONNECTION  # noqa: PLR2004
    return _STATUSES.get(status, _CLASSES.get(status // 100, default))


def outcome_of_body(body: bytes) -> Outcome:
    """What a whole body looks like, its status aside: OK, EMPTY, or NOT_TEXT for a page of HTML."""
    text = body[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not text:
        return Outcome.EMPTY if len(body) <= _LOOKED_AT else Outcome.OK
    return Outcome.NOT_TEXT if text.startswith(_MARKUP) else Outcome.OK


def availability_of(outcome: Outcome) -> Availability:
    """The row of the table for `outcome` of a fetch of robots.txt."""
    return AVAILABILITY[outcome]


def lifetime(outcome: Outcome, cache_control: str = "") -> int:
    """Seconds that the rules found hold: the table's, made shorter by `Cache-Control`.

    Only what was read from a whole body can be shortened (RFC 9309 2.4, RFC 9111 5.2.2); a
    directive that makes no sense is left aside.
    """
    row = AVAILABILITY[outcome]
    if row.rules is not Rules.READ:
        return row.lifetime
    ages = [_age(directive) for directive in cache_control.lower().split(",")]
    return min([row.lifetime, *(age for age in ages if age is not None)])


def _age(directive: str) -> int | None:
    name, _, value = directive.strip().partition("=")
    if name.strip() in ("no-store", "no-cache"):
        return UNCACHED_LIFETIME
    seconds = value.strip().strip('"')
    if name.strip() != "max-age" or not (seconds.isascii() and seconds.isdigit()):
        return None
    return max(int(seconds[:10]), UNCACHED_LIFETIME)


def unreachable_gap(failures: int) -> int:
    """Seconds to wait after `failures` (from 1) fetches in a row that found nobody."""
    return UNREACHABLE_GAPS[min(max(failures, 1), len(UNREACHABLE_GAPS)) - 1]


def next_try(outcome: Outcome, failures: int, retry_after: float | None = None) -> float:
    """Seconds until robots.txt is to be asked for again.

    `failures` counts fetches in a row, this one included, that ended without an answer;
    `retry_after` is what the server asked for, already read (`pace.read_retry_after`).
    """
    row = AVAILABILITY[outcome]
    if retry_after is not None:
        retry_after = min(retry_after, LONGEST_REST)
    if row.retry is Retry.ON_EXPIRY:
        return row.lifetime
    if row.retry is Retry.GROWING:
        return max(unreachable_gap(failures), retry_after or 0)
    doubled = RATE_LIMIT_FIRST_GAP * 2 ** min(max(failures, 1) - 1, 11)
    return min(doubled, DAY) if retry_after is None else retry_after
