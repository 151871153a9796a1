"""The mock site itself: it misbehaves as described, and its log tells good clients from bad."""

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.mocksite import MockSite, behaviours, mocksite
from tests.shared import SHARED, needs_shared

SPEAKING = [name for name, row in behaviours().items() if not row.tls]


@pytest.fixture(scope="module")
def site() -> Iterator[MockSite]:
    with mocksite(behaviours(), scale=0.01) as running:
        yield running


def ask(url: str, *, wait: float = 5.0) -> bytes:
    """Whatever comes back for one request within `wait` seconds, up to a mebibyte."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    request = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
    came = b""
    with socket.create_connection((parts.hostname, parts.port), timeout=wait) as line:
        line.sendall(request.encode())
        try:
            while len(came) < 1 << 20 and (more := line.recv(65536)):
                came += more
                if b"\r\n\r\n" in came and came.endswith((b"</html>\n", b"Length: 0\r\n\r\n")):
                    break
        except OSError:
            pass
    return came


@needs_shared
def test_every_row_of_the_fault_table_has_a_behaviour() -> None:
    table = (SHARED / "design" / "faults.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| ([a-z0-9-]+) \|", table, re.MULTILINE)) - {"behaviour"}
    assert len(named) > 100
    assert named <= set(behaviours())


def test_every_behaviour_says_what_it_asks_for_and_has_a_judge() -> None:
    for row in behaviours().values():
        assert row.must
        assert row.never
        assert row.checks


@pytest.mark.parametrize("name", SPEAKING)
def test_a_client_that_skips_robots_is_condemned(site: MockSite, name: str) -> None:
    ask(site.url(name), wait=0.5)
    assert any("robots.txt first" in complaint for complaint in site.judge(name))


def test_a_client_that_does_as_it_should_is_acquitted() -> None:
    with mocksite(["robots-404"]) as fresh:
        for path in ("robots.txt", "", "public/0", "private/"):
            assert ask(fresh.url("robots-404") + path).startswith(b"HTTP/1.1 ")
        assert fresh.judge("robots-404") == []


def test_a_client_that_does_not_rest_is_condemned() -> None:
    with mocksite(["ra-429"]) as fresh:
        for path in ("robots.txt", "page/0", "page/1"):
            ask(fresh.url("ra-429") + path)
        assert any("rest after a 429" in complaint for complaint in fresh.judge("ra-429"))


def test_the_canary_notices_who_connects() -> None:
    with mocksite(["redir-canary"]) as fresh:
        start = fresh.url("redir-canary")
        ask(start + "robots.txt")
        location = re.search(rb"Location: (\S+)", ask(start + "inward/0"))
        assert location is not None
        ask(location[1].decode(), wait=1)
        assert any("canary" in complaint for complaint in fresh.judge("redir-canary"))


def test_lengths_that_lie_arrive_as_they_were_written(site: MockSite) -> None:
    came = ask(site.url("dup-content-length") + "fault")
    assert came.count(b"Content-Length:") == 2


def test_a_row_for_a_named_crawler_names_the_crawler_under_test(site: MockSite) -> None:
    assert b"User-agent: Heedbot/9.9" in ask(site.url("robots-ua-version") + "robots.txt")
