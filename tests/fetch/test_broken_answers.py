"""What becomes of an answer that is none: every row an outcome, never a crash, never a retry."""

import asyncio
import socket
import struct
from typing import NoReturn

import pytest

from crawler.policy.model import Outcome
from crawler.records.exchange import Truncated
from crawler.runtime import DeferredError, FetchFailedError
from tests.fetch.sites import OpenPace, Site, fetching, serving

OK = b"HTTP/1.1 200 OK\r\n"

NO_ANSWERS = {
    "empty reply": b"",
    "garbage": b"\x00\x01\x02 not HTTP at all\r\n\r\n",
    "garbage without a line's end": b"garbage",
    "HTTP/0.9": b"<html>hello</html>",
    "another version": b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "half a head": OK + b"Content-Le",
    "status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n",
    "status below 100": b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
    "status in words": b"HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n",
    "negative length": OK + b"Content-Length: -5\r\n\r\nhello",
    "length in words": OK + b"Content-Length: five\r\n\r\nhello",
    "hexadecimal length": OK + b"Content-Length: 0x5\r\n\r\nhello",
    "signed length": OK + b"Content-Length: +5\r\n\r\nhello",
    "length beyond all numbers": OK + b"Content-Length: " + b"9" * 30 + b"\r\n\r\nhello",
    "empty length": OK + b"Content-Length:\r\n\r\nhello",
    "two lengths": OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "one length twice": OK + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "a list of lengths": OK + b"Content-Length: 5, 5\r\n\r\nhello",
    "coding not asked for": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked twice": OK
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad chunk size": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "negative chunk size": OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
    "absurd chunk size": OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\nhello",
    "chunk without its end": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
    "header bomb": OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
    "many headers": OK + b"X: yyyyyyyy\r\n" * 6_000 + b"\r\n",
    "status line without end": b"HTTP/1.1 200 " + b"y" * 70_000,
    "interim flood": b"HTTP/1.1 103 Early\r\n\r\n" * 100 + OK + b"Content-Length: 0\r\n\r\n",
    "switching protocols": b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n",
}


@pytest.mark.parametrize("reply", NO_ANSWERS.values(), ids=NO_ANSWERS.keys())
async def test_what_is_no_answer_is_a_connection_that_failed(reply: bytes) -> None:
    pace = OpenPace()
    async with serving(reply) as site, fetching(site, pace) as fetcher:
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(site.url())
        assert failure.value.outcome is Outcome.CONNECTION
        assert "\n" not in failure.value.detail
        assert len(site.requests) == 1
        assert pace.said == [("failed", Outcome.CONNECTION)]


UNFINISHED = ("empty reply", "half a head")
"""Nothing wrong can be seen of these but that they do not go on."""


@pytest.mark.parametrize(
    "reply",
    [pytest.param(reply, id=name) for name, reply in NO_ANSWERS.items() if name not in UNFINISHED],
)
async def test_a_bad_answer_fails_at_once_though_the_connection_stays_open(reply: bytes) -> None:
    async def say_and_wait(_: Site, writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        await writer.drain()
        await asyncio.sleep(30)

    async with serving(say_and_wait) as site, fetching(site, total_timeout=20) as fetcher:
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(site.url())
        assert failure.value.outcome is Outcome.CONNECTION


async def test_a_failing_connection_that_was_used_before_is_not_tried_again() -> None:
    async def once_then_hang_up(site: Site, writer: asyncio.StreamWriter) -> None:
        if len(site.requests) > 1:
            writer.close()
            return
        writer.write(OK + b"Connection: keep-alive\r\nContent-Length: 5\r\n\r\nhello")

    async with serving(once_then_hang_up, close_after=False) as site, fetching(site) as fetcher:
        await fetcher.fetch(site.url())
        with pytest.raises(FetchFailedError):
            await fetcher.fetch(site.url())
        assert (len(site.requests), site.connections) == (2, 1)


@pytest.mark.parametrize(
    ("reply", "body"),
    [
        (OK + b"Content-Length: 50\r\n\r\nhello", b"hello"),
        (OK + b"Content-Length: 50\r\n\r\n", b""),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", b"hello"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhello", b"hello"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b""),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", b"hello"),
    ],
)
async def test_a_body_that_ends_early_is_marked(reply: bytes, body: bytes) -> None:
    pace = OpenPace()
    async with serving(reply) as site, fetching(site, pace) as fetcher:
        exchange = await fetcher.fetch(site.url())
        assert (exchange.body, exchange.truncated) == (body, Truncated.DISCONNECT)
        assert pace.said == [("failed", Outcome.TRUNCATED)]


@pytest.mark.parametrize("framing", [b"Content-Length: 50\r\n\r\n", b"\r\n"])
async def test_a_reset_in_the_body_is_a_failure_with_what_came(framing: bytes) -> None:
    async def reset(_: Site, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + framing + b"hello")
        await writer.drain()
        await asyncio.sleep(0.05)
        raw: socket.socket = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with serving(reset) as site, fetching(site) as fetcher:
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(site.url())
        assert failure.value.outcome is Outcome.CONNECTION
        assert failure.value.exchange is not None
        assert failure.value.exchange.body == b"hello"
        assert failure.value.exchange.truncated is Truncated.DISCONNECT


async def test_a_port_where_nobody_listens_is_a_connection_that_failed() -> None:
    async with serving(b"") as site:
        pass
    pace = OpenPace()
    async with fetching(site, pace) as fetcher:
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(site.url())
        assert failure.value.outcome is Outcome.CONNECTION
        assert pace.said == [("failed", Outcome.CONNECTION)]


async def test_a_length_that_nobody_would_read_is_refused_from_the_header() -> None:
    pace = OpenPace()
    reply = OK + b"Content-Length: 999999999999\r\n\r\nhello"
    async with serving(reply) as site, fetching(site, pace) as fetcher:
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(site.url())
        assert failure.value.outcome is Outcome.TOO_LARGE
        assert failure.value.exchange is not None
        assert failure.value.exchange.body == b""
        assert pace.said == [("answered", 200, None)]


async def _hang(_: Site, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def test_a_server_that_says_nothing_times_out() -> None:
    pace = OpenPace()
    async with serving(_hang) as site, fetching(site, pace, read_timeout=0.1) as fetcher:
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(site.url())
        assert failure.value.outcome is Outcome.TIMEOUT
        assert pace.said == [("failed", Outcome.TIMEOUT)]


@pytest.mark.parametrize("framing", [b"Content-Length: 50\r\n\r\n", b"\r\n"])
async def test_a_body_that_stops_coming_is_marked(framing: bytes) -> None:
    async def stop(_: Site, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + framing + b"hello")
        await asyncio.sleep(30)

    pace = OpenPace()
    async with serving(stop) as site, fetching(site, pace, read_timeout=0.1) as fetcher:
        exchange = await fetcher.fetch(site.url())
        assert (exchange.body, exchange.truncated) == (b"hello", Truncated.TIME)
        assert pace.said == [("failed", Outcome.TIMEOUT)]


async def test_a_body_that_drips_ends_at_the_deadline() -> None:
    async def drip(_site: Site, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Content-Length: 5000\r\n\r\n")
        for _ in range(5_000):
            writer.write(b"x")
            await asyncio.sleep(0.01)

    async with serving(drip) as site, fetching(site, total_timeout=0.3) as fetcher:
        exchange = await fetcher.fetch(site.url())
        assert exchange.truncated is Truncated.TIME
        assert set(exchange.body) == {ord("x")}


async def test_a_head_that_drips_ends_at_the_deadline() -> None:
    async def drip(_site: Site, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        for _ in range(5_000):
            writer.write(b"x")
            await asyncio.sleep(0.01)

    async with serving(drip) as site, fetching(site, total_timeout=0.3) as fetcher:
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(site.url())
        assert failure.value.outcome is Outcome.TIMEOUT


async def test_a_host_that_rests_is_not_asked() -> None:
    class RestingPace(OpenPace):
        def turn(self, host: str, address: str, *, patient: bool = False) -> NoReturn:
            raise DeferredError(host, 1.0, address, resting=not patient)

    async with serving(b"") as site, fetching(site, RestingPace()) as fetcher:
        with pytest.raises(DeferredError):
            await fetcher.fetch(site.url())
        assert site.connections == 0


async def test_a_name_that_stands_for_nothing_is_a_failure_of_its_host() -> None:
    pace = OpenPace()
    async with serving(b"") as site, fetching(site, pace) as fetcher:
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(site.url(host="nobody.invalid"))
        assert failure.value.outcome in {Outcome.DNS, Outcome.TIMEOUT}
        assert pace.said == [("failed", failure.value.outcome)]
        assert pace.turns == [(f"nobody.invalid:{site.port}", "nobody.invalid")]
