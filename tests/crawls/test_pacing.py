"""The pace of whole crawls, read from access logs in the crawl's own time, over kills too."""

import json
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest

from tests.command import environment
from tests.crawls.compressed import CompressedClock, in_crawl_time, run_crawl
from tests.mocksite import NETWORK, Entry, MockSite, mocksite
from tests.mocksite.rows.crowd import HOSTS, PAGES

DELAY: Final = 2.0


def gaps(requests: Iterable[Entry]) -> list[float]:
    """Seconds between requests in a row."""
    moments = [one.monotonic for one in requests]
    return [later - sooner for sooner, later in pairwise(moments)]


def crawl(site: MockSite, names: Iterable[str], clock: CompressedClock, out: Path, **more: object) -> dict[str, Any]:
    """Crawl rows of the mock site; its networks and ports are open."""
    seeds = tuple(seed for name in names for seed in site.seeds(name))
    options: Mapping[str, object] = {
        "out": str(out), "job": "pace", "delay": 0.0, "linger": 1.0, "extract": "none",
        "allow_net": (ip_network(NETWORK),), "allow_ports": site.ports, **more,
    }  # fmt: skip
    return run_crawl(seeds, clock, **options)


def test_no_host_of_a_large_crawl_is_asked_faster_than_its_delay(tmp_path: Path) -> None:
    clock = CompressedClock(speed=5.0)
    with mocksite(["crowd"]) as site:
        summary = crawl(site, ["crowd"], clock, tmp_path / "out", delay=DELAY)
        log = in_crawl_time(site.log("crowd"), clock)
    assert summary["pages_fetched"] == HOSTS * PAGES
    for host in range(HOSTS):
        assert len(log.requests(host=host)) >= PAGES
        assert min(gaps(log.requests(host=host))) >= DELAY


def test_hosts_that_share_an_address_share_its_pace_and_its_connection(tmp_path: Path) -> None:
    clock = CompressedClock(speed=5.0)
    with mocksite(["shared-address"]) as site:
        crawl(site, ["shared-address"], clock, tmp_path / "out", delay=DELAY)
        log = in_crawl_time(site.log("shared-address"), clock)
    assert {entry.path for entry in log.pages(0)} == {entry.path for entry in log.pages(1)}
    assert min(gaps(log.requests())) >= DELAY
    assert site_open_at_once(log.entries) == 1


def site_open_at_once(entries: Iterable[Entry]) -> int:
    """The most connections that were open at a time."""
    most, open_now = 0, set[int]()
    for entry in entries:
        if entry.event == "connect":
            open_now.add(entry.connection)
        elif entry.event == "close":
            open_now.discard(entry.connection)
        most = max(most, len(open_now))
    return most
