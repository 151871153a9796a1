"""Replies that come late, slowly or without end."""

from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.checks import Check, client_leaves, few_retries, reached, sent_at_most
from tests.mocksite.visit import Visit

MEBIBYTE: Final = 1 << 20
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


async def _before_headers(visit: Visit) -> None:
    await visit.hang()


async def _after_headers(visit: Visit) -> None:
    await visit.send(HEAD + b"Content-Length: 5000\r\n\r\n<!doctype html><title>Soon")
    await visit.hang()


async def _drop_by_drop(visit: Visit) -> None:
    await visit.send(HEAD + b"Content-Length: 3600\r\n\r\n")
    await visit.drip(b"z" * 3600)
    visit.closing = True


async def _without_end(visit: Visit) -> None:
    await visit.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"<p>more of the same</p> " * 2730 + b"<br><br><br><br>\r\n"
    for _ in range(16 * 1024):
        await visit.send(chunk)
    visit.closing = True


async def _far_too_long(visit: Visit) -> None:
    await visit.send(HEAD + b"Content-Length: 10995116277760\r\n\r\n<!doctype html>")
    await visit.hang()


def _row(name: str, must: str, never_words: str, serve: Serve, *checks: Check) -> Behaviour:
    async def at_the_first_host(visit: Visit) -> None:
        await (visit.ordinary() if visit.host else serve(visit))

    return Behaviour(
        name=name,
        must=must,
        never=never_words,
        serve=at_the_first_host,
        at="/fault",
        links=("/fault", "/public/"),
        hosts=2,
        seeded_hosts=2,
        checks=(
            reached("/public/", 0),
            reached("/public/", 1),
            client_leaves("/fault"),
            few_retries("/fault"),
            *checks,
        ),
    )


ROWS: Final = (
    _row(
        "hang-before-headers",
        "give up after its time-out and go on, here and elsewhere",
        "let one silent page stop the crawl",
        _before_headers,
    ),
    _row(
        "hang-connect-idle",
        "give up on a body that stopped arriving",
        "let one idle connection stop the crawl",
        _after_headers,
    ),
    _row(
        "drip-body",
        "keep a deadline for the whole exchange or a least rate",
        "wait an hour for a page",
        _drop_by_drop,
    ),
    _row(
        "endless-chunked",
        "stop at its limit for a page",
        "fill memory or disk",
        _without_end,
        sent_at_most(64 * MEBIBYTE),
    ),
    _row(
        "huge-content-length",
        "refuse from the announced length alone",
        "set aside that much memory",
        _far_too_long,
    ),
)
