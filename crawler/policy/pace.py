"""How fast a host may be asked, from what it said and how it behaved (politeness.md, "Pace").

Pure: times are seconds on one clock that the caller reads, jitter is a number from 0 to 1 that
the caller draws. Every function returns a new value; nothing a site sends makes it raise.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

DAY: Final = 86_400.0
FLOOR: Final = 1.0
LATENCY_FACTOR: Final = 5.0
LATENCY_CAP: Final = 60.0
"""A slow answer alone never asks for more than this between requests."""

SLOW_CRAWL_DELAY: Final = 300.0
"""Above this a host is still crawled at the pace it asks for, and reported."""

JITTER: Final = 0.1
FIRST_BACK_OFF: Final = 60.0
FORGIVEN_AFTER: Final = 30 * 60.0
PARKED_AFTER: Final = 5
LONGEST_PARKING: Final = 30 * DAY

_DECIMAL: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}")
LONGEST_READ: Final = 1000
"""Characters of a header that are looked at."""

_SECONDS: Final = re.compile(r"\+?([0-9]+)(\.[0-9]*)?\s{0,9}(?:s|secs?|seconds?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HostPace:
    """What is known of one host's pace; all durations in seconds.

    `base` is the delay that configuration asks for, `back_off` the first back-off, `park_after`
    the failures in a row that park the host; `latency` the time the last answer took,
    `not_before` the earliest moment of the next request, `strikes` the back-offs not forgiven
    yet, `failures` those in a row. `parked` hosts are left alone until `not_before`.
    """

    base: float = 5.0
    back_off: float = FIRST_BACK_OFF
    park_after: int = PARKED_AFTER
    loopback: bool = False
    crawl_delay: float | None = None
    latency: float = 0.0
    not_before: float = 0.0
    strikes: int = 0
    failures: int = 0
    parked: bool = False

    @property
    def is_slow(self) -> bool:
        """Whether the host asks for so long a Crawl-delay that the report must say so."""
        return self.crawl_delay is not None and self.crawl_delay > SLOW_CRAWL_DELAY

    @property
    def first_back_off(self) -> float:
        """Seconds; configuration may ask for less only on loopback."""
        return self.back_off if self.loopback else max(self.back_off, FIRST_BACK_OFF)

    @property
    def is_failing(self) -> bool:
        """Whether it failed as often in a row as parks it; only loopback may fail more often."""
        most = self.park_after if self.loopback else min(self.park_after, PARKED_AFTER)
        return self.failures >= most


def read_crawl_delay(value: str) -> float | None:
    """Seconds of a `Crawl-delay` line; None for what is no finite number of zero or more."""
    text = value.strip()
    return float(text) if _DECIMAL.fullmatch(text) else None


def read_retry_after(value: str, now: datetime) -> float | None:
    """Seconds from `now` (aware) that a `Retry-After` asks to wait (RFC 9110 10.2.3).

    Takes seconds and all three forms of an HTTP date; nonsense is None, and so is a date that has
    passed: its server's clock is not ours, and it asks to be left alone. What is meant though it
    is not spelt so counts too: a fraction, a unit, quotes, an ISO date, and of several numbers the
    longest. Not clamped: `after_refusal` says what is too long.
    """
    text = value[:LONGEST_READ].strip().strip("\"'").strip()
    numbers = [_SECONDS.fullmatch(part.strip()) for part in text.split(",")]
    if all(numbers):
        return max(float(one[1][:15]) + bool(one[2]) for one in numbers if one)
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            date = read(text)
            aware = date if date.tzinfo else date.replace(tzinfo=UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        seconds = (aware - now).total_seconds()
        return seconds if seconds >= 0 else None
    return None


def longest_retry_after(headers: Iterable[tuple[str, str]], now: datetime) -> str | None:
    """The `Retry-After` of `headers` that asks for most, None where none can be read.

    A response ought to have one; of several the most careful reading is the longest.
    """
    values = [value for name, value in headers if name.lower() == "retry-after"]
    read = [(seconds, value) for value in values
            if (seconds := read_retry_after(value, now)) is not None]  # fmt: skip
    return max(read)[1] if read else None


def delay(pace: HostPace, jitter: float) -> float:
    """Seconds between the end of one request and the start of the next, jitter included.

    Never faster than Crawl-delay, never below `FLOOR`; on loopback only what was asked for.
    """
    asked = max(pace.base, pace.crawl_delay or 0.0)
    if not pace.loopback:
        asked = max(asked, FLOOR, min(LATENCY_FACTOR * pace.latency, LATENCY_CAP))
    return _jittered(asked, jitter)


def next_request(pace: HostPace, finished_at: float, jitter: float) -> float:
    """The earliest moment for the next request after one that ended at `finished_at`."""
    return max(finished_at + delay(pace, jitter), pace.not_before)


def after_answer(pace: HostPace, at: float, latency: float) -> HostPace:
    """An answer other than 429, 503 and server errors came at `at` after `latency` seconds."""
    return replace(pace, latency=latency, failures=0, parked=False, strikes=_strikes_left(pace, at))


def after_refusal(
    pace: HostPace, at: float, retry_after: float | None, jitter: float, latency: float = 0.0
) -> HostPace:
    """429 or 503 at `at`: wait as long as `retry_after` says, else back off.

    Longer than a day, or the last of `park_after` failures in a row, parks the host. An earlier
    and longer waiting time stays in force.
    """
    if retry_after is None:
        return replace(_backed_off(_failed(pace), at, jitter), latency=latency)
    wait = min(retry_after, LONGEST_PARKING)
    failed = _failed(pace)
    return replace(
        failed,
        latency=latency,
        not_before=max(pace.not_before, at + wait),
        parked=wait > DAY or failed.is_failing,
    )


def after_failure(pace: HostPace, at: float, jitter: float) -> HostPace:
    """No whole answer at `at`, or a server error: `park_after` in a row park the host."""
    failed = _failed(pace)
    return _backed_off(failed, at, jitter) if failed.is_failing else failed


def _failed(pace: HostPace) -> HostPace:
    return replace(pace, failures=pace.failures + 1)


def _backed_off(pace: HostPace, at: float, jitter: float) -> HostPace:
    strikes = _strikes_left(pace, at)
    # A bounded exponent keeps the number small: 2**11 minutes are more than a day.
    wait = _jittered(min(pace.first_back_off * 2 ** min(strikes, 11), DAY), jitter)
    return replace(
        pace,
        strikes=strikes + 1,
        not_before=max(pace.not_before, at + wait),
        parked=pace.is_failing,
    )


def _strikes_left(pace: HostPace, at: float) -> int:
    """Quiet time counts from the end of the waiting, which can itself exceed half an hour."""
    return 0 if at >= pace.not_before + FORGIVEN_AFTER else pace.strikes


def _jittered(seconds: float, jitter: float) -> float:
    """Up to a tenth slower; never faster, since what a site asked for is a minimum."""
    return seconds * (1 + JITTER * min(max(jitter, 0.0), 1.0))
