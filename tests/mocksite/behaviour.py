"""A behaviour: one way a site can misbehave, what a crawler owes it, and the judge of that."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from tests.mocksite.access_log import Log
from tests.mocksite.checks import Check, authorises_nobody, robots_first
from tests.mocksite.visit import Visit

Serve = Callable[[Visit], Awaitable[None]]

ALWAYS: Final = (robots_first(), authorises_nobody())
"""What every row is judged by beside its own checks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One row of the fault table; `serve` answers requests at `at`, the rest is ordinary."""

    name: str
    must: str
    never: str
    serve: Serve
    checks: tuple[Check, ...]
    at: str = ""
    """The path that `serve` answers; with a final slash all below it, empty for every path."""
    robots: str | None = "User-agent: *\nDisallow: /private\n"
    """What ordinary hosts of this row answer for robots.txt; None for a 404."""
    links: tuple[str, ...] = ("/public/", "/private/")
    head: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    """Mark-up and headers of this row's ordinary pages."""
    start: str = "/"
    hosts: int = 1
    seeded_hosts: int = 1
    """How many of the hosts, from the first, a crawl starts at."""
    same_address: bool = False
    """Whether the hosts are ports of one address instead of addresses of their own."""
    tls: str = ""
    """`wrong host` for a certificate of another name, `plain` for HTTP where TLS is expected."""
    banned: str = ""
    """Words that may stand in no row of the output."""
    banned_everywhere: bool = field(default=False)
    """Whether `banned` may stand in no record either: the page was refused, not broken."""

    def answers(self, path: str) -> bool:
        """Whether `serve` answers requests for `path`."""
        below = len(self.at) > 1 and self.at[-1] == "/" and path.startswith(self.at)
        return not self.at or path == self.at or below

    def judge(self, log: Log) -> list[str]:
        """Every complaint about the crawl that `log` is of; empty means well behaved."""
        found = (check.find(log) for check in (*ALWAYS, *self.checks))
        return [f"{self.name}: {complaint}" for complaint in found if complaint]


async def ordinary(visit: Visit) -> None:
    """Answer as a host with nothing odd about it would."""
    await visit.ordinary()


@cache
def behaviours() -> dict[str, Behaviour]:
    """Every behaviour by name: the `ROWS` of all modules in `tests.mocksite.rows`."""
    package = import_module("tests.mocksite.rows")
    rows: dict[str, Behaviour] = {}
    for found in sorted(iter_modules(package.__path__), key=lambda module: module.name):
        for row in import_module(f"{package.__name__}.{found.name}").ROWS:
            if row.name in rows:
                message = f"two behaviours are called {row.name}"
                raise ValueError(message)
            rows[row.name] = row
    return rows
