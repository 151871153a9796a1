"""Deletes a crawl from URLFrontier, all of it and nothing else."""

from functools import partial
from typing import Final

from crawler.frontier.urlfrontier import wire_pb2 as wire
from crawler.frontier.urlfrontier.names import is_deleted_alone
from crawler.frontier.urlfrontier.nodes import Node, Nodes

ALL: Final = 2**31 - 1
"""The most queues that one answer can be asked to list."""


async def delete_crawl(nodes: Nodes, crawl: str) -> None:
    """Delete the queues of `crawl`: at once, or one by one beside crawls that would suffer by it.

    One by one takes the service a look at all of its queues for each. Raises `StorageError`.
    """
    told = await nodes.call(partial(Node.list_crawls, where=wire.Local()))
    if is_deleted_alone([*told.values, crawl]):
        message = wire.DeleteCrawlMessage(value=crawl)
        await nodes.call(partial(Node.delete_crawl, message=message))
        return
    page = wire.Pagination(size=ALL, include_inactive=True, crawlID=crawl)
    queues = await nodes.call(partial(Node.list_queues, page=page))
    for queue in queues.values:
        params = wire.QueueWithinCrawlParams(key=queue, crawlID=crawl)
        await nodes.call(partial(Node.delete_queue, params=params))
