"""Header blocks that are too big, or hold bytes that do not belong there."""

from typing import Final

from tests.mocksite.behaviour import Behaviour
from tests.mocksite.checks import few_retries, reached, sent_at_most, without_header
from tests.mocksite.visit import Visit, page

MEBIBYTE: Final = 1 << 20
COOKIE_LIMIT: Final = 4096


async def _too_big(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(64 * 1024):
        await visit.send(b"X-Padding-%d: %s\r\n" % (number, b"p" * 1000))
    await visit.raw(b"\r\n")


async def _odd_bytes(visit: Visit) -> None:
    body = page("Odd bytes above")
    await visit.raw(
        b"HTTP/1.1 200 Caf\xe9\r\nContent-Type: text/html\r\n"
        b"X-Latin: na\xefve\r\nX-Zero: a\x00b\r\nX-Bare: one\nWARC-Type: response\r\n"
        b"X-Fold: first\r\n second\r\n: nameless\r\nno colon\r\n",
        b"Content-Length: %d\r\n\r\n" % len(body) + body,
    )


async def _cookies(visit: Visit) -> None:
    crumbs = tuple(("Set-Cookie", f"c{visit.count}n{one}={'v' * 400}") for one in range(120))
    await visit.reply(200, page(visit.path), *crumbs)


ROWS: Final = (
    Behaviour(
        name="header-bomb",
        must="stop at a limit for the whole block",
        never="read headers until memory is gone",
        serve=_too_big,
        at="/fault",
        links=("/fault", "/public/"),
        checks=(reached("/public/"), few_retries("/fault"), sent_at_most(16 * MEBIBYTE)),
    ),
    Behaviour(
        name="header-bytes",
        must="keep what came, without letting it speak for a record's own header",
        never="fall over, or let a line of the site become a line of the WARC header",
        serve=_odd_bytes,
        at="/fault",
        links=("/fault", "/public/"),
        checks=(reached("/public/"), few_retries("/fault")),
    ),
    Behaviour(
        name="set-cookie-flood",
        must="keep few cookies, or none",
        never="carry them all back",
        serve=_cookies,
        at="/jar/",
        links=tuple(f"/jar/{number}" for number in range(6)),
        checks=(reached("/jar/5"), without_header("Cookie", longest=COOKIE_LIMIT)),
    ),
)
