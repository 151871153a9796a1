"""A `Frontier` on URLFrontier: claims leased, acknowledged after the flush, politeness re-asserted.

A queue has at most one URL out among all workers. Before a claim is acknowledged its queue is
blocked for the gap that its host still wants, so the next worker comes no sooner. What the service
forgets when it restarts (leases, delays, blocks) is told to it anew before anything is claimed,
and every claim's host is looked up in the ledger: no Retry-After depends on the service's memory.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from math import ceil
from typing import Final

from crawler.errors import StorageError
from crawler.frontier.intake import OnLeftOut
from crawler.frontier.patience import persist
from crawler.frontier.protocol import Acknowledgement, Claim, Counts, Discovery, Ending
from crawler.frontier.urlfrontier import wire_pb2 as wire
from crawler.frontier.urlfrontier.deletion import delete_crawl
from crawler.frontier.urlfrontier.hints import Hints
from crawler.frontier.urlfrontier.intake import Intake
from crawler.frontier.urlfrontier.items import Offer, due_after, entry_after, read_offer
from crawler.frontier.urlfrontier.leases import Lease, Leases, lease_of
from crawler.frontier.urlfrontier.names import write_name
from crawler.frontier.urlfrontier.nodes import Node, Nodes
from crawler.frontier.urlfrontier.queues import Budget, queue_of, speaks_for_queue
from crawler.frontier.urlfrontier.tally import ever_in, is_over, queued_in
from crawler.runtime import Runtime

logger = logging.getLogger(__name__)

GRACE: Final = 3.0
"""Seconds after a connection was made or lost in which nothing is claimed: every worker tells the
service of its claims meanwhile (`nodes.LONGEST_PAUSE`)."""

WORTH_HANDING_OUT: Final = 30.0
"""Seconds of rest that a claim may still wait for at its worker; a longer one goes back."""

SHORTEST_LINGER: Final = 3.0
"""URLFrontier counts in whole seconds: an empty answer says nothing about the next two."""

LONGEST_JITTER: Final = 1.1
"""A rest that is longer than the gap by more is no gap."""

START_PATIENCE: Final = 30.0
"""Seconds for which a service that is starting is waited for."""


class UrlFrontier:
    """Implements `Frontier` for one job (its crawl id), shared with any number of workers.

    Made with `open`. While the service is away every method waits, unless the crawl is asked to
    end: then, and for what cannot be mended by waiting, they raise `StorageError`.
    """

    def __init__(self, nodes: Nodes, runtime: Runtime, on_left_out: OnLeftOut | None) -> None:
        self._nodes = nodes
        self._runtime = runtime
        self._job = write_name(runtime.job)
        self._leases = Leases(lease_of(runtime.options))
        budget = Budget(runtime.options.host_budget, self._count_queue, on_left_out)
        hints = Hints(nodes, self._job, runtime.clock)
        self._intake = Intake(nodes, self._job, budget, hints)
        self._told_of = -1
        """Changes of connections as of the last time that the service was told everything."""
        self._claims_from = 0.0
        self._delays: dict[str, int] = {}
        self._lively = runtime.clock.now()
        """When the crawl was last seen to be under way anywhere."""
        self._renewals = asyncio.ensure_future(self._renew())

    @classmethod
    async def open(
        cls, addresses: Sequence[str], runtime: Runtime, on_left_out: OnLeftOut | None = None
    ) -> "UrlFrontier":
        """Connect; raises `StorageError` where no node answers within `START_PATIENCE`."""
        nodes = Nodes(addresses, runtime.clock, lambda: runtime.pace.draining)
        frontier = cls(nodes, runtime, on_left_out)
        try:
            await frontier._stats("", patience=START_PATIENCE)
        except BaseException:
            await frontier.close()
            raise
        return frontier

    async def put(self, discoveries: Iterable[Discovery]) -> int:
        """See `Frontier.put`."""
        new = await self._intake.put(discoveries)
        if new:
            self._lively = self._runtime.clock.now()
        return new

    async def claim(self, hosts: int, now: float) -> Sequence[Claim]:
        """See `Frontier.claim`."""
        await self._tell_again()
        if now < self._claims_from:
            return []
        offers = await self._get(hosts, now)
        if self._nodes.changes != self._told_of:
            # From a service that may not have heard yet of what other workers have out.
            ends = [Acknowledgement(offer.claim.key, Ending.DEFERRED, now) for offer in offers]
            await self.acknowledge(ends, (), now)
            return []
        if offers:
            self._lively = now
        hosts_met = {offer.claim.host for offer in offers}
        paces = await persist(self._runtime, partial(self._runtime.ledger.host_paces, hosts_met))
        ready = []
        for offer in offers:
            host = offer.claim.host
            self._runtime.pace.recall(host, paces.get(host), self._claims_from - GRACE)
            await self._assert_delay(offer)
            if not await self._goes_back(offer, now):
                ready.append(offer.claim)
        return ready

    async def acknowledge(
        self, endings: Sequence[Acknowledgement], discoveries: Sequence[Discovery], now: float
    ) -> None:
        """See `Frontier.acknowledge`; discoveries first, so that a kill in between loses none."""
        await self.put(discoveries)
        ended = [(lease, end) for end in endings if (lease := self._leases.get(end.key))]
        if not ended:
            return
        await asyncio.gather(*(self._space(lease, now) for lease, _ in ended))
        leases = [lease for lease, _ in ended]
        await self._intake.replace(
            [(entry_after(lease.offer, end, now), due_after(end, now)) for lease, end in ended],
            partial(self._hold_all, leases),
        )
        # A claim is held until its end is known: the service may have been away for long.
        held = [lease for lease in leases if self._leases.end(lease) and lease.blocks]
        await asyncio.gather(*(self._space(lease, now) for lease in held))
        self._lively = self._runtime.clock.now()

    async def delay(self, host: str, until: float) -> None:
        """See `Frontier.delay`."""
        await self._rest(queue_of(host), until)

    async def block(self, host: str, until: float, reason: str) -> None:  # noqa: ARG002 (the ledger has the reason)
        """See `Frontier.block`; a host that speaks for itself alone rests URL by URL."""
        if speaks_for_queue(host):
            await self._rest(queue_of(host), until)

    async def counts(self, now: float) -> Counts:
        """See `Frontier.counts`; what is due again later counts as queued."""
        stats = await self._stats("")
        if stats.inProcess:
            self._lively = now
        return Counts(
            queued=queued_in(stats),
            in_flight=stats.inProcess,
            done={"done": done} if (done := stats.counts.get("completed", 0)) else {},
            hosts=stats.numberOfQueues,
            next_due=None if is_over(stats) else self._next_due(now),
        )

    async def forget(self) -> None:
        """Delete the job's queues (`--fresh`)."""
        await delete_crawl(self._nodes, self._job)

    async def resting(
        self,
        now: float,  # noqa: ARG002
        limit: int = 100,  # noqa: ARG002
    ) -> Sequence[tuple[str, float, str]]:
        """None: the service knows which queues are blocked, and tells nobody."""
        return ()

    async def close(self) -> None:
        """Let go; what is still out is offered again when its lease ends. May be called twice."""
        self._renewals.cancel()
        # Where it has failed already, the call after it has failed the same way and was heard.
        with suppress(asyncio.CancelledError, StorageError):
            await self._renewals
        await self._nodes.close()

    async def _get(self, hosts: int, now: float) -> list[Offer]:
        offers: list[Offer] = []

        async def ask(node: Node) -> None:
            wanted = hosts - len(offers)
            if wanted > 0:
                params = wire.GetParams(
                    max_urls_per_queue=1,
                    max_queues=wanted,
                    delay_requestable=self._leases.seconds,
                    crawlID=self._job,
                )
                offers.extend(await self._take(await node.get_urls(params), now))

        await self._nodes.each(ask)
        return offers

    async def _take(self, infos: Sequence[wire.URLInfo], now: float) -> list[Offer]:
        offers, strange = [], []
        for info in infos:
            offer = read_offer(info)
            if offer is None:
                strange.append((info, 0))
                continue
            self._leases.add(offer, now)
            offers.append(offer)
        if strange:
            logger.warning("Not crawled, no URLs: %s", ", ".join(each.url for each, _ in strange))
            await self._intake.replace(strange)
        return offers

    async def _goes_back(self, offer: Offer, now: float) -> bool:
        """Whether the offer is not for now: found to be due later, or its host rests."""
        until = max(offer.due, self._runtime.pace.next_turn(offer.claim.host))
        if until - now <= WORTH_HANDING_OUT and offer.due <= now:
            return False
        if self._runtime.pace.next_turn(offer.claim.host) > now:
            await self.block(offer.claim.host, until, "the ledger says so")
        end = Acknowledgement(offer.claim.key, Ending.DEFERRED, until)
        await self.acknowledge([end], (), now)
        return True

    async def _space(self, lease: Lease, now: float) -> None:
        """Let the queue rest for the gap that its host wants after what was asked of it."""
        until = self._runtime.pace.next_turn(lease.offer.claim.host)
        await self._assert_delay(lease.offer)
        if until <= now + LONGEST_JITTER * self._runtime.pace.gap(lease.offer.claim.host):
            self._leases.keep_gap(until + SHORTEST_LINGER)
        if until > now or lease.blocks:
            lease.blocks = False
            await self._rest(lease.offer.queue, until)

    async def _rest(self, queue: str, until: float) -> None:
        params = wire.BlockQueueParams(
            key=queue, time=max(self._leases.rest(queue, until), 0), crawlID=self._job
        )
        await self._nodes.call(lambda node: node.block_queue_until(params))

    async def _assert_delay(self, offer: Offer) -> None:
        """The gap between two claims, for the case that whoever has one cannot tell its end."""
        seconds = ceil(self._runtime.pace.gap(offer.claim.host))
        if self._delays.get(offer.queue) == seconds:
            return
        self._delays[offer.queue] = seconds
        params = wire.QueueDelayParams(
            key=offer.queue, delay_requestable=seconds, crawlID=self._job
        )
        await self._nodes.call(lambda node: node.set_delay(params))

    async def _tell_again(self) -> None:
        """After a connection was lost, tell of every claim: the service may have forgotten.

        Nothing is claimed for `GRACE` seconds after the service was heard again.
        """
        if self._nodes.changes == self._told_of:
            return
        changes = self._nodes.changes
        self._delays.clear()
        await self._stats("")
        await self._hold_all(self._leases.all())
        self._claims_from = self._runtime.clock.now() + GRACE
        self._told_of = changes

    async def _hold_all(self, leases: Sequence[Lease]) -> None:
        now = self._runtime.clock.now()
        await asyncio.gather(*(self._hold(lease, now) for lease in leases))

    async def _hold(self, lease: Lease, now: float) -> None:
        """Keep the queue of a claim from everybody else for another lease."""
        lease.until, lease.blocks = now + self._leases.seconds, True
        params = wire.BlockQueueParams(
            key=lease.offer.queue, time=ceil(lease.until), crawlID=self._job
        )
        await self._nodes.call(lambda node: node.block_queue_until(params))
        if self._leases.get(lease.offer.claim.key) is not lease:
            await self._space(lease, now)

    async def _renew(self) -> None:
        while True:
            await self._runtime.clock.sleep(min(self._leases.seconds / 4, GRACE / 3))
            await self._tell_again()
            now = self._runtime.clock.now()
            for lease in self._leases.running_out(now):
                await self._hold(lease, now)

    async def _stats(self, queue: str, *, patience: float | None = None) -> wire.Stats:
        params = wire.QueueWithinCrawlParams(key=queue, crawlID=self._job)
        ask = partial(Node.get_stats, params=params)
        return await self._nodes.call(ask, patience=patience)

    async def _count_queue(self, queue: str) -> int:
        return ever_in(await self._stats(queue))

    def _next_due(self, now: float) -> float | None:
        """When something may be handed out again: soon while anybody works, and for `--linger`."""
        linger = self._runtime.options.linger
        quiet = now - max(self._lively, self._claims_from)
        if quiet < max(linger, SHORTEST_LINGER):
            return now + min(1.0, linger)
        return now if self._leases.is_keeping_gap(now) else None
