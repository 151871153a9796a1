"""What a URLFrontier says of the crawls that it has, to whoever asks beside their workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from crawler.clock import SystemClock
from crawler.frontier.urlfrontier import wire_pb2 as wire
from crawler.frontier.urlfrontier.names import read_name
from crawler.frontier.urlfrontier.nodes import Node, Nodes
from crawler.frontier.urlfrontier.place import read_nodes
from crawler.frontier.urlfrontier.tally import queued_in

PATIENCE: Final = 5.0
"""Seconds for which a service that does not answer is asked again."""


@dataclass(frozen=True, slots=True)
class CrawlStanding:
    """One crawl, over all its workers: URLs that wait (later ones too), are out, are done."""

    name: str
    queued: int
    in_flight: int
    done: int
    queues: int
    """Registrable domains."""


async def read_standings(frontier: str) -> Sequence[CrawlStanding]:
    """Every crawl of the service, by name.

    Raises `ConfigurationError` where `frontier` names none, `StorageError` where none answers.
    """
    nodes = Nodes(read_nodes(frontier), SystemClock(), lambda: False)
    try:
        ask = partial(Node.list_crawls, where=wire.Local())
        names = await nodes.call(ask, patience=PATIENCE)
        return [await _read(nodes, name) for name in sorted(names.values)]
    finally:
        await nodes.close()


async def _read(nodes: Nodes, name: str) -> CrawlStanding:
    params = wire.QueueWithinCrawlParams(crawlID=name)
    stats = await nodes.call(partial(Node.get_stats, params=params), patience=PATIENCE)
    return CrawlStanding(
        name=read_name(name),
        queued=queued_in(stats),
        in_flight=stats.inProcess,
        done=stats.counts.get("completed", 0),
        queues=stats.numberOfQueues,
    )
