"""PURE: when a URL is wanted again.

A page that did not change is asked for half as often again, one that did twice as often, between
bounds; what HTTP says of its freshness (RFC 9111 4.2) only ever lengthens the wait.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from math import inf
from typing import Final

DAY: Final = 86_400.0
INTERVAL: Final = "interval"
"""Key of the memory of a URL: seconds between its last visit and the one planned."""
GONE: Final = 410
HINT_SHARE: Final = 1 / 8
"""Of the interval that must have passed before a hint is believed: a site whose sitemap says that
all changes daily is asked less and less for it, while its pages do not."""
_MAX_AGE: Final = re.compile(
    r"(?:^|,)\s*(s-maxage|max-age)\s*=\s*\"?([0-9]{1,10})\"?", re.IGNORECASE
)
_STALE_AT_ONCE: Final = re.compile(r"(?:^|,)\s*(?:no-cache|no-store)\s*(?:,|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Revisits:
    """Bounds of the adaptive interval, in seconds, and how it moves."""

    first: float = 7 * DAY
    shortest: float = DAY
    longest: float = 90 * DAY
    grow: float = 1.5
    shrink: float = 0.5

    def interval(self, previous: float | None, *, changed: bool) -> float:
        """Seconds until the next visit; `previous` is None for a first one."""
        if previous is None:
            return self._bounded(self.first)
        return self._bounded(previous * (self.shrink if changed else self.grow))

    def absent(self, status: int, previous: float | None) -> float | None:
        """Seconds until a URL that answered with an error is asked for again, None for never.

        410 says that it is gone for good (RFC 9110 15.5.11); anything else may come back.
        """
        if status == GONE:
            return None
        return self._bounded((previous or self.first) * self.grow * self.grow)

    def _bounded(self, seconds: float) -> float:
        return min(max(seconds, self.shortest), self.longest)


SITEMAPS: Final = Revisits(first=DAY / 4, shortest=DAY / 24, longest=DAY * 5 / 6)
"""Sitemaps are read again by every nightly run: they tell which pages are worth a visit."""


def interval_in(memory: Mapping[str, str]) -> float | None:
    """The interval that was remembered, None where none or nonsense was."""
    try:
        seconds = float(memory[INTERVAL])
    except (KeyError, ValueError):
        return None
    return seconds if 0 < seconds < 1e9 else None  # noqa: PLR2004 (30 years: nonsense)


def hinted_due(changed_at: float, asked_at: float, interval: float | None, now: float) -> float:
    """When a URL asked for at `asked_at` is due, as the site says that it changed at `changed_at`.

    Infinity where that tells nothing: it changed before, or is to change in days to come. Epoch
    seconds; `interval` as remembered, None where there is none.
    """
    if changed_at > now + DAY or min(changed_at, now) <= asked_at:
        return inf
    return max(now, asked_at + HINT_SHARE * (interval or Revisits().first))


def fresh_for(headers: Mapping[str, str], longest: float) -> float:
    """Seconds for which a response says that it stays fresh, at most `longest`; 0 if it does not.

    `headers` by lower-case name. Cache-Control wins over Expires (RFC 9111 5.3).
    """
    control = headers.get("cache-control", "")
    if _STALE_AT_ONCE.search(control):
        return 0.0
    ages = {name.lower(): float(value) for name, value in _MAX_AGE.findall(control)}
    if ages:
        age = ages.get("max-age", ages.get("s-maxage", 0.0))
        return min(max(age - _age(headers), 0.0), longest)
    return min(max(_expires_in(headers), 0.0), longest)


def _age(headers: Mapping[str, str]) -> float:
    age = headers.get("age", "").strip()
    return float(age) if age.isascii() and age.isdigit() and len(age) < 11 else 0.0  # noqa: PLR2004


def _expires_in(headers: Mapping[str, str]) -> float:
    try:
        expires = parsedate_to_datetime(headers["expires"])
        date = parsedate_to_datetime(headers["date"])
        return (expires - date).total_seconds()
    except (KeyError, ValueError, TypeError, OverflowError, IndexError):
        return 0.0


def retry_due(now: float, attempts: int, base: float, jitter: float, longest: float = DAY) -> float:
    """When a URL that failed `attempts` times (from 1) is due: now + base * 2**(attempts-1).

    `jitter` between 0 and 1 lengthens the wait by up to a tenth and never shortens it.
    """
    wait = min(base * 2.0 ** min(max(attempts - 1, 0), 30), longest)
    return now + wait * (1.0 + 0.1 * min(max(jitter, 0.0), 1.0))
