"""robots.txt whose bytes do not arrive, or not as they should."""

import gzip
from asyncio import to_thread
from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.bomb import MEBIBYTE, make_bomb
from tests.mocksite.checks import (
    Check,
    at_most,
    never,
    no_pages,
    pages_wait_for_rules,
    reached,
    retries_grow,
    sent_at_most,
)
from tests.mocksite.visit import Visit

RULES: Final = b"User-agent: *\nDisallow: /private\n"
STEADY: Final = (retries_grow("/robots.txt"), at_most(6, "/robots.txt"))


async def _hang(visit: Visit) -> None:
    await (visit.ordinary() if visit.host else visit.hang())


async def _reset(visit: Visit) -> None:
    visit.reset()


async def _short_of_its_length(visit: Visit) -> None:
    await visit.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\n",
                    b"User-agent: *\nAllow: /\n", status=0)  # fmt: skip


async def _without_last_chunk(visit: Visit) -> None:
    await visit.raw(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"17\r\nUser-agent: *\nAllow: /\n\r\n",
        status=0,
    )


async def _noise(visit: Visit) -> None:
    await visit.raw(b"\x16\x03\x01 !! 200 ok allow everything\r\n\x00\xff\r\n\r\n", status=0)


async def _endless(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + RULES)
    for _ in range(1024):
        await visit.send(b"# and another thing\n" * (MEBIBYTE // 20))
    visit.closing = True


async def _drip(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 33\r\n\r\n")
    await visit.drip(RULES, 2.0)
    visit.note_reply(200, visit.sent)


async def _gzip_bomb(visit: Visit) -> None:
    # In a thread: the site's other hosts must not wait for it.
    bomb = await to_thread(make_bomb, RULES, b"\n", 256)
    await visit.reply(200, bomb, ("Content-Encoding", "gzip"))


async def _gzip_corrupt(visit: Visit) -> None:
    packed = gzip.compress(RULES * 50)
    broken = packed[:12] + bytes(255 - byte for byte in packed[12:30]) + packed[30:]
    await visit.reply(200, broken, ("Content-Encoding", "gzip"))


async def _long(visit: Visit) -> None:
    filler = b"# a remark that says nothing at all\n" * (499 * 1024 // 36)
    tail = b"Disallow: /private\n" + b"# and so on\n" * 9000
    await visit.reply(200, b"User-agent: *\n" + filler + tail)


def _unreachable(name: str, serve: Serve, what: str) -> Behaviour:
    return Behaviour(
        name=name,
        must=f"treat {what} as rules that cannot be known, and stay out",
        never="fetch any page",
        serve=serve,
        at="/robots.txt",
        checks=(no_pages(), *STEADY),
    )


def _bounded(name: str, must: str, never_words: str, serve: Serve, *checks: Check) -> Behaviour:
    return Behaviour(
        name=name, must=must, never=never_words, serve=serve, at="/robots.txt", checks=checks
    )


ROWS: Final = (
    Behaviour(
        name="robots-hang",
        must="give up waiting, stay out of this host and go on with the other",
        never="fetch any page of the silent host",
        serve=_hang,
        at="/robots.txt",
        hosts=2,
        seeded_hosts=2,
        checks=(no_pages(0), *STEADY, reached("/public/", 1)),
    ),
    _unreachable("robots-reset", _reset, "a connection that is torn down"),
    _unreachable("robots-truncated-cl", _short_of_its_length, "a body shorter than its length"),
    _unreachable("robots-truncated-chunked", _without_last_chunk, "a body without its last chunk"),
    _unreachable("robots-garbage", _noise, "bytes that are no HTTP"),
    _unreachable("robots-gzip-corrupt", _gzip_corrupt, "a body that cannot be unpacked"),
    _bounded(
        "robots-endless",
        "stop reading at a limit and keep the rules read so far",
        "fill memory, wait for the end, or forget the first rule",
        _endless,
        never("/private"),
        sent_at_most(32 * MEBIBYTE),
    ),
    _bounded(
        "robots-gzip-bomb",
        "unpack no more than a limit and keep the rules in it",
        "unpack it all, or forget the first rule",
        _gzip_bomb,
        never("/private"),
    ),
    _bounded(
        "robots-drip",
        "wait for the last byte, or give up and stay out",
        "fetch pages while the rules are still arriving",
        _drip,
        pages_wait_for_rules(),
        never("/private"),
    ),
    _bounded(
        "robots-600k",
        "read at least the first 500 KiB",
        "miss a rule that stands before that mark",
        _long,
        never("/private"),
        reached("/public/"),
    ),
)
