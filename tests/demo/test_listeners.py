"""The demo sites answer on loopback, each at its own address."""

import aiohttp

from crawler.demo.listeners import DemoRequest, DemoSites


async def test_every_seed_answers_with_a_page() -> None:
    async with DemoSites() as demo, aiohttp.ClientSession() as session:
        assert len(demo.seeds) == len(set(demo.seeds))
        for seed in demo.seeds:
            async with session.get(seed) as answer:
                assert answer.status == 200
                assert "<article>" in await answer.text()


async def test_every_request_is_noted_in_order() -> None:
    async with DemoSites() as demo, aiohttp.ClientSession(headers={"User-Agent": "x"}) as session:
        for path in ("robots.txt", "lost?a=b"):
            async with session.get(demo.seeds[0] + path) as answer:
                await answer.read()
        assert demo.requests == [
            DemoRequest("ferry", "/robots.txt", "x", 200),
            DemoRequest("ferry", "/lost?a=b", "x", 404),
        ]


async def test_a_packed_page_is_packed_on_the_wire() -> None:
    async with (
        DemoSites() as demo,
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.get(demo.seeds[0] + "crossing") as answer,
    ):
        assert (await answer.read()).startswith(b"\x1f\x8b")


async def test_a_moved_page_says_where_it_went() -> None:
    async with (
        DemoSites() as demo,
        aiohttp.ClientSession() as session,
        session.get(demo.seeds[0] + "timetable", allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (301, "/crossing")


async def test_nothing_listens_any_longer_once_the_demo_is_over() -> None:
    async with DemoSites() as demo:
        seed = demo.seeds[0]
    async with aiohttp.ClientSession() as session:
        try:
            await session.get(seed)
        except aiohttp.ClientConnectorError:
            return
    message = f"{seed} still answers"
    raise AssertionError(message)
