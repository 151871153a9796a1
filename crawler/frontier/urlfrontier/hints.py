"""Hints that a known page has changed, as far as URLFrontier tells what it knows of it.

A page that is due later is asked about, and put again with an earlier date. A cluster answers no
such question (2.6): there every page keeps the date that its last visit gave it.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

import grpc
import grpc.aio

from crawler.clock import Clock
from crawler.frontier.protocol import Discovery
from crawler.frontier.urlfrontier import wire_pb2 as wire
from crawler.frontier.urlfrontier.items import entry_sooner
from crawler.frontier.urlfrontier.nodes import Node, Nodes
from crawler.frontier.urlfrontier.queues import queue_of

logger = logging.getLogger(__name__)

AT_ONCE: Final = 50
"""Questions under way at a time."""


class Hints:
    """Reads hints for one job; a hint that cannot be read is none."""

    def __init__(self, nodes: Nodes, job: str, clock: Clock) -> None:
        self._nodes = nodes
        self._job = job
        self._clock = clock
        self._answered = True

    async def read(self, hinted: Sequence[Discovery]) -> list[tuple[wire.URLInfo, int]]:
        """Those of `hinted` that are wanted sooner, each with the epoch second from which."""
        found = []
        for start in range(0, len(hinted), AT_ONCE):
            chunk = hinted[start : start + AT_ONCE]
            found += await asyncio.gather(*map(self._read, chunk))
        return [each for each in found if each is not None]

    async def _read(self, hinted: Discovery) -> tuple[wire.URLInfo, int] | None:
        if not self._answered:
            return None
        request = wire.URLStatusRequest(
            url=hinted.key, key=queue_of(hinted.host), crawlID=self._job
        )

        async def ask(node: Node) -> wire.URLItem | None:
            try:
                return await node.get_url_status(request)
            except grpc.aio.AioRpcError as error:
                self._hear(error.code())
                return None

        item = await self._nodes.call(ask)
        if item is None:
            return None
        return entry_sooner(item.known, hinted.changed_at, self._clock.now())

    def _hear(self, code: grpc.StatusCode) -> None:
        if code is grpc.StatusCode.UNIMPLEMENTED and self._answered:
            self._answered = False
            logger.warning(
                "%s does not tell what it knows of a URL: a sitemap's lastmod changes no due time.",
                self._nodes.place,
            )
