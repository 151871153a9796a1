"""robots.txt that is somewhere else."""

from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve
from tests.mocksite.checks import Check, at_most, canary_untouched, never, no_pages, reached
from tests.mocksite.visit import Visit

RULES: Final = "User-agent: *\nDisallow: /private\n"
HOPS: Final = 5


async def _once(visit: Visit) -> None:
    if visit.path == "/rules/robots.txt":
        return await visit.reply(200, RULES)
    if visit.path == "/robots.txt":
        return await visit.redirect(visit.url("/rules/robots.txt"), 301)
    return await visit.ordinary()


async def _from_host_to_host(visit: Visit) -> None:
    if visit.path != "/robots.txt":
        return await visit.ordinary()
    if visit.host == HOPS:
        return await visit.reply(200, RULES)
    return await visit.redirect(visit.url("/robots.txt", visit.host + 1))


async def _round_and_round(visit: Visit) -> None:
    if visit.path not in {"/robots.txt", "/again/robots.txt"}:
        return await visit.ordinary()
    other = "/again/robots.txt" if visit.path == "/robots.txt" else "/robots.txt"
    return await visit.redirect(visit.url(other))


async def _to_the_canary(visit: Visit) -> None:
    await visit.redirect(f"http://{visit.place.canaries[0]}/robots.txt")


async def _to_a_file(visit: Visit) -> None:
    await visit.redirect("file:///etc/hostname")


def _row(
    name: str, must: str, never_words: str, serve: Serve, *checks: Check, hosts: int = 1
) -> Behaviour:
    return Behaviour(
        name=name, must=must, never=never_words, serve=serve, checks=checks, hosts=hosts
    )


ROWS: Final = (
    _row(
        "robots-redirect-1",
        "follow, and apply what it finds to the host it started from",
        "overlook rules because they stand behind a redirect",
        _once,
        reached("/public/"),
        never("/private"),
    ),
    _row(
        "robots-redirect-5hosts",
        "follow five hops, from one host to the next",
        "give up before the fifth and crawl on",
        _from_host_to_host,
        reached("/robots.txt", HOPS),
        reached("/public/", 0),
        never("/private", 0),
        hosts=HOPS + 1,
    ),
    _row(
        "robots-redirect-loop",
        "stop after a few rounds; Heed then knows no rules and stays out",
        "go round for ever",
        _round_and_round,
        at_most(24),
        no_pages(),
    ),
    Behaviour(
        name="robots-redirect-canary",
        must="refuse an address it may not connect to, and stay out",
        never="connect there",
        serve=_to_the_canary,
        at="/robots.txt",
        checks=(canary_untouched(), no_pages(), at_most(6, "/robots.txt")),
    ),
    Behaviour(
        name="robots-redirect-file",
        must="refuse a scheme that is not of the web, and stay out",
        never="read a file of its own machine for rules",
        serve=_to_a_file,
        at="/robots.txt",
        checks=(no_pages(), at_most(6, "/robots.txt")),
    ),
)
