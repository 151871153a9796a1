"""What `heed jobs --frontier` says of a fleet's crawls."""

import asyncio
import json
from pathlib import Path

import pytest

from crawler.clock import SystemClock
from crawler.frontier.protocol import Acknowledgement, Claim, Discovery, Ending
from crawler.frontier.urlfrontier.frontier import UrlFrontier
from crawler.frontier.urlfrontier.place import read_nodes
from tests.command import heed
from tests.frontier.urlfrontier.conftest import make_runtime
from tests.urlfrontier import frontier_cluster

CLOCK = SystemClock()


async def fill(place: str, job: str, folder: Path) -> None:
    """Three domains of two URLs, of which one URL is done and two are out."""
    runtime = make_runtime(folder, place, job)
    frontier = await UrlFrontier.open(read_nodes(place), runtime)
    urls = [f"http://127.80.0.{host}/{path}" for host in range(1, 4) for path in "ab"]
    await frontier.put([Discovery(url, url, f"{url.split('/')[2]}:80") for url in urls])
    out: list[Claim] = []
    async with asyncio.timeout(30):
        while len(out) < 3:
            out += await frontier.claim(3 - len(out), CLOCK.now())
            await asyncio.sleep(0.05)
    await frontier.acknowledge([Acknowledgement(out[0].key, Ending.PASSED)], (), CLOCK.now())
    await frontier.close()
    runtime.ledger.close()


def test_every_crawl_is_counted_over_all_nodes(tmp_path: Path) -> None:
    with frontier_cluster(tmp_path / "nodes", 2) as nodes:
        place = "urlfrontier://" + ",".join(node.address for node in nodes)
        assert heed("jobs", "--frontier", place).out == f"{place} has no job.\n"
        for job in ("spring", "autumn"):
            asyncio.run(fill(place, job, tmp_path))
        told = heed("jobs", "--frontier", place, "--json")
        found = [json.loads(line) for line in told.out.splitlines()]
        assert [one["job"] for one in found] == ["autumn", "spring"]
        for one in found:
            assert (one["queued"], one["in_flight"], one["hosts"]) == (3, 2, 3)
            assert one["done"] == {"done": 1}
        shown = heed("jobs", "--frontier", place).out.splitlines()
        assert shown[0] == "autumn (of a fleet): 3 queued, 2 in flight, 1 done, 3 domains"


@pytest.mark.parametrize(
    ("place", "says"),
    [("urlfrontier://127.0.0.1:1", "cannot be used"), ("frontier.db", "names no frontier")],
)
def test_a_frontier_that_cannot_be_asked_is_named(place: str, says: str) -> None:
    run = heed("jobs", "--frontier", place)
    assert run.code == 2
    assert place in run.err
    assert says in run.err
    assert "Traceback" not in run.err
