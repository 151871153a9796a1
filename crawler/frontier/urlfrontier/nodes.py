"""The nodes of a URLFrontier, and how they are called: whoever is away is waited for.

URLFrontier speaks plaintext and asks nobody who he is: it belongs on a private network.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final, TypeVar

import grpc
import grpc.aio
from google.protobuf.message import Message

from crawler.clock import Clock
from crawler.errors import StorageError
from crawler.frontier.urlfrontier import wire_pb2 as wire
from crawler.frontier.urlfrontier.place import SCHEME

T = TypeVar("T")
Answer = TypeVar("Answer", bound=Message)

logger = logging.getLogger(__name__)

CALL_SECONDS: Final = 30.0
"""What one call may take before its node counts as away."""

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 1.0
"""Seconds between tries: short, because a node that has restarted must hear of every worker's
claims before any of them claims again (`frontier.GRACE`)."""

LAST_TRIES: Final = 3.0
"""Seconds of trying that remain when the crawl is asked to end."""

_OPTIONS: Final = (
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.max_receive_message_length", 64 * 1024 * 1024),
    ("grpc.enable_http_proxy", 0),
)
_SERVICE: Final = "/urlfrontier.URLFrontier/"
READY: Final = grpc.ChannelConnectivity.READY
AWAY: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.ABORTED,
    }
)
"""Answers after which the same call may succeed later: a node that stops answers with several."""


class Node:
    """One node: its channel and the calls that Heed makes."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.changes = 0
        """How often the connection was lost or found again: what the node kept in memory may be
        gone after the one, and other workers' claims be unknown to it after the other."""
        self._channel = grpc.aio.insecure_channel(address, options=_OPTIONS)
        self._watcher = asyncio.ensure_future(self._watch())

    async def get_urls(self, params: wire.GetParams) -> list[wire.URLInfo]:
        """Up to `max_urls_per_queue` URLs of up to `max_queues` queues."""
        return await self._listen("GetURLs", params, wire.URLInfo)

    def put_urls(self, items: Sequence[wire.URLItem]) -> AsyncIterator[wire.AckMessage]:
        """Put or replace; the answers come in any order and bear the items' ids."""
        return self._tell("PutURLs", items, wire.AckMessage)

    async def put_discovered(self, batch: wire.DiscoveredBatch) -> list[wire.BatchAck]:
        """Put what is not known, many in one message; UNIMPLEMENTED before API 2.6."""
        return [ack async for ack in self._tell("PutDiscovered", [batch], wire.BatchAck)]

    async def get_stats(self, params: wire.QueueWithinCrawlParams) -> wire.Stats:
        """Counts of a crawl, or of one queue of it."""
        return await self._ask("GetStats", params, wire.Stats)

    async def list_crawls(self, where: wire.Local) -> wire.StringList:
        """The ids of the crawls of all nodes, or of this one."""
        return await self._ask("ListCrawls", where, wire.StringList)

    async def block_queue_until(self, params: wire.BlockQueueParams) -> wire.Empty:
        """Hand out nothing of a queue up to a time, that second included."""
        return await self._ask("BlockQueueUntil", params, wire.Empty)

    async def set_delay(self, params: wire.QueueDelayParams) -> wire.Empty:
        """Seconds that pass between two claims of a queue."""
        return await self._ask("SetDelay", params, wire.Empty)

    async def get_url_status(self, request: wire.URLStatusRequest) -> wire.URLItem:
        """What is known of a URL; NOT_FOUND where nothing is, UNIMPLEMENTED by a cluster."""
        return await self._ask("GetURLStatus", request, wire.URLItem)

    async def delete_crawl(self, message: wire.DeleteCrawlMessage) -> wire.Long:
        """Forget all queues of a crawl; returns how many URLs they held (see `delete_crawl`)."""
        return await self._ask("DeleteCrawl", message, wire.Long)

    async def list_queues(self, page: wire.Pagination) -> wire.QueueList:
        """The queues of a crawl."""
        return await self._ask("ListQueues", page, wire.QueueList)

    async def delete_queue(self, params: wire.QueueWithinCrawlParams) -> wire.Long:
        """Forget a queue; returns how many URLs it held."""
        return await self._ask("DeleteQueue", params, wire.Long)

    async def close(self) -> None:
        """Let go of the connection."""
        self._watcher.cancel()
        with suppress(asyncio.CancelledError):
            await self._watcher
        await self._channel.close()

    async def _ask(self, name: str, asked: Message, answer: type[Answer]) -> Answer:
        call = self._channel.unary_unary(_SERVICE + name, _as_bytes, answer.FromString)
        return await call(asked, timeout=CALL_SECONDS)

    async def _listen(self, name: str, asked: Message, answer: type[Answer]) -> list[Answer]:
        call = self._channel.unary_stream(_SERVICE + name, _as_bytes, answer.FromString)
        return [each async for each in call(asked, timeout=CALL_SECONDS)]

    async def _tell(
        self, name: str, told: Iterable[Message], answer: type[Answer]
    ) -> AsyncIterator[Answer]:
        call = self._channel.stream_stream(_SERVICE + name, _as_bytes, answer.FromString)
        async for each in call(_each(told), timeout=CALL_SECONDS):
            yield each

    async def _watch(self) -> None:
        """Notice a lost connection even where no call was under way."""
        state = self._channel.get_state(try_to_connect=True)
        while True:
            await self._channel.wait_for_state_change(state)
            was, state = state, self._channel.get_state(try_to_connect=True)
            found = state is READY and self.changes > 0
            if was is READY or found:
                self.changes += 1


def _as_bytes(message: Message) -> bytes:
    return message.SerializeToString()


async def _each(items: Iterable[T]) -> AsyncIterator[T]:
    for item in items:
        yield item


class Nodes:
    """All nodes of a frontier: any of them takes puts and control calls, each has its queues."""

    def __init__(self, addresses: Sequence[str], clock: Clock, ending: Callable[[], bool]) -> None:
        """`ending` tells that the crawl is asked to end: then nobody is waited for any longer."""
        self.all = tuple(Node(address) for address in addresses)
        self._sorted = sorted(self.all, key=lambda node: node.address)
        self._clock = clock
        self._ending = ending
        self._turn = 0

    @property
    def place(self) -> str:
        """The frontier as its operator named it."""
        return SCHEME + ",".join(node.address for node in self.all)

    @property
    def changes(self) -> int:
        """How often a connection was lost or found again in all."""
        return sum(node.changes for node in self.all)

    def near(self, crawl: str, queue: str) -> Node:
        """The node that has a queue, if the cluster's own list is that of `--frontier`.

        Any node hands on what is another's. But a node that was gone for a while may be handed
        nothing any more by the others, until they have started anew too.
        """
        units = f"{crawl}_{queue}".encode("utf-16-be")
        number = 0
        for high, low in zip(units[::2], units[1::2], strict=True):
            number = (31 * number + (high << 8) + low) & 0xFFFF_FFFF
        # As Java counts: the hash has a sign, which is left aside.
        return self._sorted[min(number, (1 << 32) - number) % len(self._sorted)]

    async def call(
        self,
        ask: Callable[[Node], Awaitable[T]],
        *,
        first: Node | None = None,
        patience: float | None = None,
    ) -> T:
        """What any node answers to `ask`; tries again, node after node, while all are away.

        Begins with `first`. Raises `StorageError` when `patience` (seconds, None for any) or the
        crawl is at its end.
        """
        began, pause, told = self._clock.now(), FIRST_PAUSE, False
        while True:
            self._turn += 1
            node = first or self.all[self._turn % len(self.all)]
            first = None
            try:
                answer = await ask(node)
            except grpc.aio.AioRpcError as error:
                if error.code() not in AWAY:
                    raise self._error(node, error) from error
                waited = self._clock.now() - began
                limit = LAST_TRIES if self._ending() else patience
                if limit is not None and waited >= limit:
                    raise self._error(node, error) from error
                if not told and waited >= LONGEST_PAUSE:
                    logger.warning("The frontier %s is away: waiting for it.", self.place)
                    told = True
                await self._clock.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                if told:
                    waited = self._clock.now() - began
                    logger.warning("The frontier %s is back after %.0f s.", self.place, waited)
                return answer

    async def each(self, ask: Callable[[Node], Awaitable[T]]) -> list[T]:
        """What every node answers that is there."""
        answers = []
        self._turn += 1
        for number in range(len(self.all)):
            node = self.all[(self._turn + number) % len(self.all)]
            try:
                answers.append(await ask(node))
            except grpc.aio.AioRpcError as error:
                if error.code() not in AWAY:
                    raise self._error(node, error) from error
        return answers

    async def pause(self) -> None:
        """Let a node that takes nothing at this moment come to itself."""
        await self._clock.sleep(LONGEST_PAUSE)

    async def close(self) -> None:
        """Let go of every connection."""
        await asyncio.gather(*(node.close() for node in self.all))

    def _error(self, node: Node, error: grpc.aio.AioRpcError) -> StorageError:
        said = (error.details() or error.code().name).partition("\n")[0]
        return StorageError(
            f"The frontier {SCHEME}{node.address} cannot be used: {said}; check that URLFrontier "
            "runs there, then run the same command again."
        )
