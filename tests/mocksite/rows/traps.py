"""Sites without an end, and links that are bait."""

from hashlib import sha256
from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.checks import Check, never, reached, within_budget
from tests.mocksite.visit import PROSE, Visit, page

LINKS_A_PAGE: Final = 5_000


def _number(visit: Visit) -> int:
    """A number that is always the same for the same target."""
    return int.from_bytes(sha256(visit.target.encode()).digest()[:4], "big")


async def _calendar(visit: Visit) -> None:
    parts = [int(part) for part in visit.path.split("/") if part.isdecimal()]
    year, month = parts[:2] if len(parts) > 1 else (2026, 11)
    ahead, back = divmod(year * 12 + month, 12), divmod(year * 12 + month - 2, 12)
    days = (f"/calendar/{year}/{month}/{day}" for day in range(1, 29))
    months = (f"/calendar/{then}/{index + 1}" for then, index in (ahead, back))
    body = f"Nothing happened in month {month} of {year}. {PROSE}"
    await visit.reply(200, page(f"{year}-{month}", (*months, *days), body=body))


async def _depth(visit: Visit) -> None:
    here = visit.path.rstrip("/")
    body = f"You are {here.count('/')} levels down. {PROSE}"
    links = (f"{here}/deeper/", f"{here}/more/", "deeper/still/")
    await visit.reply(200, page("Down", links, body=body))


async def _session(visit: Visit) -> None:
    fresh = f"{_number(visit) + visit.count:08x}{visit.count:024x}"
    links = (
        f"/shop/?PHPSESSID={fresh}",
        f"/shop/item;jsessionid={fresh}?id=1",
        f"/shop/item?id=2&sid={fresh}",
    )
    await visit.reply(200, page("The shop", links))


async def _facets(visit: Visit) -> None:
    query = visit.target.partition("?")[2]
    chosen = [pair for pair in query.split("&") if pair]
    names = ("colour", "size", "maker", "order", "stock", "page", "view", "price")
    links = tuple(
        "/wares?" + "&".join([*chosen, f"{name}={value}"]) for name in names for value in "abcd"
    )
    await visit.reply(200, page("Wares", links, body=f"{_number(visit)} wares found. {PROSE}"))


async def _maze(visit: Visit) -> None:
    if visit.host:
        return await visit.ordinary()
    await visit.wait(1.0)
    seed = _number(visit)
    words = PROSE.split()
    babble = " ".join(words[(seed >> shift) % len(words)] for shift in range(24)) * 3
    links = tuple(f"/maze/{(seed * prime) % 99_991}/{prime}" for prime in (3, 7, 11, 13, 17))
    return await visit.reply(200, page(f"Room {seed}", links, body=f"{babble}. {PROSE}"))


async def _farm(visit: Visit) -> None:
    base = _number(visit)
    links = tuple(f"/farm/{base}-{number}" for number in range(LINKS_A_PAGE))
    await visit.reply(200, page(f"Farm {base}", links))


def _endless(
    name: str, must: str, serve: Serve, start: str, *checks: Check, hosts: int = 1
) -> Behaviour:
    at = "/" + start.split("/")[1].partition("?")[0]
    return Behaviour(
        name=name,
        must=must,
        never="crawl for ever",
        serve=serve,
        at=at if "?" in start else f"{at}/",
        links=(start, "/public/"),
        hosts=hosts,
        seeded_hosts=hosts,
        checks=(within_budget(), reached("/public/", hosts - 1), *checks),
    )


DOTS: Final = (
    "/open/../pit/", "//pit/", "/%2e%2e/pit/", "/./pit/", "/open/%2E%2E/pit/", "/open/./../pit/",
    "/open//../../pit/", "/pi%74/", "/open/..%2fpit/", "\\pit\\", "/open/..;/pit/", " /pit/ ",
)  # fmt: skip

ROWS: Final = (
    _endless(
        "trap-calendar",
        "notice a calendar without events and stop",
        _calendar,
        "/calendar/2026/11",
    ),
    _endless("trap-depth", "stop at a depth, or when a segment repeats", _depth, "/down/"),
    _endless("trap-session", "see that only the session changes", _session, "/shop/"),
    _endless("trap-facets", "bound the ways in which a query may be put", _facets, "/wares?view=a"),
    _endless(
        "trap-maze",
        "keep a budget for the host, and never let its slow rooms starve the other host",
        _maze,
        "/maze/1/3",
        hosts=2,
    ),
    _endless(
        "trap-linkfarm",
        "take so many links of a page and no more",
        _farm,
        "/farm/0",
    ),
    Behaviour(
        name="trap-honeypot",
        must="obey the rule that guards a hidden link",
        never="step into the pit",
        serve=_depth,
        at="/pit/",
        robots="User-agent: *\nDisallow: /pit\n",
        links=("/public/", "/pit/"),
        checks=(never("/pit"), reached("/public/")),
    ),
    Behaviour(
        name="trap-dot-segments",
        must="normalise a path before it asks the rules about it",
        never="reach the pit by a detour",
        serve=_depth,
        at="/pit/",
        robots="User-agent: *\nDisallow: /pit\n",
        links=("/public/", *DOTS),
        checks=(never("/pit"), never("/open/../pit"), never("//pit"), reached("/public/")),
    ),
)
