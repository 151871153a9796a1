"""A node that speaks URLFrontier's wire and keeps its published rules, as a process of its own.

    python -m tests.urlfrontier_node PORT FOLDER [--api 2.5] [--nodes HOST:PORT,HOST:PORT]

URLs and due times are in a file and outlive a kill; leases, delays and blocks are in memory only,
time is counted in whole seconds, and a queue within its delay, its block or with its fill of URLs
out is passed over: what a client of the real service must live with. Of a cluster each node has
the queues that hash to it, and hands on what is another's.
"""

import argparse
import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import grpc
import grpc.aio

from crawler.clock import SystemClock
from crawler.frontier.urlfrontier import wire_pb2 as wire
from crawler.frontier.urlfrontier.nodes import Node

CLOCK: Final = SystemClock()
DEFAULT_DELAY: Final = 1
DEFAULT_LEASE: Final = 30
ANY: Final = 2**31
SERVICE: Final = "urlfrontier.URLFrontier"
OK, SKIPPED = wire.AckMessage.OK, wire.AckMessage.SKIPPED

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS url (
    crawl TEXT NOT NULL, queue TEXT NOT NULL, url TEXT NOT NULL, due INTEGER NOT NULL,
    info BLOB NOT NULL, PRIMARY KEY (crawl, queue, url)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS url_due ON url (crawl, queue, due, url) WHERE due > 0;
"""
_DISCOVERED: Final = "INSERT OR IGNORE INTO url VALUES (?,?,?,?,?)"
_KNOWN: Final = "INSERT OR REPLACE INTO url VALUES (?,?,?,?,?)"
_COUNT: Final = (
    "SELECT coalesce(sum(due > 0), 0), coalesce(sum(due = 0), 0) FROM url"
    " WHERE crawl = ?1 AND ?2 IN ('', queue)"
)


@dataclass
class Queue:
    """What a node forgets of a queue when it stops."""

    blocked_until: int = -1
    delay: int = -1
    last_produced: int = 0
    held: dict[str, int] = field(default_factory=dict)

    def in_process(self, now: int) -> int:
        """URLs that are out."""
        self.held = {url: until for url, until in self.held.items() if until > now}
        return len(self.held)


class Store:
    """The queues of a node."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "urls.db", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_TABLE)
        self.queues = {
            (crawl, queue): Queue()
            for crawl, queue in self._db.execute("SELECT DISTINCT crawl, queue FROM url")
        }
        self.default_delay = DEFAULT_DELAY

    def put(self, info: wire.URLInfo, due: int | None) -> wire.AckMessage.Status:
        """Put a discovery (`due` None) where it is not known, or replace what is."""
        place = (info.crawlID, info.key, info.url)
        if len(info.key) > 255 or not info.key:
            return SKIPPED
        row = (*place, int(CLOCK.now()) if due is None else due, info.SerializeToString())
        new = self._db.execute(_DISCOVERED if due is None else _KNOWN, row).rowcount
        queue = self.queues.setdefault(place[:2], Queue())
        if due is not None:
            queue.held.pop(info.url, None)
        return OK if new else SKIPPED

    def take(self, params: wire.GetParams) -> list[wire.URLInfo]:
        """URLs of queues that may be served now; those served go behind the others."""
        now, taken, served = int(CLOCK.now()), [], 0
        for place in [place for place in self.queues if place[0] == params.crawlID]:
            if served >= (params.max_queues or ANY):
                break
            found = self._take_from(place, params, now)
            if found:
                self.queues[place] = self.queues.pop(place)
                taken += found
                served += 1
        return taken

    def _take_from(
        self, place: tuple[str, str], params: wire.GetParams, now: int
    ) -> list[wire.URLInfo]:
        queue, most = self.queues[place], params.max_urls_per_queue or ANY
        delay = self.default_delay if queue.delay < 0 else queue.delay
        early = queue.blocked_until >= now or queue.last_produced + delay >= now
        if early or queue.in_process(now) >= most:
            return []
        rows = self._db.execute(
            "SELECT url, info FROM url WHERE crawl = ? AND queue = ? AND due > 0 AND due <= ?"
            " ORDER BY due, url LIMIT ?",
            (*place, now, most + len(queue.held)),
        ).fetchall()
        free = [(url, info) for url, info in rows if url not in queue.held][:most]
        for url, _ in free:
            queue.held[url] = now + (params.delay_requestable or DEFAULT_LEASE)
        if free:
            queue.last_produced = now
        return [wire.URLInfo.FromString(info) for _, info in free]

    def known(self, crawl: str, key: str, url: str) -> wire.KnownURLItem | None:
        """What is kept of a URL: of one that is done for good, its name."""
        row = self._db.execute(
            "SELECT info, due FROM url WHERE (crawl, queue, url) = (?, ?, ?)", (crawl, key, url)
        ).fetchone()
        if row is None:
            return None
        kept = wire.URLInfo.FromString(row[0])
        name = wire.URLInfo(url=url, key=key, crawlID=crawl)
        return wire.KnownURLItem(info=kept if row[1] else name, refetchable_from_date=row[1])

    def stats(self, crawl: str, key: str) -> wire.Stats:
        """Counts of a crawl, or of the queue `key` of it."""
        now = int(CLOCK.now())
        mine = [
            queue
            for (its_crawl, its_key), queue in self.queues.items()
            if its_crawl == crawl and key in ("", its_key)
        ]
        size, completed = self._db.execute(_COUNT, (crawl, key)).fetchone()
        return wire.Stats(
            size=size,
            inProcess=sum(queue.in_process(now) for queue in mine),
            counts={"completed": completed},
            numberOfQueues=len(mine),
            crawlID=crawl,
        )

    def delete(self, crawl: str) -> int:
        """Forget a crawl."""
        self.queues = {place: one for place, one in self.queues.items() if place[0] != crawl}
        return self._db.execute("DELETE FROM url WHERE crawl = ?", (crawl,)).rowcount


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
        }
        if self._batches:
            methods["PutDiscovered"] = _method(stream, self.put_discovered, wire.DiscoveredBatch)
        return grpc.method_handlers_generic_handler(SERVICE, methods)

    def _owner(self, key: str) -> Node | None:
        """Whose queue it is; None where it is this node's."""
        return self._nodes.get(self._names[crc32(key.encode()) % len(self._names)])

    async def get_urls(self, params: wire.GetParams, _: object) -> AsyncIterator[wire.URLInfo]:
        for info in self._store.take(params):
            yield info

    async def put_urls(
        self, items: AsyncIterator[wire.URLItem], _: object
    ) -> AsyncIterator[wire.AckMessage]:
        async for item in items:
            known = item.HasField("known")
            info = item.known.info if known else item.discovered.info
            owner = self._owner(info.key)
            if owner is not None:
                yield (await owner.put_urls([item]))[0]
                continue
            due = item.known.refetchable_from_date if known else None
            yield wire.AckMessage(ID=item.ID, status=self._store.put(info, due))

    async def put_discovered(
        self, batches: AsyncIterator[wire.DiscoveredBatch], _: object
    ) -> AsyncIterator[wire.BatchAck]:
        async for batch in batches:
            statuses = []
            for info in batch.items:
                owner = self._owner(info.key)
                item = wire.URLItem(discovered=wire.DiscoveredURLItem(info=info))
                statuses.append(
                    self._store.put(info, None)
                    if owner is None
                    else (await owner.put_urls([item]))[0].status
                )
            yield wire.BatchAck(ID=batch.ID, statuses=statuses)

    async def get_stats(self, params: wire.QueueWithinCrawlParams, _: object) -> wire.Stats:
        stats = self._store.stats(params.crawlID, params.key)
        local = wire.QueueWithinCrawlParams(key=params.key, crawlID=params.crawlID, local=True)
        for node in () if params.local else self._nodes.values():
            more = await node.get_stats(local)
            stats.size += more.size
            stats.inProcess += more.inProcess
            stats.numberOfQueues += more.numberOfQueues
            stats.counts["completed"] += more.counts["completed"]
        return stats

    async def list_crawls(self, message: wire.Local, _: object) -> wire.StringList:
        found = {crawl for crawl, _ in self._store.queues}
        for node in () if message.local else self._nodes.values():
            found.update((await node.list_crawls(wire.Local(local=True))).values)
        return wire.StringList(values=sorted(found))

    async def block(self, params: wire.BlockQueueParams, _: object) -> wire.Empty:
        owner = self._owner(params.key)
        if owner is not None:
            return await owner.block_queue_until(params)
        queue = self._store.queues.get((params.crawlID, params.key))
        if queue is not None:
            queue.blocked_until = params.time
        return wire.Empty()

    async def set_delay(self, params: wire.QueueDelayParams, _: object) -> wire.Empty:
        owner = self._owner(params.key)
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
        gone = self._store.delete(message.value)
        local = wire.DeleteCrawlMessage(value=message.value, local=True)
        for node in () if message.local else self._nodes.values():
            gone += (await node.delete_crawl(local)).value
        return wire.Long(value=gone)


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
