"""Which queue a host stands in, and how full a queue may become.

A queue is a registrable domain, so that one gap holds for all its hosts whoever asks, and so that
what leads from one of them to another (a site file that redirects to `www.`) is asked for by the
worker that has the queue. Each host keeps its own gap within.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from crawler.frontier.intake import OnLeftOut
from crawler.frontier.protocol import Discovery
from crawler.frontier.scope import domain_of, host_name
from crawler.frontier.urlfrontier.names import write_name

CountQueue = Callable[[str], Awaitable[int]]
"""Asks the frontier how many URLs a queue has ever held."""


def queue_of(host: str) -> str:
    """The queue of a host "name:port": its registrable domain, or the name that has none."""
    return write_name(domain_of(host_name(host)))


def speaks_for_queue(host: str) -> bool:
    """Whether what `host` asks for is its whole domain's wish: the domain itself, or its `www.`.

    A shop or a blog below a domain speaks for itself: where it is dead or asks for rest its own
    URLs wait, and its neighbours go on.
    """
    name = host_name(host)
    domain = domain_of(name)
    return name in (domain, f"www.{domain}")


class Budget:
    """Holds each queue to `most` URLs, as far as one worker can: to within a tenth of it.

    The frontier knows the sum of what all workers put; it is asked when this one has put another
    tenth, so that a crawl of many small sites asks for nothing.
    """

    def __init__(self, most: int | None, count: CountQueue, on_left_out: OnLeftOut | None) -> None:
        self._most = most
        self._count = count
        self._on_left_out = on_left_out
        self._known: dict[str, int] = {}
        self._since = Counter[str]()
        """URLs admitted since the frontier was asked for the sum."""

    async def admit(self, found: Sequence[Discovery]) -> list[Discovery]:
        """Those of `found` for which their queues have room; the rest is told of."""
        if self._most is None:
            return list(found)
        wanted = [each for each in found if await self._has_room(queue_of(each.host))]
        if self._on_left_out is not None and len(wanted) < len(found):
            # No seed is named: it may be one that the frontier has had from another worker.
            self._on_left_out("host_budget", len(found) - len(wanted), ())
        return wanted

    async def _has_room(self, queue: str) -> bool:
        most = self._most or 0
        if self._since[queue] >= max(most // 10, 1):
            # What is admitted may not be put yet, so the frontier's sum can lag behind ours.
            self._known[queue] = max(await self._count(queue), self._sum_of(queue))
            self._since[queue] = 0
        if self._sum_of(queue) >= most:
            return False
        self._since[queue] += 1
        return True

    def _sum_of(self, queue: str) -> int:
        return self._known.get(queue, 0) + self._since[queue]
