"""Framing that is odd rather than wrong: what must end, and what must not count as whole."""

from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.checks import Check, client_leaves, few_retries, reached, sent_at_most
from tests.mocksite.rows.framing import HALF, HEAD, MARKER, STOWAWAY
from tests.mocksite.visit import PROSE, Visit, page

MEBIBYTE: Final = 1 << 20
TOO_MUCH: Final = 64
"""Mebibytes that no crawler should read of what carries no page."""

BODY: Final = page("Whole")
STOLEN: Final = page("Not asked for", body=f"{STOWAWAY} {PROSE}")
SIZED: Final = HEAD + b"Content-Length: %d\r\n\r\n"
CHUNKED: Final = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

TRANSFER_CODINGS: Final = (
    b"Chunked", b"chunked ", b"\tchunked", b"xchunked", b"chunked, identity", b"identity, chunked",
    b"\x0bchunked", b"chunked;q=1", b"gzip, chunked", b'"chunked"', b"identity", b"",
)  # fmt: skip
STATUS_LINES: Final = (
    b"HTTP/3.7 200 OK", b"HTTP/1.10 200 OK", b"HTTP/1.1\t200 OK", b"http/1.1 200 OK", b"ICY 200 OK",
    b"HTTP/1.1  200  OK", b"HTTP/1.1 200", b"HTTP/0.9 200 OK", b"HTTP/1.1 200\x00OK", b"HTTP/1.1",
)  # fmt: skip


async def _interims(visit: Visit) -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </private/hint>; rel=preload\r\n\r\n"
    for _ in range(TOO_MUCH * MEBIBYTE // len(hint) // 4):
        await visit.send(hint * 4)
    await visit.raw(SIZED % len(BODY) + BODY)


def _pads_with(before: bytes, padding: bytes) -> Serve:
    async def serve(visit: Visit) -> None:
        await visit.send(CHUNKED + b"%x\r\n" % len(BODY) + BODY + b"\r\n" + before)
        block = padding * (MEBIBYTE // len(padding))
        for _ in range(TOO_MUCH):
            await visit.send(block)
        await visit.raw(b"\r\n0\r\n\r\n")

    return serve


async def _odd_coding(visit: Visit) -> None:
    coding = TRANSFER_CODINGS[visit.number]
    cut = b"%x\r\n" % (2 * len(HALF)) + HALF
    length = b"" if coding.strip() else b"Content-Length: 90000\r\n"
    await visit.raw(HEAD + length + b"Transfer-Encoding: " + coding + b"\r\n\r\n", cut, status=0)


async def _odd_status_line(visit: Visit) -> None:
    line = STATUS_LINES[visit.number]
    await visit.raw(
        line + b"\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(BODY), BODY
    )


async def _bodiless(visit: Visit) -> None:
    """204 and 304 have no body: what follows their head is nobody's."""
    head = b"HTTP/1.1 %d Nothing\r\nConnection: keep-alive\r\nContent-Length: %d\r\n\r\n"
    status = (204, 304)[visit.number]
    await visit.send(head % (status, len(STOLEN)) + SIZED % len(STOLEN) + STOLEN)
    visit.note_reply(status, visit.sent)


async def _speaks_unasked(visit: Visit) -> None:
    head = SIZED.replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n")
    await visit.send(head % len(BODY) + BODY)
    visit.note_reply(200, visit.sent)
    await visit.wait(0.05)
    await visit.send(head % len(STOLEN) + STOLEN)


async def _half_closes(visit: Visit) -> None:
    await visit.send(HEAD + b"Content-Length: 90000\r\nConnection: keep-alive\r\n\r\n" + HALF)
    visit.writer.write_eof()
    await visit.wait(60)
    visit.closing = True


async def _part(visit: Visit) -> None:
    place = f"bytes 0-{len(HALF) - 1}/90000"
    await visit.reply(206, HALF, ("Content-Range", place))


async def _pushes_parts(visit: Visit) -> None:
    await visit.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n"
    )
    part = b"--b\r\nContent-Type: text/html\r\n\r\n" + HALF + b"\r\n"
    while True:
        await visit.send(part)
        await visit.wait(0.05)


async def _drips_its_head(visit: Visit) -> None:
    await visit.drip(HEAD + b"X-Slow: " + b"y" * 3600, 0.5)


def _row(
    name: str, must: str, never_words: str, serve: Serve, *checks: Check,
    banned: str = "", several: int = 0,
) -> Behaviour:  # fmt: skip
    links = tuple(f"/fault/{number}" for number in range(several)) or ("/fault",)
    return Behaviour(
        name=name, must=must, never=never_words, serve=serve, banned=banned,
        at="/fault/" if several else "/fault", links=("/public/", *links),
        checks=(reached("/public/"), few_retries("/fault"), *checks),
    )  # fmt: skip


LITTLE: Final = sent_at_most(16 * MEBIBYTE)
GIVES_UP: Final = client_leaves("/fault")

ROWS: Final = (
    _row("interim-flood", "stop reading after a few interim replies", "read hints for ever",
         _interims, LITTLE, GIVES_UP),
    _row("chunk-extension-bomb", "bound what is read of a chunk's own head", "read it for ever",
         _pads_with(b"5;x=", b"y"), LITTLE, GIVES_UP),
    _row("chunk-trailer-bomb", "bound what is read behind the last chunk", "read it for ever",
         _pads_with(b"0\r\n", b"X-Trailer: yyyyyyyyyyyyy\r\n"), LITTLE, GIVES_UP),
    _row("chunk-crumbs", "bound what many empty extensions come to", "read it for ever",
         _pads_with(b"", b"1;" + b"e" * 1019 + b"\r\nx\r\n"), LITTLE, GIVES_UP),
    _row("te-odd", "take a transfer coding for what it says, or for an error",
         "keep a body whole whose end nobody saw", _odd_coding, banned=MARKER,
         several=len(TRANSFER_CODINGS)),
    _row("status-line-odd", "read a status line as HTTP/1 has it, or take it as an error",
         "fall over", _odd_status_line, several=len(STATUS_LINES)),
    _row("bodiless-body", "know that 204 and 304 have no body",
         "take what follows for the answer to another request", _bodiless, banned=STOWAWAY,
         several=2),
    _row("speaks-unasked", "drop what comes on an idle connection",
         "take it for the answer to the next request", _speaks_unasked, banned=STOWAWAY),
    _row("half-close", "mark a body as cut off whose sender has nothing more to say",
         "wait for it, or keep it as a whole page", _half_closes, banned=MARKER),
    _row("partial-content", "know that a part nobody asked for is not the page",
         "keep it as a whole page", _part, banned=MARKER),
    _row("endless-parts", "stop at its limits for a page", "keep it as a whole page",
         _pushes_parts, GIVES_UP, banned=MARKER),
    _row("drip-head", "keep a deadline for the head too", "wait an hour for it",
         _drips_its_head, GIVES_UP),
)  # fmt: skip
