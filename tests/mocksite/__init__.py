"""A site with every fault in the book, on loopback, whose access log is the judge of a crawl.

    with mocksite(["robots-503", "trap-maze"], scale=0.1) as site:
        crawl(site.seeds("robots-503"), allow_net=NETWORK)
        assert site.judge("robots-503") == []
        assert find_banned(site.row("robots-503"), out) == []

It runs in a process of its own, so that no crawl can starve it. `scale` shortens the site's own
waits, never the seconds that it asks a crawler to keep.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tests.mocksite.access_log import CANARY, Log, Terms, read_log
from tests.mocksite.behaviour import Behaviour, behaviours
from tests.mocksite.output import find_banned
from tests.mocksite.server import NETWORK

__all__ = ["NETWORK", "Log", "MockSite", "Terms", "behaviours", "find_banned", "mocksite"]

ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class MockSite:
    """A running mock site: where its hosts are, and what they saw."""

    log_path: Path
    hosts: dict[str, list[str]]

    def url(self, name: str, host: int = 0) -> str:
        """The address at which a crawl of behaviour `name` starts, or that of a further host."""
        return self.hosts[name][host]

    def seeds(self, name: str) -> list[str]:
        """Every address at which a crawl of behaviour `name` starts."""
        return self.hosts[name][: behaviours()[name].seeded_hosts]

    @property
    def ports(self) -> tuple[int, ...]:
        """Every port that a host of the site listens at."""
        found = {urlsplit(url).port or 0 for urls in self.hosts.values() for url in urls}
        return tuple(sorted(found))

    def log(self, name: str, terms: Terms | None = None) -> Log:
        """What behaviour `name` and the canaries have seen so far."""
        return _slice(self.log_path, name, terms or Terms())

    def judge(self, name: str, log: Log | None = None) -> list[str]:
        """Every complaint of behaviour `name` about `log`, or about what was seen so far."""
        return behaviours()[name].judge(log or self.log(name))

    def row(self, name: str) -> Behaviour:
        """The behaviour called `name`: its words, checks and banned words."""
        return behaviours()[name]


def _slice(path: Path, name: str, terms: Terms) -> Log:
    return Log(tuple(one for one in read_log(path) if one.behaviour in {name, CANARY}), terms)


@contextmanager
def mocksite(
    names: Iterable[str],
    *,
    scale: float = 1.0,
    token: str = "Heedbot",  # noqa: S107 (a product token is a name, not a secret)
) -> Iterator[MockSite]:
    """Serve the behaviours `names` while the context lasts; the log outlives it not."""
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "access.jsonl"
        options = ["--until-eof", "--log", str(log), "--scale", str(scale), "--token", token]
        command = [sys.executable, "-m", "tests.mocksite", *options, *names]
        with subprocess.Popen(  # noqa: S603 (our own module, with arguments the tests chose)
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield MockSite(log, _read_hosts(process))
            finally:
                process.communicate()


def _read_hosts(process: "subprocess.Popen[str]") -> dict[str, list[str]]:
    hosts: dict[str, list[str]] = {}
    for line in iter(process.stdout.readline, "\n") if process.stdout else ():
        if not line:
            message = "the mock site ended before it listened"
            raise RuntimeError(message)
        name, _, url = line.split()
        hosts.setdefault(name, []).append(url)
    return hosts
