"""What comes back from a server that answers, in whatever manner."""

import asyncio
from contextlib import suppress

import pytest

from crawler.records.exchange import Truncated
from crawler.runtime import FetchFailedError
from tests.fetch.sites import IDENTITY, OpenPace, Site, fetching, serving

HELLO = b"HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nX-One: 1\r\nx-one: \xe9\r\n\r\nhello"
KEPT = HELLO.replace(b"X-One: 1", b"Connection: Keep-Alive")


async def test_an_exchange_is_what_went_over_the_wire() -> None:
    async with serving(HELLO) as site, fetching(site) as fetcher:
        exchange = await fetcher.fetch(site.url("/a/../b?x=%41#fragment"))
        assert site.requests == [exchange.request_head]
        assert exchange.request_head.startswith(b"GET /a/../b?x=%41 HTTP/1.1\r\nHost: 127.0.0.1:")
        assert (exchange.status, exchange.reason, exchange.body) == (200, "Fine", b"hello")
        assert exchange.headers == (
            (b"Content-Length", b"5"),
            (b"X-One", b"1"),
            (b"x-one", b"\xe9"),
        )
        assert (exchange.ip, exchange.protocol, exchange.tls) == ("127.0.0.1", "HTTP/1.1", None)
        assert exchange.truncated is Truncated.NO
        assert exchange.url == site.url("/a/../b?x=%41")


async def test_identity_is_sent_first_and_nobody_overrides_it() -> None:
    async with serving(HELLO) as site, fetching(site) as fetcher:
        await fetcher.fetch(
            site.url(),
            headers=[
                ("user-agent", "Somebody/1"),
                ("FROM", "somebody@else.example"),
                ("Cookie", "a=b"),
                ("Authorization", "Basic eDp5"),
                ("crawler-max-price", "USD 1"),
                ("crawler-exact-price", "USD 1"),
                ("Host", "else.example"),
                ("Accept-Encoding", "zstd"),
                ("If-None-Match", '"x"'),
                ("If-Modified-Since", "a\r\nCookie: a=b"),
            ],
        )
        lines = site.requests[0].decode().split("\r\n")
        assert lines[1] == f"Host: 127.0.0.1:{site.port}"
        assert lines[2:4] == [f"{name}: {value}" for name, value in IDENTITY]
        assert lines[5:] == ["Accept-Encoding: gzip, deflate", 'If-None-Match: "x"', "", ""]


async def test_a_connection_is_used_again_for_the_same_host() -> None:
    async with serving(KEPT, close_after=False) as site, fetching(site) as fetcher:
        for _ in range(3):
            assert (await fetcher.fetch(site.url())).body == b"hello"
        assert (site.connections, len(site.requests)) == (1, 3)


async def test_a_connection_that_the_server_does_not_say_it_keeps_is_not_used_again() -> None:
    async with serving(HELLO) as site, fetching(site) as fetcher:
        for _ in range(50):
            assert (await fetcher.fetch(site.url())).body == b"hello"
        assert site.connections == 50


async def test_cookies_are_never_sent_back() -> None:
    flood = b"".join(b"Set-Cookie: c%d=%s\r\n" % (n, b"v" * 50) for n in range(500))
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n" + flood + b"\r\n"
    async with serving(reply, close_after=False) as site, fetching(site) as fetcher:
        first = await fetcher.fetch(site.url())
        await fetcher.fetch(site.url())
        assert len(first.headers) == 502
        assert b"ookie" not in site.requests[1]


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        (b"HTTP/1.1 999 Odd", 999, "Odd"),
        (b"HTTP/1.1 600", 600, ""),
        (b"HTTP/1.1 200", 200, ""),
        (b"HTTP/1.1 299  \xe9t\xe9 ", 299, "été"),
        (b"HTTP/1.0 200 OK", 200, "OK"),
        (b"HTTP/1.1 200 a\rb\x00c", 200, "a b c"),
    ],
)
async def test_an_odd_status_line_is_read(line: bytes, status: int, reason: str) -> None:
    reply = line + b"\r\nContent-Length: 2\r\n\r\nok"
    async with serving(reply) as site, fetching(site) as fetcher:
        exchange = await fetcher.fetch(site.url())
        assert (exchange.status, exchange.reason, exchange.body) == (status, reason, b"ok")


@pytest.mark.parametrize("status", [301, 300, 304, 305, 306, 204, 404, 503])
async def test_no_status_makes_a_second_request(status: int) -> None:
    reply = b"HTTP/1.1 %d X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n" % status
    async with serving(reply) as site, fetching(site) as fetcher:
        assert (await fetcher.fetch(site.url())).status == status
        assert len(site.requests) == 1


async def test_interim_answers_are_read_over() -> None:
    early = b"HTTP/1.1 103 Early\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    async with serving(early + HELLO) as site, fetching(site) as fetcher:
        exchange = await fetcher.fetch(site.url())
        assert (exchange.status, exchange.body) == (200, b"hello")


async def test_control_bytes_in_a_header_forge_nothing() -> None:
    reply = (
        b"HTTP/1.1 200 OK\r\nX-Nul: a\x00b\r\nX-Cr: a\rInjected: yes\r\nX-Lf: a\nno field\r\n"
        b"X-Folded: one\r\n  two\r\nX-Spaced : \xff \r\n: nameless\r\nContent-Length: 2\r\n\r\nok"
    )
    async with serving(reply) as site, fetching(site) as fetcher:
        exchange = await fetcher.fetch(site.url())
        assert exchange.headers == (
            (b"X-Nul", b"a b"),
            (b"X-Cr", b"a Injected: yes"),
            (b"X-Lf", b"a no field"),
            (b"X-Folded", b"one two"),
            (b"X-Spaced", b"\xff : nameless"),
            (b"Content-Length", b"2"),
        )
        assert exchange.response_head.count(b"\r\n") == 8
        assert exchange.body == b"ok"


async def test_a_head_that_comes_byte_by_byte_is_whole() -> None:
    async def drip(_: Site, writer: asyncio.StreamWriter) -> None:
        for byte in HELLO:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)

    async with serving(drip) as site, fetching(site) as fetcher:
        assert (await fetcher.fetch(site.url())).body == b"hello"


async def test_transfer_encoding_wins_over_content_length_and_the_connection_ends() -> None:
    reply = (
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: keep-alive\r\n\r\n"
        b"5\r\nhello\r\n0\r\n\r\n"
    )
    async with serving(reply, close_after=False) as site, fetching(site) as fetcher:
        for _ in range(2):
            exchange = await fetcher.fetch(site.url())
            assert (exchange.body, exchange.truncated) == (b"hello", Truncated.NO)
            assert (b"Content-Length", b"3") in exchange.headers
        assert site.connections == 2


CHUNKED = (
    b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n0\r\n\r\n"
)
FORGED = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"


@pytest.mark.parametrize("true_reply", [KEPT, CHUNKED])
@pytest.mark.parametrize("extra", [FORGED, FORGED[:20], FORGED[:-6], b"x"])
@pytest.mark.parametrize("cut", [0, 3, 60])
async def test_bytes_after_the_body_are_never_the_next_answer(
    true_reply: bytes, extra: bytes, cut: int
) -> None:
    async def answer(_: Site, writer: asyncio.StreamWriter) -> None:
        both = true_reply + extra
        writer.write(both[:cut])
        await writer.drain()
        await asyncio.sleep(0.01 if cut else 0)
        writer.write(both[cut:])
        await writer.drain()

    async with serving(answer, close_after=False) as site, fetching(site) as fetcher:
        for _ in range(3):
            assert (await fetcher.fetch(site.url())).body == b"hello"
        assert site.connections == 3


async def test_bytes_that_come_when_nothing_was_asked_end_the_connection() -> None:
    sent = asyncio.Event()

    async def answer(_: Site, writer: asyncio.StreamWriter) -> None:
        writer.write(KEPT)
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(FORGED)
        await writer.drain()
        sent.set()

    async with serving(answer, close_after=False) as site, fetching(site) as fetcher:
        assert (await fetcher.fetch(site.url())).body == b"hello"
        await sent.wait()
        await asyncio.sleep(0.02)
        assert (await fetcher.fetch(site.url())).body == b"hello"
        assert site.connections == 2


async def test_a_server_that_speaks_first_is_not_asked_again_on_that_connection() -> None:
    # What comes in the same moment as the request is sent cannot be told from its answer.
    greeting = FORGED.replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n")
    async with (
        serving(KEPT, greeting=greeting, close_after=False) as site,
        fetching(site) as fetcher,
    ):
        for _ in range(3):
            with suppress(FetchFailedError):
                await fetcher.fetch(site.url())
            await asyncio.sleep(0.05)
        assert site.connections == 3


async def test_a_body_is_cut_at_the_limit() -> None:
    async def endless(_: Site, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            await writer.drain()

    async with serving(endless) as site, fetching(site, max_body=100_000) as fetcher:
        exchange = await fetcher.fetch(site.url())
        assert (exchange.body, exchange.truncated) == (b"x" * 100_000, Truncated.LENGTH)
        exchange = await fetcher.fetch(site.url(), max_body=10)
        assert (exchange.body, exchange.truncated) == (b"x" * 10, Truncated.LENGTH)


async def test_a_body_of_just_the_limit_is_whole() -> None:
    async with serving(HELLO) as site, fetching(site, max_body=5) as fetcher:
        exchange = await fetcher.fetch(site.url())
        assert (exchange.body, exchange.truncated) == (b"hello", Truncated.NO)


async def test_a_body_may_be_declined_at_its_headers() -> None:
    seen: list[tuple[int, tuple[tuple[str, str], ...]]] = []

    def decline(status: int, headers: tuple[tuple[str, str], ...]) -> bool:
        seen.append((status, headers))
        return False

    pace = OpenPace()
    async with serving(HELLO, close_after=False) as site, fetching(site, pace) as fetcher:
        exchange = await fetcher.fetch(site.url(), on_headers=decline)
        assert (exchange.body, exchange.truncated) == (b"", Truncated.UNSPECIFIED)
        assert seen == [(200, (("Content-Length", "5"), ("X-One", "1"), ("x-one", "\xe9")))]
        assert pace.said == [("answered", 200, None)]


async def test_a_body_without_a_length_ends_with_its_connection() -> None:
    async with serving(b"HTTP/1.1 200 OK\r\n\r\nhello") as site, fetching(site) as fetcher:
        exchange = await fetcher.fetch(site.url())
        assert (exchange.body, exchange.truncated) == (b"hello", Truncated.NO)


async def test_the_pace_learns_of_every_answer_while_the_turn_is_open() -> None:
    pace = OpenPace()
    reply = b"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 9\r\n\r\nhalf"

    def look(_: int, __: tuple[tuple[str, str], ...]) -> bool:
        assert pace.open_now == 1
        return True

    async with serving(reply) as site, fetching(site, pace) as fetcher:
        exchange = await fetcher.fetch(site.url(host="LocalHost"), on_headers=look)
        assert exchange.truncated is Truncated.DISCONNECT
        assert pace.turns == [(f"localhost:{site.port}", "127.0.0.1")]
        assert pace.said == [("answered", 503, "120")]
        assert pace.open_now == 0
