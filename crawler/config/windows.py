"""Off-peak windows: between which hours of its own day a host may be asked.

Written as `22:00-06:00 Europe/Berlin`; with `example.org=` before it, it is of that host alone.
A window may reach over midnight.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

_FORM: Final = re.compile(
    r"(?:(?P<host>[^\s=]+)=)?(?P<start>[0-2][0-9]:[0-5][0-9])-(?P<end>[0-2][0-9]:[0-5][0-9])"
    r"(?: (?P<zone>\S+))?"
)
EXAMPLE: Final = "22:00-06:00 Europe/Berlin"


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end` (exclusive), every day in `zone`."""

    start: time
    end: time
    zone: tzinfo

    def opens_at(self, now: datetime) -> datetime | None:
        """When it opens next (UTC); None where it is open at `now` (aware)."""
        local = now.astimezone(self.zone)
        moment = local.time()
        if self.start < self.end:
            is_open = self.start <= moment < self.end
        else:
            is_open = moment >= self.start or moment < self.end
        if is_open:
            return None
        day = local.date() if moment < self.start else local.date() + timedelta(days=1)
        return datetime.combine(day, self.start, self.zone).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M} {self.zone}"


def read_zone(name: str) -> tzinfo:
    """The time zone of that IANA name; raises `ValueError` with a remedy."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError(
            f"{name!r} is no time zone: name one of the IANA's, like Europe/Berlin"
        ) from None


def read_window(text: str, zone: str = "UTC") -> tuple[str, Window]:
    """The host that `text` names ("" for every other one) and its window.

    `zone` holds where `text` names none. Raises `ValueError` with a remedy.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no window: write it like {EXAMPLE!r}")
    try:
        start, end = time.fromisoformat(found["start"]), time.fromisoformat(found["end"])
    except ValueError:
        raise ValueError(f"{text!r} has an hour beyond 23:59: write it like {EXAMPLE!r}") from None
    if start == end:
        raise ValueError(f"{text!r} is empty: let it end at another time than it begins")
    return (found["host"] or "").lower(), Window(start, end, read_zone(found["zone"] or zone))


def read_windows(texts: Iterable[str], zone: str = "UTC") -> Mapping[str, Window]:
    """Windows by host; raises `ValueError` for the first that is none, or one host's second."""
    windows: dict[str, Window] = {}
    for text in texts:
        host, window = read_window(text, zone)
        if host in windows:
            whom = f"host {host!r}" if host else "all hosts"
            raise ValueError(f"{text!r} is a second window for {whom}: give one each")
        windows[host] = window
    return windows
