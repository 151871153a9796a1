"""Opens distributed frontiers: of a job that is run, or for a look at all that they have."""

from typing import TYPE_CHECKING

from crawler.errors import ConfigurationError
from crawler.frontier.intake import OnLeftOut
from crawler.frontier.protocol import Frontier
from crawler.frontier.urlfrontier.place import read_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.frontier.urlfrontier.standing import CrawlStanding
    from crawler.runtime import Runtime


async def open_distributed(runtime: "Runtime", on_left_out: OnLeftOut) -> Frontier:
    """The runtime's job on the service that `--frontier` names.

    Raises `ConfigurationError` for what a service cannot do, `StorageError` where none answers.
    """
    options = runtime.options
    nodes = read_nodes(options.frontier)
    if options.recrawl:
        raise ConfigurationError(
            "--recrawl needs a frontier of its own, and URLFrontier cannot make all URLs due: "
            "give the crawl another --job name instead."
        )
    try:
        # gRPC takes a while to load, and only fleets have it.
        from crawler.frontier.urlfrontier.frontier import UrlFrontier  # noqa: PLC0415
    except ImportError as error:
        raise _no_grpc(options.frontier, error) from error
    frontier = await UrlFrontier.open(nodes, runtime, on_left_out)
    if options.fresh:
        await frontier.forget()
    return frontier


async def read_distributed(frontier: str) -> "Sequence[CrawlStanding]":
    """How every crawl stands on the service that `--frontier` names; raises as above."""
    read_nodes(frontier)
    try:
        from crawler.frontier.urlfrontier.standing import read_standings  # noqa: PLC0415
    except ImportError as error:
        raise _no_grpc(frontier, error) from error
    return await read_standings(frontier)


def _no_grpc(frontier: str, error: ImportError) -> ConfigurationError:
    return ConfigurationError(
        f"--frontier {frontier!r} needs gRPC ({error}): install heedbot[fleet]."
    )
