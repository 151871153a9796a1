"""Replies whose framing lies: lengths, chunks, and bytes that are no reply at all."""

from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.checks import Check, few_retries, reached
from tests.mocksite.visit import PROSE, Visit, page

MARKER: Final = "HALF-A-PAGE-MARKER"
STOWAWAY: Final = "STOWAWAY-MARKER"
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
HALF: Final = page("Half", body=f"{MARKER} {PROSE}")


def _sends(*chunks: bytes, status: int = 200) -> Serve:
    async def serve(visit: Visit) -> None:
        await visit.raw(*chunks, status=status)

    return serve


async def _reset_halfway(visit: Visit) -> None:
    await visit.send(HEAD + b"Content-Length: 90000\r\n\r\n" + HALF)
    await visit.wait(0.2)
    visit.reset()


async def _hang_up(visit: Visit) -> None:
    visit.closing = True


async def _odd_status(visit: Visit) -> None:
    status = visit.path.rpartition("/")[2].encode()
    await visit.raw(b"HTTP/1.1 " + status + b" Hm\r\nContent-Length: 2\r\n\r\nhm", status=0)


async def _one_too_many(visit: Visit) -> None:
    body = page("Declared")
    extra = page("Undeclared", body=f"{STOWAWAY} {PROSE}")
    length = b"Content-Length: %d\r\n\r\n"
    await visit.send(HEAD + length % len(body) + body + HEAD + length % len(extra) + extra)
    visit.note_reply(200, visit.sent)


def _row(
    name: str,
    must: str,
    never_words: str,
    serve: Serve,
    *checks: Check,
    banned: str = "",
    links: tuple[str, ...] = ("/fault",),
) -> Behaviour:
    return Behaviour(
        name=name, must=must, never=never_words, serve=serve, banned=banned,
        at="/fault/" if len(links) > 1 else "/fault", links=(*links, "/public/"),
        checks=(reached("/public/"), few_retries("/fault"), *checks),
    )  # fmt: skip


ERROR: Final = "count it as an error, try again a few times at most, and go on"

ROWS: Final = (
    _row("bad-content-length", ERROR, "fall over, or wait for a length that is no number",
         _sends(HEAD + b"Content-Length: -5 apples\r\n\r\n", HALF), banned=MARKER),
    _row("dup-content-length", "take two different lengths as an error (RFC 9112, 6.3)",
         "lose step with the replies that follow",
         _sends(HEAD + b"Content-Length: 30\r\nContent-Length: 4000\r\n\r\n", HALF), banned=MARKER),
    _row("cl-and-te", "let chunking decide and close the connection afterwards",
         "lose step with the replies that follow",
         _sends(HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                b"%x\r\n" % len(HALF) + HALF + b"\r\n0\r\n\r\n")),
    _row("truncated-body", "mark a body shorter than its length as cut off",
         "keep it as a whole page", _sends(HEAD + b"Content-Length: 90000\r\n\r\n", HALF, status=0),
         banned=MARKER),
    _row("truncated-chunked", "mark a body without its last chunk as cut off",
         "keep it as a whole page",
         _sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
                b"%x\r\n" % len(HALF) + HALF + b"\r\n", status=0), banned=MARKER),
    _row("bad-chunk-size", ERROR, "wait, or set memory aside, for a size that is nonsense",
         _sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"zz\r\n" + HALF, status=0),
         banned=MARKER),
    _row("huge-chunk-size", ERROR, "set aside memory for a chunk of sixteen exabytes",
         _sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"ffffffffffffffff\r\n" + HALF,
                status=0), banned=MARKER),
    _row("reset-mid-body", "mark it as failed and try again a few times at most",
         "keep it as a whole page", _reset_halfway, banned=MARKER),
    _row("empty-reply", ERROR, "fall over", _hang_up),
    _row("garbage-reply", ERROR, "fall over",
         _sends(b"\x00\x01\x02 nothing like a reply \xff\xfe\r\n\r\n" * 20, status=0)),
    _row("http09", "take it as an error, or as a bare body", "fall over", _sends(HALF, status=0)),
    _row("status-weird", "survive a status that no class covers", "fall over", _odd_status,
         links=tuple(f"/fault/{status}" for status in (99, 199, 299, 600, 999, 1000, "2x0"))),
    _row("extra-response", "drop what follows the declared body",
         "take it for the answer to another request", _one_too_many, banned=STOWAWAY),
)  # fmt: skip
