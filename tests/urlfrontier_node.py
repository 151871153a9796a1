"""A node that speaks URLFrontier's wire and keeps its published rules, as a process of its own.

    python -m tests.urlfrontier_node PORT FOLDER [--api 2.5] [--nodes HOST:PORT,HOST:PORT]

URLs and due times are in a file and outlive a kill; leases, delays and blocks are in memory only,
time is counted in whole seconds, and a queue within its delay, its block or with its fill of URLs
out is passed over: what a client of the real service must live with. Of a cluster each node has
the queues that hash to it, and hands on what is another's, but no batches. `urlfrontier_store` has
the queues.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import grpc
import grpc.aio

from crawler.frontier.urlfrontier import wire_pb2 as wire
from crawler.frontier.urlfrontier.nodes import Node
from tests.urlfrontier_store import ANY, FAIL, Store

SERVICE: Final = "urlfrontier.URLFrontier"
SUMS: Final = ("completed", "active_queues")


class Service:
    """The calls, on one node of `nodes`; `me` is its own address there."""

    def __init__(self, store: Store, me: str, nodes: tuple[str, ...], *, batches: bool) -> None:
        self._store = store
        self._nodes = {name: Node(name) for name in nodes if name != me}
        self._names, self._me, self._batches = sorted(nodes), me, batches

    def handlers(self) -> grpc.GenericRpcHandler:
        """What the server answers with."""
        unary, stream = grpc.unary_unary_rpc_method_handler, grpc.stream_stream_rpc_method_handler
        methods: dict[str, Any] = {
            "GetURLs": _method(grpc.unary_stream_rpc_method_handler, self.get_urls, wire.GetParams),
            "PutURLs": _method(stream, self.put_urls, wire.URLItem),
            "GetStats": _method(unary, self.get_stats, wire.QueueWithinCrawlParams),
            "BlockQueueUntil": _method(unary, self.block, wire.BlockQueueParams),
            "SetDelay": _method(unary, self.set_delay, wire.QueueDelayParams),
            "GetURLStatus": _method(unary, self.get_url_status, wire.URLStatusRequest),
            "DeleteCrawl": _method(unary, self.delete_crawl, wire.DeleteCrawlMessage),
            "ListCrawls": _method(unary, self.list_crawls, wire.Local),
            "ListQueues": _method(unary, self.list_queues, wire.Pagination),
            "DeleteQueue": _method(unary, self.delete_queue, wire.QueueWithinCrawlParams),
        }
        if self._batches and not self._nodes:
            methods["PutDiscovered"] = _method(stream, self.put_discovered, wire.DiscoveredBatch)
        return grpc.method_handlers_generic_handler(SERVICE, methods)

    def _owner(self, crawl: str, key: str) -> Node | None:
        """Whose queue it is; None where it is this node's."""
        return self._nodes.get(self._names[abs(java_hash(f"{crawl}_{key}")) % len(self._names)])

    async def get_urls(self, params: wire.GetParams, _: object) -> AsyncIterator[wire.URLInfo]:
        for info in self._store.take(params):
            yield info

    async def put_urls(
        self, items: AsyncIterator[wire.URLItem], _: object
    ) -> AsyncIterator[wire.AckMessage]:
        async for item in items:
            known = item.HasField("known")
            info = item.known.info if known else item.discovered.info
            owner = self._owner(info.crawlID, info.key)
            if owner is not None:
                yield await _hand_on(item, owner)
                continue
            due = item.known.refetchable_from_date if known else None
            yield wire.AckMessage(ID=item.ID, status=self._store.put(info, due))

    async def put_discovered(
        self, batches: AsyncIterator[wire.DiscoveredBatch], _: object
    ) -> AsyncIterator[wire.BatchAck]:
        async for batch in batches:
            statuses = [self._store.put(info, None) for info in batch.items]
            yield wire.BatchAck(ID=batch.ID, statuses=statuses)

    async def get_stats(self, params: wire.QueueWithinCrawlParams, _: object) -> wire.Stats:
        stats = self._store.stats(params.crawlID, params.key)
        local = wire.QueueWithinCrawlParams(key=params.key, crawlID=params.crawlID, local=True)
        for node in () if params.local else self._nodes.values():
            more = await node.get_stats(local)
            stats.size = (stats.size + more.size) % 2**64
            stats.inProcess += more.inProcess
            stats.numberOfQueues += more.numberOfQueues
            for each in SUMS:
                stats.counts[each] += more.counts[each]
        return stats

    async def list_crawls(self, message: wire.Local, _: object) -> wire.StringList:
        found = {crawl for crawl, _ in self._store.queues}
        for node in () if message.local else self._nodes.values():
            found.update((await node.list_crawls(wire.Local(local=True))).values)
        return wire.StringList(values=sorted(found))

    async def block(self, params: wire.BlockQueueParams, _: object) -> wire.Empty:
        owner = self._owner(params.crawlID, params.key)
        if owner is not None:
            return await owner.block_queue_until(params)
        queue = self._store.queues.get((params.crawlID, params.key))
        if queue is not None:
            queue.blocked_until = params.time
        return wire.Empty()

    async def set_delay(self, params: wire.QueueDelayParams, _: object) -> wire.Empty:
        owner = self._owner(params.crawlID, params.key)
        if owner is not None:
            return await owner.set_delay(params)
        queue = self._store.queues.get((params.crawlID, params.key))
        if not params.key:
            self._store.default_delay = params.delay_requestable
        elif queue is not None:
            queue.delay = params.delay_requestable
        return wire.Empty()

    async def get_url_status(
        self, request: wire.URLStatusRequest, context: "grpc.aio.ServicerContext[Any, Any]"
    ) -> wire.URLItem:
        if self._nodes:
            await context.abort(grpc.StatusCode.UNIMPLEMENTED)
        known = self._store.known(request.crawlID, request.key, request.url)
        if known is None:
            await context.abort(grpc.StatusCode.NOT_FOUND)
        return wire.URLItem(known=known)

    async def delete_crawl(self, message: wire.DeleteCrawlMessage, _: object) -> wire.Long:
        gone = self._store.delete_crawl(message.value)
        local = wire.DeleteCrawlMessage(value=message.value, local=True)
        for node in () if message.local else self._nodes.values():
            gone += (await node.delete_crawl(local)).value
        return wire.Long(value=gone % 2**64)

    async def list_queues(self, page: wire.Pagination, _: object) -> wire.QueueList:
        found = [queue for crawl, queue in self._store.queues if crawl == page.crawlID]
        local = wire.Pagination(size=page.size, crawlID=page.crawlID, local=True)
        for node in () if page.local else self._nodes.values():
            found += (await node.list_queues(local)).values
        return wire.QueueList(values=found[: page.size or ANY])

    async def delete_queue(self, params: wire.QueueWithinCrawlParams, _: object) -> wire.Long:
        owner = self._owner(params.crawlID, params.key)
        if owner is not None:
            return await owner.delete_queue(params)
        return wire.Long(value=self._store.delete_queue(params.crawlID, params.key) % 2**64)


async def _hand_on(item: wire.URLItem, owner: Node) -> wire.AckMessage:
    with suppress(grpc.aio.AioRpcError):
        async for ack in owner.put_urls([item]):
            return ack
    return wire.AckMessage(ID=item.ID, status=FAIL)


def java_hash(text: str) -> int:
    """Of an ASCII text."""
    number = 0
    for character in text:
        number = (number * 31 + ord(character) + 2**31) % 2**32 - 2**31
    return number


def _method(make: Callable[..., Any], answer: Callable[..., Any], asked: Any) -> Any:  # noqa: ANN401 (gRPC's own)
    return make(
        answer,
        request_deserializer=asked.FromString,
        response_serializer=lambda message: message.SerializeToString(),
    )


async def serve(port: int, folder: Path, nodes: tuple[str, ...], *, batches: bool) -> None:
    """Answer on 127.0.0.1 until killed."""
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    service = Service(Store(folder), f"127.0.0.1:{port}", nodes, batches=batches)
    server.add_generic_rpc_handlers((service.handlers(),))
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--api", default="2.6")
    parser.add_argument("--nodes", default="")
    said = parser.parse_args()
    listed = tuple(said.nodes.split(",")) if said.nodes else (f"127.0.0.1:{said.port}",)
    asyncio.run(serve(said.port, said.folder, listed, batches=said.api == "2.6"))
