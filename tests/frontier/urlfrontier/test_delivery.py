"""What is put when an answer was lost, and how much at once."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from uuid import uuid4

import grpc.aio
import pytest

from crawler.clock import SystemClock
from crawler.frontier.protocol import Discovery
from crawler.frontier.urlfrontier import wire_pb2 as wire
from crawler.frontier.urlfrontier.delivery import Delivery
from crawler.frontier.urlfrontier.frontier import UrlFrontier
from crawler.frontier.urlfrontier.items import discovered, known
from crawler.frontier.urlfrontier.nodes import Node, Nodes
from tests.frontier.urlfrontier.conftest import claimed, make_runtime
from tests.urlfrontier import FrontierService, frontier_cluster

SOON = 2_000_000_000


def url(job: str, path: str) -> wire.URLInfo:
    return wire.URLInfo(url=f"http://127.80.0.1/{path}", key="127.80.0.1", crawlID=job)


async def deliver(delivery: Delivery, node: Node) -> Collection[int]:
    """A node whose neighbour has just started may fail what it would hand on."""
    async with asyncio.timeout(12):
        while delivery.waiting:
            await delivery.try_once(node)
            await asyncio.sleep(0.05)
    return delivery.answers.values()


async def put(node: Node, items: list[wire.URLItem]) -> None:
    await deliver(Delivery(items), node)


async def test_an_end_that_has_arrived_unanswered_is_not_counted_twice(
    service: FrontierService,
) -> None:
    job, node, away = uuid4().hex, Node(service.address), Node("127.0.0.1:1")
    await put(node, [discovered(url(job, path), n) for n, path in enumerate("abc")])
    # The connection was lost with the answers to these on it.
    await put(node, [known(url(job, "a"), 0, 0), known(url(job, "b"), SOON, 1)])
    ends = [known(url(job, "a"), 0, 0), known(url(job, "b"), SOON, 1), known(url(job, "c"), 0, 2)]
    delivery = Delivery(ends)
    with pytest.raises(grpc.aio.AioRpcError):
        await delivery.try_once(away)
    assert len(delivery.waiting) == 3
    assert list(await deliver(delivery, node)) == [wire.AckMessage.OK] * 3
    stats = await node.get_stats(wire.QueueWithinCrawlParams(crawlID=job))
    assert (stats.size, stats.counts["completed"]) == (1, 2)
    for one in (node, away):
        await one.close()


async def test_a_cluster_which_tells_of_no_url_is_told_again(tmp_path: Path) -> None:
    with frontier_cluster(tmp_path, 2) as nodes:
        node, away = Node(nodes[0].address), Node("127.0.0.1:1")
        await put(node, [discovered(url("job", "a"), 0)])
        delivery = Delivery([known(url("job", "a"), 0, 0)])
        with pytest.raises(grpc.aio.AioRpcError):
            await delivery.try_once(away)
        assert list(await deliver(delivery, node)) == [wire.AckMessage.OK]
        for one in (node, away):
            await one.close()


async def test_urls_are_put_at_the_node_that_has_their_queue(tmp_path: Path) -> None:
    with frontier_cluster(tmp_path, 3) as services:
        nodes = Nodes([each.address for each in services], SystemClock(), lambda: False)
        queues = [f"{number}.example" for number in range(16)]
        for number, queue in enumerate(queues):
            info = wire.URLInfo(url=f"http://{queue}/", key=queue, crawlID="job")
            await deliver(Delivery([discovered(info, number)]), nodes.all[0])
        for queue in queues:
            ask = wire.QueueWithinCrawlParams(key=queue, crawlID="job", local=True)
            has = [node for node in nodes.all if (await node.get_stats(ask)).size]
            assert has == [nodes.near("job", queue)]
        assert len({nodes.near("job", queue) for queue in queues}) == 3
        await nodes.close()


async def test_urls_are_put_in_messages_that_grpc_takes(
    service: FrontierService, tmp_path: Path
) -> None:
    runtime = make_runtime(tmp_path, service.url, uuid4().hex)
    frontier = await UrlFrontier.open([service.address], runtime)
    found = [
        Discovery(f"http://127.80.0.1/{n}", f"http://127.80.0.1/{n}", "127.80.0.1:80",
                  request=b"x" * 20_000)
        for n in range(300)
    ]  # fmt: skip
    async with asyncio.timeout(30):
        assert await frontier.put(found) == len(found)
    await frontier.close()
    runtime.ledger.close()


async def test_names_with_the_service_s_own_sign_are_handed_out(
    service: FrontierService, tmp_path: Path
) -> None:
    runtime = make_runtime(tmp_path, service.url, f"{uuid4().hex}_50% old")
    frontier = await UrlFrontier.open([service.address], runtime)
    url = "http://my_site.github.io/a_b"
    await frontier.put([Discovery(url, url, "my_site.github.io:80")])
    assert [claim.url for claim in await claimed(frontier, 1)] == [url]
    await frontier.close()
    runtime.ledger.close()
