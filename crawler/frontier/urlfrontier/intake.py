"""Puts into URLFrontier in batches, each item answered for, what failed put again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import grpc
import grpc.aio

from crawler.frontier.protocol import Discovery
from crawler.frontier.urlfrontier import wire_pb2 as wire
from crawler.frontier.urlfrontier.delivery import Delivery
from crawler.frontier.urlfrontier.hints import Hints
from crawler.frontier.urlfrontier.items import discovered, entry_of, known
from crawler.frontier.urlfrontier.nodes import Node, Nodes
from crawler.frontier.urlfrontier.queues import Budget

logger = logging.getLogger(__name__)

BATCH: Final = 500
LARGEST: Final = 1 << 20
"""Bytes of a batch: gRPC takes messages of 4 MiB, and one URL may bring a request with a body."""

OnFailure = Callable[[], Awaitable[object]]
OK, FAIL = wire.AckMessage.OK, wire.AckMessage.FAIL


class Intake:
    """Puts for one job; `budget` bounds what a queue takes."""

    def __init__(self, nodes: Nodes, job: str, budget: Budget, hints: Hints) -> None:
        self._nodes = nodes
        self._hints = hints
        self._job = job
        self._budget = budget
        self._batches = True
        """Whether the service takes discoveries by the batch (API 2.6)."""

    async def put(self, found: Iterable[Discovery]) -> int:
        """Put what is not known yet, and bring forward what changed; how many were new."""
        remaining, new = iter(found), 0
        while batch := list(islice(remaining, BATCH)):
            admitted = await self._budget.admit(batch)
            statuses = await self._put([entry_of(each, self._job) for each in admitted])
            taken = {each.key for each, s in zip(admitted, statuses, strict=True) if s == OK}
            new += len(taken)
            hinted = [each for each in batch if each.changed_at and each.key not in taken]
            await self.replace(await self._hints.read(hinted))
        return new

    async def replace(
        self, items: Sequence[tuple[wire.URLInfo, int]], on_failure: OnFailure | None = None
    ) -> None:
        """Put what is known, each with the epoch second from which it is wanted (0 for never).

        `on_failure` is awaited before what failed is put again: URLFrontier may have let go of it.
        """
        for start in range(0, len(items), BATCH):
            chunk = items[start : start + BATCH]
            ends = [known(info, due, n) for n, (info, due) in enumerate(chunk)]
            await self._send(ends, on_failure)

    async def _put(self, infos: Sequence[wire.URLInfo]) -> Sequence[int]:
        statuses: list[int] = []
        for part in _parts(infos):
            statuses += await self._put_part(part)
        return statuses

    async def _put_part(self, infos: Sequence[wire.URLInfo]) -> Sequence[int]:
        if self._batches:
            try:
                return await self._put_at_once(infos)
            except _NoBatchesError:
                self._batches = False
        return await self._send([discovered(info, n) for n, info in enumerate(infos)])

    async def _put_at_once(self, infos: Sequence[wire.URLInfo]) -> Sequence[int]:
        """In one message; what failed of it goes one by one."""
        batch = wire.DiscoveredBatch(ID="0", items=infos)

        async def ask(node: Node) -> Sequence[int]:
            try:
                acks = await node.put_discovered(batch)
            except grpc.aio.AioRpcError as error:
                if error.code() is grpc.StatusCode.UNIMPLEMENTED:
                    raise _NoBatchesError from error
                raise
            return acks[0].statuses if acks else ()

        statuses = list(await self._nodes.call(ask))
        failed = [n for n in range(len(infos)) if n >= len(statuses) or statuses[n] == FAIL]
        statuses += [FAIL] * (len(infos) - len(statuses))
        again = await self._send([discovered(infos[n], n) for n in failed])
        for n, status in zip(failed, again, strict=True):
            statuses[n] = status
        return statuses

    async def _send(
        self, items: Sequence[wire.URLItem], on_failure: OnFailure | None = None
    ) -> list[int]:
        """Put `items` until each is answered for, with what became of it in their order."""
        shares: dict[Node, list[wire.URLItem]] = {}
        for item in items:
            info = item.known.info if item.HasField("known") else item.discovered.info
            shares.setdefault(self._nodes.near(info.crawlID, info.key), []).append(item)
        answers: dict[str, int] = {}
        delivered = (self._deliver(*share, on_failure) for share in shares.items())
        for found in await asyncio.gather(*delivered):
            answers |= found
        return [answers[item.ID] for item in items]

    async def _deliver(
        self, node: Node, items: Sequence[wire.URLItem], on_failure: OnFailure | None
    ) -> Mapping[str, int]:
        delivery = Delivery(items)
        while delivery.waiting:
            await self._nodes.call(delivery.try_once, first=node)
            if delivery.waiting:
                if on_failure is not None:
                    await on_failure()
                await self._nodes.pause()
        return delivery.answers


def _parts(infos: Sequence[wire.URLInfo]) -> Iterator[list[wire.URLInfo]]:
    part: list[wire.URLInfo] = []
    size = 0
    for info in infos:
        size += info.ByteSize()
        if part and size > LARGEST:
            yield part
            part, size = [], info.ByteSize()
        part.append(info)
    if part:
        yield part


class _NoBatchesError(Exception):
    """The service is older than API 2.6."""
