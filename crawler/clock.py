"""The only module that asks what time it is.

Everything below the edges takes time as an argument; everything at the edges takes a `Clock`.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Final, Protocol

READINGS: Final = 5


class Clock(Protocol):
    """What the edges know of time."""

    def now(self) -> float:
        """Seconds since the epoch, never running backwards while the process lives."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait, letting other work go on."""
        ...


class SystemClock:
    """The machine's clock, read once and then carried forward by the monotonic one.

    A clock that is set back or jumps a day while a crawl runs must neither shorten nor
    stretch a delay that a host was promised, so the wall is looked at only at the start.
    """

    def __init__(self) -> None:
        # A pause between the two readings would set this clock back against other workers'.
        readings = [_read_both() for _ in range(READINGS)]
        _, self._wall_at_start, self._monotonic_at_start = min(readings)

    def now(self) -> float:
        return self._wall_at_start + (time.monotonic() - self._monotonic_at_start)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


def _read_both() -> tuple[float, float, float]:
    """How long it took to read both clocks, and what they showed."""
    before, wall, after = time.monotonic(), time.time(), time.monotonic()
    return after - before, wall, (before + after) / 2


def moment(epoch: float) -> datetime:
    """An epoch time in seconds as an aware UTC datetime."""
    return datetime.fromtimestamp(epoch, UTC)


def iso_milliseconds(when: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ`, the one form in which Heed writes a time."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"
