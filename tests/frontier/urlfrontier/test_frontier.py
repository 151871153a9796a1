"""The frontier's contract, of both its kinds; then what URLFrontier alone must be told."""

import asyncio
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest

from crawler.clock import SystemClock
from crawler.errors import ConfigurationError, StorageError
from crawler.frontier.jobs import open_frontier
from crawler.frontier.protocol import Acknowledgement, Claim, Discovery, Ending, Frontier
from crawler.frontier.revisit import DAY
from crawler.frontier.urlfrontier.frontier import UrlFrontier
from crawler.frontier.urlfrontier.items import discovered
from crawler.frontier.urlfrontier.leases import lease_of
from crawler.frontier.urlfrontier.nodes import Node
from crawler.frontier.urlfrontier.place import read_nodes
from crawler.frontier.urlfrontier.wire_pb2 import DeleteCrawlMessage, URLInfo
from tests.frontier.urlfrontier.conftest import Opening, claimed, make_runtime
from tests.urlfrontier import FrontierService, frontier_cluster, frontier_service

CLOCK = SystemClock()


def found(host: int, path: str, **more: object) -> Discovery:
    url = f"http://127.80.0.{host}/{path}"
    return Discovery(url, url, f"127.80.0.{host}:80", **more)  # type: ignore[arg-type]


async def nothing_for(frontier: Frontier, seconds: float) -> None:
    """Whatever is asked in that time, nothing is handed out."""
    with pytest.raises(TimeoutError):
        await claimed(frontier, 1, seconds)


async def end(
    frontier: Frontier,
    claims: Sequence[Claim],
    ending: Ending = Ending.KEPT,
    due: float | None = None,
    memory: dict[str, str] | None = None,
    discovered: Sequence[Discovery] = (),
) -> None:
    endings = [Acknowledgement(one.key, ending, due, memory=memory) for one in claims]
    await frontier.acknowledge(endings, discovered, CLOCK.now())


async def test_a_url_is_put_once_and_handed_out_with_all_that_was_said_of_it(
    opening: Opening,
) -> None:
    frontier = await opening()
    url = "http://127.80.0.1/a?utm_source=x"
    seed = Discovery(
        url, "http://127.80.0.1/a", "127.80.0.1:80", depth=2, rank=-3, hops=1,
        via="http://127.80.0.1/", request=b'{"method":"POST"}',
    )  # fmt: skip
    assert await frontier.put([seed]) == 1
    assert await frontier.put([seed, found(2, "b")]) == 1
    claims = {claim.host: claim for claim in await claimed(frontier, 2)}
    first = claims["127.80.0.1:80"]
    assert first == Claim(url, seed.key, seed.host, 2, -3, 1, seed.via, 0, seed.request, memory={})
    await end(frontier, list(claims.values()))
    counts = await frontier.counts(CLOCK.now())
    assert counts.in_flight == counts.queued == 0
    assert counts.hosts == 2
    assert sum(counts.done.values()) == 2
    assert counts.next_due is None


async def test_a_host_has_one_url_out_and_what_it_led_to_is_put_with_its_end(
    opening: Opening,
) -> None:
    frontier = await opening()
    await frontier.put([found(1, str(number)) for number in range(3)])
    (first,) = await claimed(frontier, 1)
    await nothing_for(frontier, 2.5)
    await end(frontier, [first], discovered=[found(3, "x"), found(1, "2")])
    claims = await claimed(frontier, 2)
    assert {claim.host for claim in claims} == {"127.80.0.1:80", "127.80.0.3:80"}


async def test_attempts_and_memory_come_back_and_an_ending_that_is_final_forgets_attempts(
    opening: Opening,
) -> None:
    frontier = await opening()
    await frontier.put([found(1, "a")])
    await end(frontier, await claimed(frontier, 1), Ending.RETRY, CLOCK.now())
    (again,) = await claimed(frontier, 1)
    assert again.attempts == 1
    await end(frontier, [again], Ending.DEFERRED, CLOCK.now())
    (again,) = await claimed(frontier, 1)
    assert again.attempts == 1
    await end(frontier, [again], due=CLOCK.now() + 1, memory={"etag": '"x"'})
    (again,) = await claimed(frontier, 1)
    assert (again.attempts, again.memory) == (0, {"etag": '"x"'})


async def test_a_url_is_handed_out_when_it_is_due_and_its_host_has_rested(
    opening: Opening,
) -> None:
    frontier = await opening()
    later = CLOCK.now() + 4
    await frontier.put([found(1, "later", due=later), found(2, "now"), found(3, "now")])
    await frontier.delay("127.80.0.2:80", later)
    await frontier.block("127.80.0.3:80", later, "it asked for rest")
    moments = []
    for _ in range(3):
        await claimed(frontier, 1)
        moments.append(CLOCK.now())
    assert min(moments) >= later


async def test_a_hint_makes_a_visited_page_due_sooner_and_no_other(opening: Opening) -> None:
    frontier, now = await opening(), CLOCK.now()
    month = now + 30 * DAY
    interval = {"interval": "8"}
    await frontier.put([found(host, "page") for host in range(1, 6)])
    claims = {claim.host: claim for claim in await claimed(frontier, 5)}
    changed, unchanged, failed, asleep, out = (
        claims[f"127.80.0.{host}:80"] for host in range(1, 6)
    )
    await end(frontier, [changed, unchanged], due=month, memory=interval)
    await end(frontier, [failed], Ending.RETRY, month, interval)
    await end(frontier, [asleep], due=month, memory={"interval": str(80 * DAY)})
    soon = now + 60
    hints = [
        found(1, "page", changed_at=soon), found(2, "page", changed_at=now - DAY),
        found(3, "page", changed_at=soon), found(4, "page", changed_at=soon),
        found(5, "page", changed_at=soon), found(6, "new", changed_at=soon),
    ]  # fmt: skip
    assert await frontier.put(hints) == 1
    assert sorted(one.host for one in await claimed(frontier, 2)) == [
        "127.80.0.1:80", "127.80.0.6:80"
    ]  # fmt: skip
    await nothing_for(frontier, 3.0)
    await end(frontier, [out])


async def test_what_was_not_acknowledged_is_handed_out_again_by_a_later_run(
    opening: Opening,
) -> None:
    frontier = await opening(total_timeout=0.25, extract_deadline=1)
    await frontier.put([found(1, "a"), found(2, "b")])
    for claim in await claimed(frontier, 2):
        if claim.host == "127.80.0.1:80":
            await end(frontier, [claim])
    frontier = await opening(total_timeout=0.25, extract_deadline=1)
    assert [claim.url for claim in await claimed(frontier, 1)] == ["http://127.80.0.2/b"]


# ---- URLFrontier alone ----


@pytest.fixture
def numbered() -> "count[int]":
    return count(1)


async def test_a_claim_that_outlasts_its_lease_keeps_its_queue(
    service: FrontierService, tmp_path: Path
) -> None:
    runtime = make_runtime(
        tmp_path, service.url, uuid4().hex, total_timeout=0.5, extract_deadline=5
    )
    # Renewed with half of it left: a busy machine has four seconds to come to that.
    assert lease_of(runtime.options) == 8
    frontier = await UrlFrontier.open([service.address], runtime)
    await frontier.put([found(1, "a"), found(1, "b")])
    (slow,) = await claimed(frontier, 1)
    await nothing_for(frontier, 11)
    await end(frontier, [slow])
    assert [one.url for one in await claimed(frontier, 1)] == ["http://127.80.0.1/b"]
    await frontier.close()
    runtime.ledger.close()


async def test_a_restarted_frontier_is_told_of_claims_and_of_what_hosts_asked_for(
    tmp_path: Path,
) -> None:
    with frontier_service(tmp_path / "frontier", api="2.5") as node:
        runtime = make_runtime(tmp_path, node.url, "job")
        frontier = await UrlFrontier.open([node.address], runtime)
        await frontier.put([found(1, "a"), found(1, "b"), found(2, "a"), found(2, "b")])
        out, told = await claimed(frontier, 2)
        now = CLOCK.now()
        rest = {"base": 0.0, "loopback": 1.0, "not_before": now + 3600, "next": now, "saved": now}
        runtime.ledger.save_host_pace(told.host, rest)
        await end(frontier, [told], Ending.RETRY, now)
        await asyncio.gather(asyncio.to_thread(restart, node), asyncio.sleep(0))
        await nothing_for(frontier, 6)
        assert runtime.pace.next_turn(told.host) >= now + 3600
        await end(frontier, [out])
        (after,) = await claimed(frontier, 1)
        assert after.host == out.host
        await frontier.close()
        runtime.ledger.close()


async def test_a_claim_whose_end_cannot_be_put_keeps_its_queue(tmp_path: Path) -> None:
    with frontier_service(tmp_path / "frontier") as node:
        runtime = make_runtime(tmp_path, node.url, "job", total_timeout=0.25, extract_deadline=1)
        assert lease_of(runtime.options) == 3
        frontier, other = [await UrlFrontier.open([node.address], runtime) for _ in range(2)]
        await frontier.put([found(1, "a"), found(1, "b")])
        (ended,) = await claimed(frontier, 1)
        await takes_no_puts(node)
        ending = asyncio.create_task(end(frontier, [ended]))
        await asyncio.sleep(0.5)  # its first try, after which it lets go of the URL, has failed
        await nothing_for(other, 6)
        assert not ending.done()
        await asyncio.gather(asyncio.to_thread(restart, node), asyncio.sleep(0))
        await ending
        assert [one.url for one in await claimed(other, 1)] == ["http://127.80.0.1/b"]
        for one in (frontier, other):
            await one.close()
        runtime.ledger.close()


async def takes_no_puts(node: FrontierService) -> None:
    """What comes of deleting a crawl whose keys the service cannot tell from another's."""
    direct = Node(node.address)
    for crawl in ("spring", "spring-2"):
        info = URLInfo(url="http://127.80.0.9/", key="127.80.0.9", crawlID=crawl)
        assert [ack.status async for ack in direct.put_urls([discovered(info, 0)])] == [0]
    await direct.delete_crawl(DeleteCrawlMessage(value="spring"))
    await direct.close()


def restart(node: FrontierService) -> None:
    node.kill()
    node.start()


async def test_a_cluster_is_one_frontier_whichever_node_is_asked(tmp_path: Path) -> None:
    with frontier_cluster(tmp_path / "cluster", 2) as nodes:
        place = "urlfrontier://" + ",".join(node.address for node in nodes)
        runtime = make_runtime(tmp_path, place, "job", host_budget=2)
        left_out: list[tuple[str, int, Sequence[int]]] = []
        frontier = await UrlFrontier.open(
            read_nodes(place), runtime, lambda *said: left_out.append(said)
        )
        seeds = [found(host, path) for host in range(1, 9) for path in "ab"]
        assert await frontier.put([*seeds, found(1, "c")]) == 16
        assert left_out == [("host_budget", 1, ())]
        first = await claimed(frontier, 8)
        assert {claim.host for claim in first} == {f"127.80.0.{host}:80" for host in range(1, 9)}
        await end(frontier, first)
        # No cluster tells what it knows of a URL.
        assert await frontier.put([found(1, "a", changed_at=CLOCK.now())]) == 0
        await claimed(frontier, 8)
        assert (await frontier.counts(CLOCK.now())).in_flight == 8
        await frontier.close()
        runtime.ledger.close()


@pytest.mark.parametrize("longer", [False, True])
async def test_fresh_forgets_the_job_and_no_other(
    service: FrontierService, tmp_path: Path, *, longer: bool
) -> None:
    # Of names that begin alike the service knows no order that its keys know too.
    spring = uuid4().hex
    jobs = [f"{spring}-2", spring] if longer else [spring, f"{spring}-2"]
    for job in (*jobs, f"{spring}-3", f"{spring}_old"):
        runtime = make_runtime(tmp_path, service.url, job)
        frontier = await open_frontier(runtime, lambda *_: None)
        await frontier.put([found(1, "a")])
        await frontier.close()
        runtime.ledger.close()
    for fresh, job in zip((True, False, False, False), (*jobs, *jobs), strict=True):
        runtime = make_runtime(tmp_path, service.url, job, fresh=fresh)
        frontier = await open_frontier(runtime, lambda *_: None)
        assert await frontier.put([found(1, "a")]) == int(fresh)
        await frontier.close()
        runtime.ledger.close()


async def test_a_frontier_that_is_not_there_is_named(tmp_path: Path) -> None:
    runtime = make_runtime(tmp_path, "urlfrontier://127.0.0.1:1", "job")
    runtime.pace.drain()
    with pytest.raises(StorageError, match=r"urlfrontier://127\.0\.0\.1:1 cannot be used"):
        await open_frontier(runtime, lambda *_: None)
    runtime.ledger.close()


async def test_recrawl_is_refused_since_urlfrontier_cannot(tmp_path: Path) -> None:
    runtime = make_runtime(tmp_path, "urlfrontier://127.0.0.1:1", "job", recrawl=True)
    with pytest.raises(ConfigurationError, match="--recrawl"):
        await open_frontier(runtime, lambda *_: None)
    runtime.ledger.close()
