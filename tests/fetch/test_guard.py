"""The guard at the door: a canary on loopback that nobody may reach, however it is spelt."""

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network

import pytest

from crawler.config import Options
from crawler.fetch.addresses import Address
from crawler.fetch.resolver import KEPT_SECONDS, Resolver
from crawler.policy.model import Outcome
from crawler.runtime import FetchFailedError
from tests.fetch.sites import OpenPace, fetching, serving

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

SPELLINGS = [
    "http://127.0.0.1:{port}/", "http://127.1:{port}/", "http://2130706433:{port}/",
    "http://0x7f000001:{port}/", "http://0x7f.0.0.1:{port}/", "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/", "http://127.0.0.1.:{port}/", "http://0:{port}/",
    "http://0.0.0.0:{port}/", "http://localhost:{port}/", "http://LOCALHOST.:{port}/",
    "http://a.localhost:{port}/", "http://[::1]:{port}/", "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/", "http://[64:ff9b::7f00:1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/", "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::]:{port}/", "http://[fe80::5efe:7f00:1]:{port}/",
    "http://[::1%25lo]:{port}/", "http://127.0.0.1%2f:{port}/", "http://127.0.0.1\\@x:{port}/",
    "http://127。0。0。1:{port}/", "http://①②⑦.0.0.1:{port}/", "http://%31%32%37.0.0.1:{port}/",
    "http://[::ffff:127.0.0.1%25lo]:{port}/",
    "http://user@127.0.0.1:{port}/", "http://user:word@127.0.0.1:{port}/",
    "http://site.example@127.0.0.1:{port}/", "http:127.0.0.1:{port}", "http:///127.0.0.1:{port}/",
    "http://127.0.0.1:99999/", "http://127.0.0.1:x/", "http://:{port}/", "http://[/",
    "//127.0.0.1/",
    "file:///etc/passwd", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/", "data:,x",
    "javascript:1", "ws://127.0.0.1:{port}/", "tcp://127.0.0.1:{port}/", "unix:///tmp/x", "",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("opened", [(), (ip_network("10.0.0.0/8"),)])
async def test_no_spelling_of_loopback_reaches_the_canary(
    spelling: str, opened: tuple[object, ...]
) -> None:
    pace = OpenPace()
    async with serving(HELLO) as canary, fetching(canary, pace, allow_net=opened) as fetcher:
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(spelling.format(port=canary.port))
        assert canary.connections == 0
        assert failure.value.outcome in {Outcome.REFUSED_ADDRESS, Outcome.DNS}
        if failure.value.outcome is Outcome.REFUSED_ADDRESS:
            assert pace.turns == []


@pytest.mark.parametrize("spelling", [one for one in SPELLINGS if "{port}" in one])
async def test_an_opened_network_is_reached_under_one_spelling_only(spelling: str) -> None:
    pace = OpenPace()
    async with serving(HELLO) as site, fetching(site, pace) as fetcher:
        try:
            await fetcher.fetch(spelling.format(port=site.port))
        except FetchFailedError:
            assert site.connections == 0
        names = {host.rpartition(":")[0] for host, address in pace.turns if address != host}
        assert names <= {"127.0.0.1", "localhost", "a.localhost"}


async def test_nobody_beyond_loopback_is_asked_without_a_contact() -> None:
    pace, opened = OpenPace(), (ip_network("192.0.2.0/24"),)
    async with serving(HELLO) as site, fetching(site, pace, allow_net=opened) as fetcher:
        with pytest.raises(FetchFailedError, match="a contact URL is needed") as failure:
            await fetcher.fetch("http://192.0.2.1/")
    assert failure.value.outcome is Outcome.REFUSED_ADDRESS
    assert pace.turns == []


async def test_a_port_that_nobody_opened_is_not_asked() -> None:
    async with serving(HELLO) as site, fetching(site, allow_ports=()) as fetcher:
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(site.url())
        assert (failure.value.outcome, site.connections) == (Outcome.REFUSED_ADDRESS, 0)
    async with (
        serving(HELLO) as site,
        fetching(site, allow_ports=(), seed_ports={"localhost": (site.port,)}) as fetcher,
    ):
        assert (await fetcher.fetch(site.url(host="localhost"))).body == b"hello"
        with pytest.raises(FetchFailedError):
            await fetcher.fetch(site.url())


@dataclass
class HandClock:
    """A clock that goes when it is told to."""

    seconds: float = 1e9

    def now(self) -> float:
        """What the hand shows."""
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        """Time passes at once."""
        self.seconds += seconds


def open_only(network: str) -> Options:
    return Options.model_validate({"allow_net": (network,)})


class FlippingNames:
    """A name server that names the site once, and the canary ever after."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, _: str) -> list[Address]:
        """The address of any name."""
        self.asked += 1
        return [ip_address("127.0.0.1" if self.asked == 1 else "127.0.0.2")]


async def test_a_name_that_flips_after_the_check_leads_nowhere_else() -> None:
    names = FlippingNames()
    opened = (ip_network("127.0.0.1/32"),)
    async with (
        serving(HELLO) as site,
        fetching(site, look_up=names, allow_net=opened) as fetcher,
    ):
        for _ in range(3):
            exchange = await fetcher.fetch(site.url(host="flip.example"))
            assert exchange.ip == "127.0.0.1"
        assert names.asked == 1


async def test_a_name_is_judged_anew_whenever_it_is_looked_up_anew() -> None:
    clock, names = HandClock(), FlippingNames()
    resolver = Resolver(open_only("127.0.0.1/32"), clock, names)
    assert await resolver.resolve("flip.example") == "127.0.0.1"
    clock.seconds += KEPT_SECONDS + 1
    with pytest.raises(FetchFailedError) as failure:
        await resolver.resolve("flip.example")
    assert failure.value.outcome is Outcome.REFUSED_ADDRESS
    assert "127.0.0.2" in failure.value.detail
    resolver.close()


async def test_of_several_addresses_only_one_that_passes_is_chosen() -> None:
    addresses = [ip_address(one) for one in ("10.0.0.1", "127.0.0.1", "127.0.0.2")]
    allowed = open_only("127.0.0.0/8")
    resolver = Resolver(allowed, HandClock(), lambda _: list(addresses))
    assert await resolver.resolve("many.example") == "127.0.0.1"
    resolver.demote("many.example", "127.0.0.1")
    assert await resolver.resolve("many.example") == "127.0.0.2"
    resolver.close()


async def test_a_host_that_does_not_answer_at_one_address_is_asked_at_another_next_time() -> None:
    async with serving(HELLO) as site:

        def names(_: str) -> list[Address]:
            return [IPv4Address("127.0.0.9"), IPv4Address("127.0.0.1")]

        async with fetching(site, look_up=names) as fetcher:
            with pytest.raises(FetchFailedError):
                await fetcher.fetch(site.url(host="two.example"))
            assert (await fetcher.fetch(site.url(host="two.example"))).ip == "127.0.0.1"


async def test_a_host_name_that_cannot_be_one_is_refused_before_any_look_up() -> None:
    asked: list[str] = []

    def names(host: str) -> list[Address]:
        asked.append(host)
        return [ip_address("127.0.0.1")]

    async with serving(HELLO) as site, fetching(site, look_up=names) as fetcher:
        with pytest.raises(FetchFailedError):
            await fetcher.fetch(f"http://{'x' * 70}.example:{site.port}/")
    assert asked == []
