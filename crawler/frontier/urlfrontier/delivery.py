"""Items on their way to URLFrontier: each is put until it is answered for, and ended only once.

A connection may be lost between a put and its answer. What is put again is the same to URLFrontier,
but for a URL that is done for good: it counts that one as done once more and its queue as one URL
shorter than it is, so that nobody would come for the last of it.
"""

from collections.abc import Sequence
from typing import Final

import grpc
import grpc.aio

from crawler.frontier.urlfrontier import wire_pb2 as wire
from crawler.frontier.urlfrontier.items import NEVER
from crawler.frontier.urlfrontier.nodes import Node

NO_ANSWER: Final = (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNIMPLEMENTED)
"""Nothing is known of the URL, or a cluster was asked, which tells of none."""


class Delivery:
    """`items`, each with an ID of its own, and what became of them so far."""

    def __init__(self, items: Sequence[wire.URLItem]) -> None:
        self._items = items
        self.answers: dict[str, int] = {}
        """What became of each that is answered for, by its ID."""
        self._tried = False

    @property
    def waiting(self) -> list[wire.URLItem]:
        """What is not answered for."""
        return [item for item in self._items if item.ID not in self.answers]

    async def try_once(self, node: Node) -> None:
        """Put what waits; what fails, or is not answered for before an error, goes on waiting."""
        if self._tried:
            await self._find_arrived(node)
        self._tried = True
        async for ack in node.put_urls(self.waiting):
            if ack.status != wire.AckMessage.FAIL:
                self.answers[ack.ID] = ack.status

    async def _find_arrived(self, node: Node) -> None:
        for item in self.waiting:
            if item.HasField("known") and item.known.refetchable_from_date == NEVER:
                try:
                    found = await node.get_url_status(_question(item.known.info))
                except grpc.aio.AioRpcError as error:
                    if error.code() not in NO_ANSWER:
                        raise
                else:
                    if found.known.refetchable_from_date == NEVER:
                        self.answers[item.ID] = wire.AckMessage.OK


def _question(info: wire.URLInfo) -> wire.URLStatusRequest:
    return wire.URLStatusRequest(url=info.url, key=info.key, crawlID=info.crawlID)
