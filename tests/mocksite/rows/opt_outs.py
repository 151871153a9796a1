"""Pages that may be looked at but not learnt from, each by another signal.

What a log cannot show, the output must: `banned` stands on the refused pages and nowhere else.
"""

from typing import Final

from tests.mocksite.access_log import SITE_FILES
from tests.mocksite.behaviour import Behaviour, Serve, ordinary
from tests.mocksite.checks import Check, asks_before, at_most, few_retries, never, no_pages, reached
from tests.mocksite.visit import PROSE, TEXT, Headers, Visit, page

CANARY_TEXT: Final = "CANARY-TEXT"
REFUSED: Final = f"{CANARY_TEXT} {PROSE}"
RSL: Final = (
    '<rsl xmlns="https://rslstandard.org/rsl"><content url="/">'
    '<license><prohibits type="usage">ai-all</prohibits></license></content></rsl>'
)


def _refuses(head: str = "", headers: Headers = (), status: int = 200) -> Serve:
    async def serve(visit: Visit) -> None:
        named = tuple((name, visit.worded(value)) for name, value in headers)
        content = page("Not for training", head=visit.worded(head), body=REFUSED)
        await visit.reply(status, content, *named)

    return serve


def _row(
    name: str,
    must: str,
    serve: Serve,
    *checks: Check,
    links: tuple[str, ...] = ("/refused", "/public/"),
    at: str = "/refused",
) -> Behaviour:
    return Behaviour(
        name=name, must=must, never="keep a word of the refused page", serve=serve, at=at,
        links=links, banned=CANARY_TEXT, banned_everywhere=True,
        checks=(reached("/public/"), few_retries("/refused"), *checks),
    )  # fmt: skip


def _site_file(name: str, path: str, content_type: str, body: str) -> Behaviour:
    """A row whose refusal stands in a file of the site: the page is never asked for."""

    async def serve(visit: Visit) -> None:
        if visit.path == path:
            return await visit.reply(200, body, ("Content-Type", content_type))
        if visit.path.startswith("/refused"):
            return await _refuses()(visit)
        return await visit.ordinary()

    return Behaviour(
        name=name, must=f"read {path} before any page", never="ask for what it refuses",
        serve=serve, links=("/refused/story", "/public/"), banned=CANARY_TEXT,
        banned_everywhere=True, checks=(asks_before(path), never("/refused")),
    )  # fmt: skip


async def _signals(visit: Visit) -> None:
    if visit.path == "/robots.txt":
        await visit.reply(200, "User-agent: *\nContent-Signal: ai-train=no\nAllow: /\n")
    else:
        await _refuses_pages(visit)


async def _licensed(visit: Visit) -> None:
    if visit.path == "/license.xml":
        return await visit.reply(200, RSL, ("Content-Type", "application/rsl+xml"))
    if visit.path == "/robots.txt":
        line = f"License: {visit.url('/license.xml')}\nUser-agent: *\nAllow: /\n"
        return await visit.reply(200, line)
    return await _refuses_pages(visit)


async def _shuns(visit: Visit) -> None:
    body = f'<a rel="NoFollow me" href="/shunned/">not this way</a> {PROSE}'
    await visit.reply(200, page("Links", ("/public/",), body=body))


async def _refuses_pages(visit: Visit) -> None:
    """A refused page for every path but those of site files, which are kept as evidence."""
    await (visit.ordinary() if visit.path in SITE_FILES else _refuses()(visit))


def _whole_site(name: str, must: str, serve: Serve) -> Behaviour:
    return Behaviour(
        name=name,
        must=must,
        never="ask for one of its pages to learn from",
        serve=serve,
        banned=CANARY_TEXT,
        banned_everywhere=True,
        checks=(no_pages(),),
    )


TDMREP: Final = '[{"location": "/refused/*", "tdm-reservation": 1}]'

ROWS: Final = (
    _row("opt-xrobots-noai", "heed the header on the page that carries it",
         _refuses(headers=(("X-Robots-Tag", "noai"),))),
    _row("opt-xrobots-named", "heed a header addressed to its own name",
         _refuses(headers=(("X-Robots-Tag", "other: none"), ("X-Robots-Tag", "TOKEN: noai")))),
    _row("opt-xrobots-value-first", "read past a rule that has a value of its own",
         _refuses(headers=(("X-Robots-Tag", "max-snippet: 50, noai"),))),
    _row("opt-meta-noindex", "heed the robots meta element",
         _refuses('<meta name="robots" content="noindex">')),
    _row("opt-meta-noai", "heed noai in the robots meta element",
         _refuses('<META CONTENT="NoAI, NoImageAI" NAME="Robots">')),
    _row("opt-meta-tdm", "heed a reservation in the head",
         _refuses('<meta name="tdm-reservation" content="1">')),
    _row("opt-tdm-header", "heed a reservation in a header",
         _refuses(headers=(("tdm-reservation", "1"),))),
    _row("opt-content-usage-header", "heed the preference that comes with the page",
         _refuses(headers=(("Content-Usage", "train-ai=n"),))),
    _row("opt-402", "read a price as a condition it does not meet, and not ask again",
         _refuses(headers=(("crawler-price", "USD 0.01"),), status=402), at_most(1, "/refused")),
    _site_file("opt-tdmrep-json", "/.well-known/tdmrep.json", "application/json", TDMREP),
    _whole_site("opt-content-signal", "heed a signal in its group of robots.txt", _signals),
    _whole_site("opt-rsl", "read the licence that robots.txt points to", _licensed),
    Behaviour(
        name="opt-ai-txt",
        must="read /ai.txt before any page",
        never="learn from what it refuses",
        serve=_site_file("opt-ai-txt", "/ai.txt", TEXT, "User-Agent: *\nDisallow: /\n").serve,
        links=("/refused/story",),
        checks=(asks_before("/ai.txt"), never("/refused")),
    ),
    Behaviour(
        name="opt-trust-txt",
        must="read /trust.txt before any page",
        never="learn from a site that refuses",
        serve=_site_file("opt-trust-txt", "/trust.txt", TEXT, "datatrainingallowed=no\n").serve,
        links=("/refused/story",),
        checks=(asks_before("/trust.txt"), never("/refused")),
    ),
    Behaviour(
        name="opt-nofollow-link",
        must="leave a link alone that is marked rel=nofollow",
        never="follow it",
        serve=_shuns,
        at="/",
        checks=(never("/shunned"), reached("/public/")),
    ),
    Behaviour(
        name="opt-nofollow-page",
        must="leave all links of a page alone that says nofollow",
        never="follow one",
        serve=ordinary,
        head='<meta name="robots" content="nofollow">',
        links=("/shunned/",),
        checks=(never("/shunned"), reached("/")),
    ),
)  # fmt: skip
