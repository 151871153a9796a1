"""A plain, larger site for crawls that are killed and go on, and hosts whose TLS is not right."""

from typing import Final

from tests.mocksite.behaviour import Behaviour, ordinary
from tests.mocksite.checks import at_most, fetched_all, never, no_pages, retries_grow
from tests.mocksite.visit import PROSE, Visit, page

PAGES: Final = 300


async def _numbered(visit: Visit) -> None:
    """Pages 0 to 299, each with its own words and links to the next few."""
    number = visit.number
    links = tuple(f"/leaf/{one}" for one in range(number + 1, min(number + 8, PAGES)))
    body = f"Leaf {number} of the logbook, written on day {number}. {PROSE}"
    await visit.reply(200, page(f"Leaf {number}", links, body=body))


ROWS: Final = (
    Behaviour(
        name="durable",
        must="fetch every page at least once, though it is killed and started again",
        never="lose what was queued or on its way",
        serve=_numbered,
        at="/leaf/",
        links=("/leaf/0", "/private/"),
        checks=(fetched_all("/leaf/", PAGES), never("/private")),
    ),
    Behaviour(
        name="tls-wronghost",
        must="fail the fetch when the certificate is for another name",
        never="send a request over a connection that proves nothing",
        serve=ordinary,
        tls="wrong host",
        checks=(at_most(0),),
    ),
    Behaviour(
        name="tls-plain",
        must="count plain HTTP where TLS was agreed as an error",
        never="fall over, or try again without TLS",
        serve=ordinary,
        tls="plain",
        checks=(no_pages(), retries_grow("/robots.txt")),
    ),
)
