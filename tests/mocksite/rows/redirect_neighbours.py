"""Redirects and links whose spelling is a trick, and those that lead back to where they began."""

from html import escape
from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.checks import (
    Check,
    at_most,
    canary_untouched,
    few_retries,
    never,
    no_pages,
    reached,
)
from tests.mocksite.visit import Visit, page

SPELLINGS: Final = (
    "http://user:pw@{canary}/in", "\\\\{canary}\\in", "/\\{canary}/in", "http:\\\\{canary}\\in",
    "ht\ttp://{canary}/in", "//{canary}/in", "///{canary}/in", "http:/{canary}/in",
    "http:{canary}/in", "{here}@{canary}/in", "{here}\\@{canary}/in", "{here}#@{canary}/in",
    "http://{canary}%2f@x/in", "http://{canary}%00.example/in", "HTTP://{canary}/in",
    "/pri\tvate/x", " /private/x ", "/pri%76ate/x", "/%2e/private/x", "/open/../private/x",
    "/open/..\\private/x", "\\private\\x", "/public/%2e%2e/private/x", "//{host}/private/x",
    "http:private/x", "/./private/x", "/private%2fx", "/;/../private/x", "/private/x#top",
)  # fmt: skip
"""Each for the canary or for a closed path, as some reader would have it."""

SELVES: Final = (
    "/self/{n}", "/self/{n}#{count}", "/SELF/../self/{n}", "//{host}/self/{n}", "?", "#x", ".",
    "./{n}", "{upper}/self/{n}", "/self/%3{n}", "/self/{n}?utm_source={count}", "{slow}",
)  # fmt: skip
HOPS: Final = 7


def _spelt(text: str, visit: Visit) -> str:
    here = visit.url("")
    return (
        text.replace("{canary}", visit.place.canaries[0])
        .replace("{here}", here).replace("{host}", here.partition("//")[2])
    )  # fmt: skip


async def _by_location(visit: Visit) -> None:
    await visit.redirect(_spelt(SPELLINGS[visit.number], visit))


async def _by_link(visit: Visit) -> None:
    links = "".join(f'<a href="{escape(_spelt(one, visit))}">x</a>' for one in SPELLINGS)
    base = f'<base href="{visit.url("/")}">' if visit.number else ""
    await visit.reply(200, page("Links", head=base, body=links))


async def _to_itself(visit: Visit) -> None:
    where = SELVES[visit.number % len(SELVES)]
    here = visit.url("")
    where = where.replace("{n}", str(visit.number)).replace("{count}", str(visit.count))
    where = where.replace("{host}", here.partition("//")[2]).replace("{upper}", here.upper())
    await visit.redirect(where.replace("{slow}", f"/self/{visit.number}?a=1&b=2"))


async def _wants_a_cookie(visit: Visit) -> None:
    if "seen=1" in visit.header("Cookie"):
        return await visit.ordinary()
    return await visit.redirect(visit.target, 302, ("Set-Cookie", "seen=1"))


async def _refreshes(visit: Visit) -> None:
    where = (visit.path, f"/tick/{1 - visit.number}", "")[visit.number]
    head = f'<meta http-equiv="refresh" content="0; url={where}">'
    await visit.reply(200, page("Tick", head=head), ("Refresh", f"0; url={where}"))


async def _through_private(visit: Visit) -> None:
    """A closed hop on the way to an open page."""
    if visit.path == "/go":
        return await visit.redirect("/private/hop")
    if visit.path == "/private/hop":
        return await visit.redirect("/beyond/")
    return await visit.ordinary()


async def _grows(visit: Visit) -> None:
    await visit.redirect(visit.target + "/" + "long" * 200)


async def _too_far(visit: Visit) -> None:
    if visit.path != "/robots.txt":
        return await visit.ordinary()
    if visit.host == HOPS - 1:
        return await visit.reply(200, "User-agent: *\nAllow: /\n")
    return await visit.redirect(visit.url("/robots.txt", visit.host + 1))


async def _to_a_page(visit: Visit) -> None:
    if visit.path == "/robots.txt":
        return await visit.redirect("/private/rules")
    return await visit.ordinary()


def _row(
    name: str, must: str, never_words: str, serve: Serve, *checks: Check,
    at: str = "", links: tuple[str, ...] = (), hosts: int = 1,
) -> Behaviour:  # fmt: skip
    return Behaviour(
        name=name, must=must, never=never_words, serve=serve, at=at, hosts=hosts,
        links=(*links, "/public/"), checks=checks,
    )  # fmt: skip


def _list(prefix: str, count: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{number}" for number in range(count))


OPEN: Final = reached("/public/")

ROWS: Final = (
    _row("redir-spelt", "read a target as it is sent, and ask the rules and the guard about that",
         "connect to the canary, or enter a closed path", _by_location, OPEN, never("/private"),
         canary_untouched(), few_retries(), at="/to/", links=_list("/to/", len(SPELLINGS))),
    _row("links-spelt", "read a link as it is sent, and ask the rules and the guard about that",
         "connect to the canary, or enter a closed path", _by_link, OPEN, never("/private"),
         canary_untouched(), few_retries(), at="/list/", links=("/list/0", "/list/1")),
    _row("redir-to-itself", "give up on a page that only leads to itself", "go round for ever",
         _to_itself, OPEN, at_most(72, "/self/"), at="/self/",
         links=_list("/self/", len(SELVES))),
    _row("redir-cookie-wall", "leave a page that wants its cookie back", "knock for ever",
         _wants_a_cookie, OPEN, at_most(4, "/wall"), at="/wall", links=("/wall",)),
    _row("redir-growing", "stop where a URL grows beyond reason", "follow for ever", _grows, OPEN,
         at_most(6, "/grow"), at="/grow/", links=("/grow/",)),
    _row("redir-through-private", "stop at a closed hop", "ask for it because an open page follows",
         _through_private, OPEN, never("/private"), links=("/go",)),
    _row("refresh-loop", "take a page that refreshes for what it is", "fetch it again and again",
         _refreshes, OPEN, few_retries("/tick"), at="/tick/", links=_list("/tick/", 3)),
    _row("robots-redirect-far", "give up after five hops and stay out",
         "follow for ever, or crawl without the rules", _too_far, no_pages(0),
         at_most(6, "/robots.txt", HOPS - 2), hosts=HOPS),
    _row("robots-redirect-page", "take what a redirect leads to for the rules, whatever it is",
         "ask for it again and again", _to_a_page, at_most(2, "/robots.txt")),
)  # fmt: skip
