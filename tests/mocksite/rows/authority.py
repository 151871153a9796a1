"""Two ports of one address: robots.txt rules the one that served it."""

from typing import Final

from tests.mocksite.behaviour import Behaviour
from tests.mocksite.checks import never, reached
from tests.mocksite.visit import Visit

CLOSED: Final = ("/left", "/right")
"""What each port closes."""


async def _by_port(visit: Visit) -> None:
    if visit.path == "/robots.txt":
        return await visit.reply(200, f"User-agent: *\nDisallow: {CLOSED[visit.host]}\n")
    return await visit.ordinary()


ROWS: Final = (
    Behaviour(
        name="port-authority",
        must="read robots.txt for each scheme, host and port by itself",
        never="apply one port's rules to the other",
        serve=_by_port,
        links=("/left/", "/right/"),
        hosts=2,
        seeded_hosts=2,
        same_address=True,
        checks=(
            never("/left", 0),
            reached("/right/", 0),
            never("/right", 1),
            reached("/left/", 1),
        ),
    ),
)
