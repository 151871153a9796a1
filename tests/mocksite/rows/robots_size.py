"""robots.txt that costs a careless parser its afternoon."""

from functools import cache
from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.checks import never, reached
from tests.mocksite.visit import Visit

AGENTS: Final = 4000
RULES: Final = 1000
GROUPS: Final = 50_000


@cache
def _wildcards() -> str:
    greedy = "".join(f"Disallow: /{'*a' * stars}b$\n" for stars in range(10, 60))
    return f"User-agent: *\n{greedy}Disallow: /private\n"


@cache
def _many_groups() -> str:
    others = "".join(f"User-agent: x{number}\nDisallow: /\n" for number in range(GROUPS))
    return f"User-agent: *\nDisallow: /private\n{others}"


@cache
def _product() -> str:
    agents = "".join(f"User-agent: a{number}\n" for number in range(AGENTS))
    rules = "".join(f"Disallow: /{number}\n" for number in range(RULES))
    return f"{agents}User-agent: *\n{rules}Disallow: /private\n"


def _row(name: str, must: str, never_words: str, serve: Serve, links: tuple[str, ...]) -> Behaviour:
    return Behaviour(
        name=name,
        must=must,
        never=never_words,
        serve=serve,
        at="/robots.txt",
        links=links,
        checks=(never("/private"), *(reached(link) for link in links if "private" not in link)),
    )


async def _send_wildcards(visit: Visit) -> None:
    await visit.reply(200, _wildcards())


async def _send_many_groups(visit: Visit) -> None:
    await visit.reply(200, _many_groups())


async def _send_product(visit: Visit) -> None:
    await visit.reply(200, _product())


ROWS: Final = (
    _row(
        "robots-redos",
        "match in time that grows with pattern and path, not with their power",
        "burn the processor on stars",
        _send_wildcards,
        (f"/{'a' * 600}", f"/{'a' * 900}c", "/public/", "/private/"),
    ),
    _row(
        "robots-many-groups",
        "read fifty thousand groups in a moment",
        "stop everything else for them",
        _send_many_groups,
        ("/public/", "/private/"),
    ),
    _row(
        "robots-quadratic",
        "share one set of rules among four thousand names",
        "copy a thousand rules for every name",
        _send_product,
        ("/public/", "/private/"),
    ),
)
