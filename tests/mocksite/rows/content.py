"""Bodies that are not what their headers say, or are too much of it."""

import gzip
from asyncio import to_thread
from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.bomb import MEBIBYTE, make_bomb
from tests.mocksite.checks import Check, few_retries, reached, revalidates
from tests.mocksite.visit import PROSE, Visit, page

ETAG: Final = '"tide-table-7"'


async def _bomb() -> bytes:
    # In a thread: the site's other hosts must not wait for it.
    return await to_thread(make_bomb, page("Small"), b" ", 512)


async def _gzip_bomb(visit: Visit) -> None:
    await visit.reply(200, await _bomb(), ("Content-Encoding", "gzip"))


async def _twice_packed(visit: Visit) -> None:
    bomb = await _bomb()
    packed = await to_thread(lambda: gzip.compress(gzip.compress(gzip.compress(bomb))))
    await visit.reply(200, packed, ("Content-Encoding", "gzip, gzip, gzip, gzip"))


async def _gzip_corrupt(visit: Visit) -> None:
    packed = gzip.compress(page("Broken") * 20)
    broken = packed[: len(packed) // 2] + b"\x00" * 40 + packed[len(packed) // 2 :]
    await visit.reply(200, broken, ("Content-Encoding", "gzip"))


async def _not_packed(visit: Visit) -> None:
    await visit.reply(200, page("Plain after all"), ("Content-Encoding", "gzip"))


async def _unknown_coding(visit: Visit) -> None:
    body = page("Odd", ("/from-the-undecoded/",))
    await visit.reply(200, body, ("Content-Encoding", "x-origami"))


async def _wrong_charset(visit: Visit) -> None:
    body = page("Fähre", body=f"Größere Fähren fahren später, naïveté inbegriffen. {PROSE}")
    latin = body.decode().encode("latin-1")
    header = ("Content-Type", "text/html; charset=utf-16")
    await visit.reply(200, latin + b"\xff\xfe\x81 \xc3", header)


async def _deep(visit: Visit) -> None:
    await visit.reply(200, b"<!doctype html><body>" + b"<div>" * 200_000 + PROSE.encode())


async def _attributes(visit: Visit) -> None:
    many = b"".join(b" a%d=x" % number for number in range(200_000))
    body = b"<!doctype html><body><p" + many + b">" + PROSE.encode() + b'</p><p title="'
    await visit.reply(200, body + b"y" * MEBIBYTE + b'">end</p>')


async def _tagged(visit: Visit) -> None:
    if ETAG in visit.header("If-None-Match"):
        return await visit.reply(304, "", ("ETag", ETAG))
    return await visit.reply(200, page("Tides"), ("ETag", ETAG), ("Cache-Control", "max-age=0"))


def _row(name: str, must: str, never_words: str, serve: Serve, *checks: Check) -> Behaviour:
    return Behaviour(
        name=name,
        must=must,
        never=never_words,
        serve=serve,
        at="/fault",
        links=("/fault", "/public/"),
        checks=(reached("/fault"), reached("/public/"), few_retries("/fault"), *checks),
    )


ROWS: Final = (
    _row("gzip-bomb", "stop unpacking at its limit", "fill memory", _gzip_bomb),
    _row("gzip-layers", "stop after a few layers of coding", "unpack for ever", _twice_packed),
    _row("gzip-corrupt", "take it as an error, or keep what it could, marked", "fall over",
         _gzip_corrupt),
    _row("coding-lie", "survive a body that is not packed though it says so", "fall over",
         _not_packed),
    _row("coding-unknown", "keep it as it came and read nothing out of it", "fall over",
         _unknown_coding),
    _row("charset-lie", "fall back to another reading and keep the bytes", "fall over",
         _wrong_charset),
    _row("deep-html", "read two hundred thousand nested tags within bounds",
         "run out of stack, or of patience", _deep),
    _row("attr-bomb", "read two hundred thousand attributes within bounds",
         "take time that grows with their square", _attributes),
    _row("etag", "ask again with the tag it was given, and know an unchanged page",
         "take a 304 for an empty page", _tagged, revalidates("/fault")),
)  # fmt: skip
