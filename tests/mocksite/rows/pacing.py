"""Hosts that ask for rest, or need it."""

from email.utils import formatdate
from time import time
from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.checks import (
    Check,
    at_most,
    few_retries,
    gaps_of_the_delay,
    one_connection,
    reached,
    rests,
    retries_grow,
)
from tests.mocksite.visit import Visit

REST: Final = 4.0
ODD_REST: Final = 200.0
"""Longer than a first back-off, so that a wait that was not read shows."""

GOOD_PAGES: Final = 3
LINKS: Final = tuple(f"/page/{number}" for number in range(30))
NONSENSE: Final = (
    "soon", "-5", "1e9", "99999999999999999999", "", "Tue, 99 Foo 2026", "nan", "12;3", "\xb2",
)  # fmt: skip


def _asks_for_rest(status: int, *, as_date: bool = False) -> Serve:
    async def serve(visit: Visit) -> None:
        if visit.count > 1:
            return await visit.ordinary()
        # A date has whole seconds: one more, so that its rounding never shortens the rest.
        date = formatdate(time() + REST + 1, usegmt=True)
        return await visit.reply(status, "", ("Retry-After", date if as_date else f"{REST:.0f}"))

    return serve


def _asks_oddly(*values: str) -> Serve:
    async def serve(visit: Visit) -> None:
        if visit.count > 1:
            return await visit.ordinary()
        return await visit.reply(429, "", *(("Retry-After", value) for value in values))

    return serve


async def _talks_nonsense(visit: Visit) -> None:
    number = visit.number % len(NONSENSE)
    if visit.count > 1:
        return await visit.ordinary()
    return await visit.reply(503, "", ("Retry-After", NONSENSE[number]))


async def _always_500(visit: Visit) -> None:
    await visit.reply(500, "Out of tea.\n")


async def _dies(visit: Visit) -> None:
    counts = visit.place.counts
    if sum(counts[key] for key in counts if key[1].startswith("/page/")) > GOOD_PAGES:
        return visit.reset()
    return await visit.ordinary()


async def _slow_but_steady(visit: Visit) -> None:
    await visit.wait(0.1)
    await visit.ordinary()


def _row(
    name: str,
    must: str,
    never_words: str,
    serve: Serve,
    *checks: Check,
    at: str = "/page/",
    links: tuple[str, ...] = LINKS,
) -> Behaviour:
    return Behaviour(
        name=name, must=must, never=never_words, serve=serve, checks=checks, at=at, links=links
    )


ROWS: Final = (
    *(
        _row(
            f"ra-{status}",
            "leave the host alone for as long as it asks",
            "try again at once",
            _asks_for_rest(status),
            rests(REST, status),
            reached("/page/0"),
            at="/page/0",
            links=LINKS[:4],
        )
        for status in (429, 503)
    ),
    _row(
        "ra-date",
        "leave the host alone until the date it names",
        "take a date for nonsense and try again at once",
        _asks_for_rest(503, as_date=True),
        rests(REST - 1, 503),
        at="/page/0",
        links=LINKS[:4],
    ),
    *(
        _row(
            name,
            must,
            "take the shorter wait, or its own",
            _asks_oddly(*values),
            rests(ODD_REST, 429),
            at="/page/0",
            links=LINKS[:2],
        )
        for name, must, values in (
            ("ra-twice", "keep the longest of several waits", ("0", f"{ODD_REST:.0f}", "soon")),
            ("ra-unit", "keep a wait that is written with its unit", (f"{ODD_REST:.0f} seconds",)),
            ("ra-list", "keep the longest wait of a list", (f'"1, {ODD_REST:.0f}"',)),
        )
    ),
    _row(
        "ra-bad",
        "pass over a Retry-After it cannot read and wait for as long as it would anyhow",
        "fall over, or wait for three thousand years",
        _talks_nonsense,
        few_retries(),
        rests(1.0, 503),
        links=LINKS[: len(NONSENSE)],
    ),
    _row(
        "always-500",
        "try again a few times, later and later",
        "try again at a constant rate",
        _always_500,
        few_retries(),
        retries_grow("/page/0"),
        links=LINKS[:1],
    ),
    _row(
        "host-down-later",
        "stop asking a host that failed several times in a row",
        "throw the whole queue at it",
        _dies,
        at_most(GOOD_PAGES + 12, "/page/"),
        few_retries(),
    ),
    _row(
        "politeness",
        "use one connection and keep a steady gap",
        "ask for several pages at once",
        _slow_but_steady,
        one_connection(),
        gaps_of_the_delay(),
        reached(LINKS[7]),
        links=LINKS[:8],
    ),
)
