"""Bodies and fields that are torn, mislabelled or hide a refusal in an odd spelling."""

import gzip
from asyncio import to_thread
from typing import Final

import brotli  # type: ignore[import-untyped]  # it ships no types

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.bomb import MEBIBYTE
from tests.mocksite.checks import Check, canary_untouched, few_retries, never, reached
from tests.mocksite.rows.framing import MARKER
from tests.mocksite.rows.opt_outs import CANARY_TEXT, REFUSED
from tests.mocksite.visit import PROSE, Visit, page

TORN: Final = page("Torn", body=f"{MARKER} {PROSE}" * 20)
BODY: Final = page("Whole")

CHARSETS: Final = (
    "punycode", "idna", "zlib_codec", "bz2_codec", "hex", "rot13", "unicode_escape", "undefined",
    "mbcs", "utf-7", "utf_16_le", "utf-8\x00", "x" * 50_000, "../../etc", "", "utf-8,latin-1", "💥",
)  # fmt: skip
TYPES: Final = (
    "text/html, application/octet-stream", "text/html;;;charset", "text", "", "*/*", "text/html/x",
    "TEXT/HTML ; CHARSET = 'utf-8'", "t" * 50_000, "text/html; charset=utf-8; charset=utf-16",
)  # fmt: skip
REFUSALS: Final = (
    b"X-Robots-Tag : noai", b"x-ROBOTS-tag:noai", b"X-Robots-Tag: all,\r\n\tnoai",
    b"X-Robots-Tag:\r\n noai", b"Content-Type: text/html\nX-Robots-Tag: noai",
    b"X-Robots-Tag: all\r\nX-Robots-Tag: noai", b"X-Robots-Tag: no\xefve, noai",
    b"X-Robots-Tag: \x00noai", b"X-Robots-Tag: noai\r",
    b"X-Robots-Tag:" + b" " * 5_000 + b"noai", b"X-Robots-Tag: " + b"all, " * 2_000 + b"noai",
)  # fmt: skip

LAUGHS: Final = "".join(
    f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 12)
)


def _packed(body: bytes, coding: str = "gzip") -> Serve:
    async def serve(visit: Visit) -> None:
        await visit.reply(200, body, ("Content-Encoding", coding))

    return serve


async def _br_bomb(visit: Visit) -> None:
    bomb = await to_thread(brotli.compress, BODY + b" " * (16 * MEBIBYTE), quality=1)
    await visit.reply(200, bomb, ("Content-Encoding", "br"))


async def _charset(visit: Visit) -> None:
    named = CHARSETS[visit.number].encode().decode("latin-1")
    head = f'<meta charset="{CHARSETS[visit.number]}">'
    words = "xn--" + "a-" * 20_000
    content = page("Named", ("/private/x",), head=head, body=PROSE + words)
    await visit.reply(200, content, ("Content-Type", f"text/html; charset={named}"))


async def _type(visit: Visit) -> None:
    kind = ("Content-Type", TYPES[visit.number])
    await visit.reply(200, BODY, kind, ("Content-Type", "application/x-other"))


async def _refuses_oddly(visit: Visit) -> None:
    body = page("Not for training", body=REFUSED)
    await visit.raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(body),
        REFUSALS[visit.number] + b"\r\nContent-Type: text/html\r\n\r\n",
        body,
    )


async def _laughing_files(visit: Visit) -> None:
    canary = visit.place.canaries[0]
    declared = (
        f'<!DOCTYPE x [<!ENTITY l0 "/private/ha">{LAUGHS}'
        f'<!ENTITY e SYSTEM "http://{canary}/e"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    )
    if visit.path == "/robots.txt":
        pointer = ("Sitemap", "License")[visit.host]
        return await visit.reply(
            200, f"User-agent: *\nDisallow: /private\n{pointer}: {visit.url('/listed.xml')}\n"
        )
    if visit.path == "/listed.xml":
        listed = "".join(f"<url><loc>{one}</loc></url>" for one in ("&l11;", "&e;", "&f;"))
        content = f'<?xml version="1.0"?>{declared}<urlset>{listed}</urlset>'
        return await visit.reply(200, content, ("Content-Type", "application/xml"))
    return await visit.ordinary()


async def _wants_more(visit: Visit) -> None:
    """Fields by which a site would have a client come again, stay, or tell who it is."""
    canary = visit.place.canaries[0]
    await visit.reply(
        (200, 401, 407, 421, 425, 426, 511)[visit.number], BODY,
        ("WWW-Authenticate", 'Basic realm="ferry"'), ("Proxy-Authenticate", "Negotiate"),
        ("Alt-Svc", f'h2="{canary}"; ma=99999'), ("Upgrade", "h2c, websocket"),
        ("Link", f"<http://{canary}/hint>; rel=preload"),
        ("Content-Location", f"http://{canary}/there"), ("Accept-CH", "DPR, Width"),
        ("Critical-CH", "DPR"), ("Report-To", f'{{"endpoints":[{{"url":"http://{canary}"}}]}}'),
    )  # fmt: skip


def _row(
    name: str, must: str, never_words: str, serve: Serve, *checks: Check,
    banned: str = "", several: int = 0, refused: bool = False,
) -> Behaviour:  # fmt: skip
    links = tuple(f"/fault/{number}" for number in range(several)) or ("/fault",)
    return Behaviour(
        name=name, must=must, never=never_words, serve=serve, banned=banned,
        banned_everywhere=refused, at="/fault/" if several else "/fault",
        links=("/public/", *links),
        checks=(reached("/public/"), few_retries("/fault"), never("/private"), *checks),
    )  # fmt: skip


ERROR: Final = "take it as an error"
CUT: Final = "keep it as a whole page"

ROWS: Final = (
    _row("gzip-torn", ERROR, CUT, _packed(gzip.compress(TORN)[:-60]), banned=MARKER),
    _row("gzip-torn-trailer", ERROR, CUT, _packed(gzip.compress(TORN)[:-4]), banned=MARKER),
    _row("gzip-wrong-sum", ERROR, CUT,
         _packed(gzip.compress(TORN)[:-8] + b"\0\1\2\3" + gzip.compress(TORN)[-4:]),
         banned=MARKER),
    _row("gzip-second-torn", ERROR, CUT,
         _packed(gzip.compress(TORN) + gzip.compress(TORN)[:-60]), banned=MARKER),
    _row("deflate-torn", ERROR, CUT, _packed(gzip.compress(TORN)[10:-60], "deflate"),
         banned=MARKER),
    _row("br-torn", ERROR, CUT, _packed(brotli.compress(TORN)[:-20], "br"), banned=MARKER),
    _row("gzip-tail", "read the page and leave what follows it alone", "fall over",
         _packed(gzip.compress(BODY) + b"\0" * 512 + b"garbage"), reached("/fault")),
    _row("gzip-many-members", "stop after so many members", "unpack for ever",
         _packed(gzip.compress(BODY) + gzip.compress(b"") * 100_000), reached("/fault")),
    _row("br-bomb", "stop unpacking at its limit", "fill memory", _br_bomb, reached("/fault")),
    _row("charset-odd", "read a page by its bytes where its charset is none",
         "fall over, or take time that grows with a page's square", _charset,
         several=len(CHARSETS)),
    _row("type-odd", "read or leave a page whose type is none", "fall over", _type,
         several=len(TYPES)),
    _row("opt-odd-fields", "heed a refusal in a field that is oddly written",
         "keep a word of the refused page", _refuses_oddly, banned=CANARY_TEXT,
         several=len(REFUSALS), refused=True),
    _row("wants-more", "leave alone what a reply would have it do",
         "tell who it is, come again elsewhere, or fetch a hint", _wants_more,
         canary_untouched(), several=7),
    Behaviour(
        name="xml-bomb", must="read site files without their entities",
        never="fill memory, read a local file, or connect to the canary", serve=_laughing_files,
        hosts=2, seeded_hosts=2, checks=(
            reached("/public/", 0), reached("/listed.xml", 0), reached("/listed.xml", 1),
            canary_untouched(), never("/private"),
        ),
    ),
)  # fmt: skip
