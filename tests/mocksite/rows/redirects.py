"""Pages that send a crawler elsewhere."""

from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.checks import (
    Check,
    at_most,
    canary_untouched,
    few_retries,
    never,
    reached,
    robots_first,
    without_header,
)
from tests.mocksite.visit import Visit, page

SCHEMES: Final = (
    "ftp://{canary}/f", "gopher://{canary}/1", "data:text/html,<a href='/private/'>x</a>",
    "javascript:location='/private/'", "mailto:crew@ferry.example", "view-source:/private/",
    "ws://{canary}/s", "about:blank", "dict://{canary}/d",
)  # fmt: skip
BAD_LOCATIONS: Final = (
    "", "//", "http://", "http:///x", "http://[::bad/", "http://a b/", "\x7f\x01", "http://:0/",
    "http://host:99999/", "?%zz", "http://xn--a/", "\udcff\udcfe",
)  # fmt: skip
ODD_STATUSES: Final = (300, 304, 305, 306, 301, 302, 307, 308)


async def _into_private(visit: Visit) -> None:
    await visit.redirect("/private/deed")


async def _to_the_next_host(visit: Visit) -> None:
    if visit.host == 0 and visit.path == "/go":
        return await visit.redirect(visit.url("/house/", 1))
    if visit.host == 1 and visit.path == "/robots.txt":
        return await visit.reply(200, "User-agent: *\nDisallow: /house\n")
    return await visit.ordinary()


async def _with_cookie(visit: Visit) -> None:
    if visit.host == 0 and visit.path == "/go":
        cookie = ("Set-Cookie", "ticket=4711; Path=/; Domain=127.66.0.1")
        return await visit.redirect(visit.url("/landing", 1), 302, cookie)
    return await visit.ordinary()


async def _by_meta(visit: Visit) -> None:
    head = '<meta http-equiv="refresh" content="0; url=/private/parlour">'
    await visit.reply(200, page("A moment", head=head))


async def _by_header(visit: Visit) -> None:
    await visit.reply(200, page("A moment"), ("Refresh", "0; url=/private/parlour"))


async def _circle(visit: Visit) -> None:
    await visit.redirect("/ring/b" if visit.path == "/ring/a" else "/ring/a")


async def _staircase(visit: Visit) -> None:
    await visit.redirect(f"/step/{visit.number + 1}")


async def _to_a_file(visit: Visit) -> None:
    await visit.redirect("file:///etc/hostname")


def _numbered(choices: tuple[str, ...], visit: Visit) -> str:
    return choices[visit.number % len(choices)]


async def _to_odd_schemes(visit: Visit) -> None:
    await visit.redirect(_numbered(SCHEMES, visit).replace("{canary}", visit.place.canaries[0]))


async def _to_nonsense(visit: Visit) -> None:
    await visit.redirect(_numbered(BAD_LOCATIONS, visit))


async def _nowhere(visit: Visit) -> None:
    await visit.reply(ODD_STATUSES[visit.number % len(ODD_STATUSES)], page("Choose"))


async def _to_the_canary(visit: Visit) -> None:
    canaries = visit.place.canaries
    await visit.redirect(f"http://{canaries[visit.number % len(canaries)]}/in")


def _row(
    name: str,
    must: str,
    never_words: str,
    serve: Serve,
    *checks: Check,
    at: str = "/go",
    links: tuple[str, ...] = ("/go",),
    hosts: int = 1,
) -> Behaviour:
    return Behaviour(
        name=name, must=must, never=never_words, serve=serve, at=at, hosts=hosts,
        links=(*links, "/public/"), checks=(reached("/public/", 0), *checks),
    )  # fmt: skip


def _list(prefix: str, count: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{number}" for number in range(count))


ROWS: Final = (
    _row(
        "redir-into-private",
        "ask the rules again about where a redirect leads",
        "enter a closed path through the side door",
        _into_private,
        never("/private"),
        reached("/go"),
    ),
    _row(
        "redir-cross-host",
        "read the next host's robots.txt before its pages",
        "fetch a page there that those rules close",
        _to_the_next_host,
        never("/house", 1),
        robots_first(),
        at="",
        hosts=2,
    ),
    _row(
        "redir-meta-refresh",
        "ask the rules about the target of a meta refresh",
        "follow it into a closed path",
        _by_meta,
        never("/private"),
    ),
    _row(
        "redir-refresh-header",
        "ask the rules about the target of a Refresh header",
        "follow it into a closed path",
        _by_header,
        never("/private"),
    ),
    _row(
        "redir-loop",
        "notice the circle and give up",
        "go round for ever",
        _circle,
        at_most(24, "/ring/"),
        at="/ring/",
        links=("/ring/a",),
    ),
    _row(
        "redir-endless",
        "stop after a fixed number of hops",
        "climb for ever",
        _staircase,
        at_most(84, "/step/"),
        never("/step/21"),
        at="/step/",
        links=("/step/0",),
    ),
    _row(
        "redir-file",
        "refuse to leave the web",
        "read a file of its own machine",
        _to_a_file,
        few_retries("/go"),
    ),
    _row(
        "redir-schemes",
        "follow http and https and nothing else",
        "act on another scheme",
        _to_odd_schemes,
        canary_untouched(),
        never("/private"),
        at="/odd/",
        links=_list("/odd/", len(SCHEMES)),
    ),
    _row(
        "redir-bad-location",
        "count a target that is no address as an error and go on",
        "fall over, or wait",
        _to_nonsense,
        few_retries("/bad/"),
        at="/bad/",
        links=_list("/bad/", len(BAD_LOCATIONS)),
    ),
    _row(
        "redir-cookie",
        "leave cookies with the host that set them",
        "carry a cookie or a credential to another host",
        _with_cookie,
        without_header("Cookie", 1),
        without_header("Authorization", 1),
        at="",
        hosts=2,
    ),
    _row(
        "redir-300-list",
        "take a redirect without a target as an answer",
        "ask for the same page over and over",
        _nowhere,
        few_retries("/choice/"),
        at="/choice/",
        links=_list("/choice/", len(ODD_STATUSES)),
    ),
    _row(
        "redir-canary",
        "look at the address of every hop before it connects",
        "connect to the canary",
        _to_the_canary,
        canary_untouched(),
        at="/inward/",
        links=_list("/inward/", 3),
    ),
)
