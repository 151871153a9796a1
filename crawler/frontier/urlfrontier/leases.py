"""What this worker has out: each claim with its lease, and the rests of the queues it served.

URLFrontier holds a URL back for the seconds of its lease and then offers it again, so a dead
worker loses nothing. A worker that lives on longer than that has its queue blocked instead, time
and again, until the claim ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Final

from crawler.config import Options
from crawler.frontier.urlfrontier.items import Offer

EXCHANGES_A_CLAIM: Final = 4
"""Whole exchanges that a claim may take: site files first, then the page."""

REMEMBERED: Final = 50_000
"""Queues whose rests are remembered before those that are over are forgotten."""


def lease_of(options: Options) -> int:
    """Seconds for which a claim is held: longer than the longest exchange and its extraction."""
    return int(EXCHANGES_A_CLAIM * options.total_timeout + options.extract_deadline) + 1


@dataclass(slots=True)
class Lease:
    """One claim that is out, and until when nobody else gets its queue."""

    offer: Offer
    until: float
    blocks: bool = False
    """Whether the queue is blocked in its name."""


class Leases:
    """The claims of one worker, by key, and until when it has asked queues to rest."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self._out: dict[str, Lease] = {}
        self._rests: dict[str, float] = {}
        self._gaps_end = 0.0

    def add(self, offer: Offer, now: float) -> None:
        """`offer` was handed out at `now`."""
        self._out[offer.claim.key] = Lease(offer, now + self.seconds)

    def get(self, key: str) -> Lease | None:
        """The claim of `key`; None where it is not out."""
        return self._out.get(key)

    def end(self, lease: Lease) -> bool:
        """Its claim is over; False where it was already."""
        return self._out.pop(lease.offer.claim.key, None) is lease

    def running_out(self, now: float) -> Sequence[Lease]:
        """Claims more than half of whose lease is over."""
        return [each for each in self._out.values() if each.until - now < self.seconds / 2]

    def all(self) -> Sequence[Lease]:
        """Every claim that is out."""
        return list(self._out.values())

    def rest(self, queue: str, until: float) -> int:
        """The epoch second up to which `queue` is to be blocked so that it rests until `until`.

        A longer rest that was asked for before holds. URLFrontier counts whole seconds and blocks
        the last one too.
        """
        if len(self._rests) > REMEMBERED:
            now = until - self.seconds
            self._rests = {name: at for name, at in self._rests.items() if at > now}
        self._rests[queue] = max(self._rests.get(queue, 0.0), until)
        return floor(self._rests[queue])

    def is_keeping_gap(self, now: float) -> bool:
        """Whether a queue that was served last here merely keeps its gap."""
        return now < self._gaps_end

    def keep_gap(self, until: float) -> None:
        """A host's ordinary gap ends then: it is worth waiting for."""
        self._gaps_end = max(self._gaps_end, until)

    def __len__(self) -> int:
        return len(self._out)
