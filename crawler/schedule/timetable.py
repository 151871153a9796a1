"""When a job is due: cron lines in a time zone, and a jitter that outlives a restart.

Cron arithmetic is cronsim's, which treats a change of the clocks as Debian's cron does: what
falls into a gap runs once at its end, what falls into a repeated hour runs once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final

from cronsim import CronSim

from crawler.config.windows import read_zone

FIELDS_OF_CRON: Final = 5
REPEATED: Final = timedelta(hours=3)
"""Clocks are never set back by more: looking back starts so much later, lest it miss an hour."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a job is due: what the cron line says, and when it starts by its jitter."""

    due: datetime
    starts: datetime


@dataclass(frozen=True, slots=True)
class Timetable:
    """A cron line read in a zone; `seed` makes each job's jitter its own."""

    cron: str
    zone: str
    jitter: float
    seed: str

    def last(self, now: datetime) -> Occurrence | None:
        """The latest occurrence that has started at `now` (aware); None for none in 50 years."""
        return next((one for one in self._backward(now) if one.starts <= now), None)

    def next(self, now: datetime) -> Occurrence | None:
        """The first occurrence that starts after `now` (aware)."""
        begun = now - timedelta(seconds=self.jitter + 1)
        return next((one for one in self._forward(begun) if one.starts > now), None)

    def _forward(self, now: datetime) -> Iterator[Occurrence]:
        for due in CronSim(self.cron, now.astimezone(read_zone(self.zone))):
            yield self._occurrence(due)

    def _backward(self, now: datetime) -> Iterator[Occurrence]:
        later = REPEATED if len(self.cron.split()) == FIELDS_OF_CRON else timedelta(seconds=1)
        local = (now + later).astimezone(read_zone(self.zone))
        for due in CronSim(self.cron, local, reverse=True):
            yield self._occurrence(due)

    def _occurrence(self, due: datetime) -> Occurrence:
        """With a delay drawn from job and time alone: a restart neither repeats nor shifts it."""
        due = due.astimezone(UTC)
        if not self.jitter:
            return Occurrence(due, due)
        drawn = blake2b(f"{self.seed} {due.isoformat()}".encode(), digest_size=4).digest()
        share = int.from_bytes(drawn) / 2**32
        return Occurrence(due, due + timedelta(seconds=int(share * self.jitter)))
