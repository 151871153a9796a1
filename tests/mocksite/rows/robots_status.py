"""robots.txt answered with a status that is not a plain 200."""

from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.checks import (
    Check,
    at_most,
    never,
    no_pages,
    pages_wait_for_rules,
    reached,
    rests,
    retries_grow,
)
from tests.mocksite.visit import Visit

RULES: Final = "User-agent: *\nDisallow: /private\n"
REST: Final = 3.0
"""Seconds that a Retry-After of these rows asks for; never shortened."""


def _always(status: int) -> Serve:
    async def serve(visit: Visit) -> None:
        await visit.reply(status, "Come back another time.\n")

    return serve


async def _too_many_then_rules(visit: Visit) -> None:
    if visit.count == 1:
        return await visit.reply(429, "", ("Retry-After", f"{REST:.0f}"))
    return await visit.reply(200, RULES)


async def _outage_then_rules(visit: Visit) -> None:
    await (visit.reply(503) if visit.count == 1 else visit.reply(200, RULES))


async def _rules_then_outage(visit: Visit) -> None:
    if visit.count == 1:
        return await visit.reply(200, RULES, ("Cache-Control", "max-age=1"))
    return await visit.reply(503)


async def _part(visit: Visit) -> None:
    await visit.reply(206, RULES, ("Content-Range", f"bytes 0-{len(RULES) - 1}/900"))


def _row(
    name: str, must: str, never_words: str, serve: Serve, *checks: Check, pages: int = 2
) -> Behaviour:
    links = (*(f"/public/{number}" for number in range(pages)), "/private/")
    return Behaviour(
        name=name, must=must, never=never_words, serve=serve, checks=checks,
        at="/robots.txt", links=links,
    )  # fmt: skip


ABSENT: Final = tuple(
    _row(
        f"robots-{status}",
        "crawl as though there were no rules",
        "ask for the missing file over and over",
        _always(status),
        reached("/public/0"),
        at_most(2, "/robots.txt"),
    )
    for status in (404, 410)
)
CLOSED: Final = tuple(
    _row(
        f"robots-{status}",
        "take one documented view of a closed robots.txt; Heed's is to stay out",
        "offer credentials, or mix both views",
        _always(status),
        no_pages(but_literal=True),
        at_most(2, "/robots.txt"),
    )
    for status in (401, 403)
)
BROKEN: Final = tuple(
    _row(
        f"robots-{status}",
        "stay out while it lasts and ask again at growing intervals",
        "fetch a page on the strength of an error",
        _always(status),
        no_pages(),
        retries_grow("/robots.txt"),
        at_most(6, "/robots.txt"),
    )
    for status in (500, 502, 503, 504)
)

ROWS: Final = (
    *ABSENT,
    *CLOSED,
    *BROKEN,
    _row(
        "robots-402",
        "read a price on the rules as a refusal",
        "pay, haggle or walk in",
        _always(402),
        no_pages(),
        at_most(2, "/robots.txt"),
    ),
    _row(
        "robots-429",
        "wait as long as it was told, ask again, and only then crawl",
        "take a full house for an open door",
        _too_many_then_rules,
        pages_wait_for_rules(),
        rests(REST, 429),
        never("/private"),
        at_most(4, "/robots.txt"),
    ),
    _row(
        "robots-503-then-200",
        "come back after the outage and crawl what the rules allow",
        "remember the outage as permission",
        _outage_then_rules,
        pages_wait_for_rules(),
        retries_grow("/robots.txt"),
        never("/private"),
    ),
    _row(
        "robots-200-then-503",
        "keep to the rules it last saw while they cannot be read again",
        "forget them with the first error",
        _rules_then_outage,
        reached("/public/0"),
        never("/private"),
        pages=6,
    ),
    _row(
        "robots-206",
        "count nothing but a whole answer as the rules",
        "fall over a part",
        _part,
        never("/private"),
        at_most(4, "/robots.txt"),
    ),
)
