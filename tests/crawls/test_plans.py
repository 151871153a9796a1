"""`heed simulate` against two small crawls, measured by the access log in the crawl's own time."""

import json
import os
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path

import pytest

from crawler.planning.model import Crawl, plan
from tests.command import heed
from tests.crawls.compressed import CompressedClock, run_crawl
from tests.site import Answer, Routes, page, served, text

SPEED = 10.0
ABOUT = 0.15


def chain(pages: int, moments: list[float], clock: CompressedClock) -> Routes:
    """A site of so many pages, each linking to all; every request is stamped in crawl time."""

    def answer(target: str, _: Mapping[str, str]) -> Answer:
        moments.append(clock.now())
        if target == "/robots.txt":
            return text("User-agent: *\nAllow: /\n")
        name = target.strip("/") or "0"
        if not name.isdecimal():
            return text("", 404)
        links = tuple(f"/{number}" for number in range(1, pages))
        return page(name, f"Page {name} of the tide tables.", links=links)

    return answer


@pytest.mark.skipif(
    not os.environ.get("HEED_FULL_BARS"), reason="needs a machine of its own: HEED_FULL_BARS=1"
)
@pytest.mark.parametrize(
    ("hosts", "pages", "concurrency", "limit"),
    [(3, 7, 64, "politeness"), (6, 3, 2, "hosts at once")],
)
def test_a_small_crawl_takes_what_was_planned(
    hosts: int, pages: int, concurrency: int, limit: str, tmp_path: Path
) -> None:
    clock, moments = CompressedClock(SPEED), list[float]()
    with served(*(chain(pages, moments, clock) for _ in range(hosts))) as sites:
        summary = run_crawl(
            tuple(site.origin + "/" for site in sites), clock, out=str(tmp_path), delay=5.0,
            concurrency=concurrency, allow_net=(ip_network("127.0.0.0/8"),), linger=1.0,
            extract="none", job="plan",
        )  # fmt: skip
    planned = plan(
        Crawl(
            hosts, hosts * pages, pages, delay=5.0, latency=0.0, concurrency=concurrency,
            extract="none", loopback=True,
        )
    )  # fmt: skip
    assert summary["pages_fetched"] == hosts * pages
    assert len(moments) == planned.requests
    assert planned.limit == limit
    measured = max(moments) - min(moments)
    print(f"planned {planned.duration:.1f} s, measured {measured:.1f} s")  # noqa: T201 (for whoever runs it with -s)
    assert planned.duration * (1 - ABOUT) <= measured <= planned.duration * (1 + 2 * ABOUT)


def test_the_command_says_what_binds_and_refuses_nonsense() -> None:
    words = ("simulate", "--hosts", "1000", "--pages", "100000", "--workers", "4")
    said = heed(*words, "--json")
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert found["limit"] in found["seconds_by_limit"]
    assert found["seconds"] >= max(found["seconds_by_limit"].values())
    shown = heed(*words)
    assert "bound by" in shown.out
    wrong = heed(*words, "--largest", "100001")
    assert (wrong.code, "Traceback" in wrong.err) == (2, False)
    assert "--largest 100001" in wrong.err
