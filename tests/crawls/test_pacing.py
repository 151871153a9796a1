"""The pace of whole crawls, read from access logs in the crawl's own time, over kills too."""

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path
from typing import Final

from tests.command import LOOPBACK, QUICK, environment, heed
from tests.crawls.compressed import CompressedClock, in_crawl_time, run_crawl
from tests.mocksite import NETWORK, mocksite
from tests.mocksite.access_log import Entry
from tests.site import Answer, Routes, Site, page, served, text

DELAY: Final = 2.0
HOSTS: Final = 50
PAGES: Final = 40
LOOPBACK_NET: Final = ip_network("127.0.0.0/8")


def gaps(moments: Iterable[float]) -> list[float]:
    """Seconds between one moment and the next."""
    return [later - sooner for sooner, later in pairwise(moments)]


def timed(routes: Mapping[str, Answer], moments: list[float]) -> Routes:
    """`routes`, noting on the machine's monotonic clock when each request came."""

    def answer(target: str, _: Mapping[str, str]) -> Answer:
        moments.append(time.monotonic())
        return routes.get(target, Answer(status=404))

    return answer


def test_no_host_of_two_thousand_urls_is_asked_faster_than_its_delay(tmp_path: Path) -> None:
    links = tuple(f"/{number}" for number in range(1, PAGES))
    routes = {"/": page("0", links=links), **{link: page(link) for link in links}}
    moments: list[list[float]] = [[] for _ in range(HOSTS)]
    clock = CompressedClock(speed=5.0)
    with served(*(timed(routes, one) for one in moments)) as sites:
        summary = run_crawl(
            tuple(site.origin + "/" for site in sites), clock, out=str(tmp_path / "out"),
            job="pace", delay=DELAY, linger=1.0, extract="none", allow_net=(LOOPBACK_NET,),
        )  # fmt: skip
    assert summary["pages_fetched"] == HOSTS * PAGES
    for asked in moments:
        assert len(asked) >= PAGES
        assert min(gaps(clock.at(moment) for moment in asked)) >= DELAY


def test_hosts_that_share_an_address_share_one_pace_and_one_connection(tmp_path: Path) -> None:
    clock = CompressedClock(speed=5.0)
    with mocksite(["port-authority"]) as site:
        run_crawl(
            tuple(site.seeds("port-authority")), clock, out=str(tmp_path / "out"), job="pace",
            delay=DELAY, linger=1.0, extract="none", allow_net=(ip_network(NETWORK),),
        )  # fmt: skip
        log = in_crawl_time(site.log("port-authority"), clock)
        assert site.judge("port-authority", log) == []
    assert min(gaps(entry.monotonic for entry in log.requests())) >= DELAY
    assert most_open_at_once(log.entries) == 1


def most_open_at_once(entries: Iterable[Entry]) -> int:
    """The most connections that were open at a time."""
    most, open_now = 0, set[int]()
    for entry in entries:
        if entry.event == "connect":
            open_now.add(entry.connection)
        elif entry.event == "close":
            open_now.discard(entry.connection)
        most = max(most, len(open_now))
    return most


def test_what_hosts_asked_for_outlives_kill_9(tmp_path: Path) -> None:
    finish = threading.Event()
    with served(*_promises(finish)) as sites:
        resting, slow, parked, ruled, _ = sites
        words = _command(sites, tmp_path / "out")
        with subprocess.Popen(  # noqa: S603 (our own command, with words the test chose)
            [sys.executable, "-m", "crawler.cli", *words, "--linger", "60"],
            env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as killed:  # fmt: skip
            promised = _wait_for_promises(tmp_path / "out" / "ledger.db", ruled)
            killed.kill()
        finish.set()
        before = {site.origin: list(site.targets) for site in sites}
        ruled.routes = {"/robots.txt": text("", 503), "/": page("Again"), "/open": page("Open")}
        run = heed(*words, "--linger", "0.5", "--recrawl", "--max-time", "20")
    assert run.code == 0, run.err
    assert promised
    for site in (resting, slow, parked):
        assert site.targets == before[site.origin], site.origin
    again = ruled.targets[len(before[ruled.origin]) :]
    assert "/open" in again
    assert "/robots.txt" not in again
    assert "/closed" not in ruled.targets
    reasons = {one["host"]: one["until"] for one in run.summary["resting"]}
    assert {f"{site.address}:{site.port}" for site in (resting, parked)} <= set(reasons)


def test_after_a_day_rules_that_cannot_be_read_again_close_the_site(tmp_path: Path) -> None:
    clock = CompressedClock()
    rules = text("User-agent: *\nDisallow: /closed\n")
    routes = {"/robots.txt": rules, "/": page("Front", links=("/open", "/closed"))}
    routes["/open"] = page("Open")
    with served(routes) as (site,):
        for status in (200, 503):
            routes["/robots.txt"] = text(rules.body.decode(), status)
            run_crawl(
                (site.origin + "/",), clock, out=str(tmp_path / "out"), job="day", delay=0.0,
                linger=0.5, recrawl=True, extract="none", allow_net=(LOOPBACK_NET,),
            )  # fmt: skip
            clock.leap(25 * 3600)
    assert site.targets.count("/open") == 1
    assert site.targets[-1] == "/robots.txt"
    assert "/closed" not in site.targets


def test_a_robots_txt_that_asks_for_rest_puts_its_pages_off_and_refuses_none(
    tmp_path: Path,
) -> None:
    clock = CompressedClock()
    routes = {"/": page("Front", links=("/a",)), "/a": page("A")}
    with served(routes) as (site,):
        for answer in (Answer(status=429, headers=(("Retry-After", "120"),)), Answer(status=404)):
            routes["/robots.txt"] = answer
            run_crawl(
                (site.origin + "/",), clock, out=str(tmp_path / "out"), job="rest", delay=0.0,
                linger=0.5, extract="none", allow_net=(LOOPBACK_NET,),
            )  # fmt: skip
            clock.leap(180)
    assert site.targets[:2] == ["/robots.txt", "/robots.txt"]
    assert {"/", "/a"} <= set(site.targets)
    with closing(sqlite3.connect(tmp_path / "out" / "ledger.db")) as ledger:
        assert ledger.execute("select url from decisions where kept = 0").fetchall() == []


def test_a_host_is_parked_after_as_many_failures_as_asked_for(tmp_path: Path) -> None:
    failing = tuple(f"/{number}" for number in range(9))
    routes = {"/": page("Front", links=failing), **dict.fromkeys(failing, Answer(status=500))}
    asked: dict[str, list[str]] = {}
    for more in ((), ("-s", "HEED_PARK_AFTER=2", "-s", "HEED_BACKOFF_BASE=300")):
        with served(routes) as (site,):
            out = tmp_path / str(len(more))
            heed("crawl", site.origin + "/", "--out", out, *QUICK, "--extract", "none", *more)
        asked[out.name] = [target for target in site.targets if target in failing]
        (pace,) = _paces(out / "ledger.db")
        assert pace["not_before"] > pace["saved"] + (300 if more else 60) - 1
    assert {name: len(targets) for name, targets in asked.items()} == {"0": 5, "4": 2}


def _promises(finish: threading.Event) -> list[Routes]:
    """Hosts that ask for rest, ask for a gap, fail, have rules, and hold the crawl up."""
    failing = tuple(f"/{number}" for number in range(9))

    def hold(target: str, _: Mapping[str, str]) -> Answer:
        if target == "/":
            finish.wait(60)
        return Answer(status=404)

    return [
        {
            "/": page("Rest", links=("/first", "/second")),
            "/first": Answer(status=429, headers=(("Retry-After", "3600"),)),
        },
        {"/robots.txt": text("User-agent: *\nCrawl-delay: 200\n"), "/": page("Slow")},
        {"/": page("Failing", links=failing), **{one: Answer(status=500) for one in failing}},
        {
            "/robots.txt": text("User-agent: *\nDisallow: /closed\n"),
            "/": page("Ruled", links=("/open", "/closed")),
            "/open": page("Open"),
        },
        hold,
    ]


def _command(sites: list[Site], out: Path) -> tuple[str, ...]:
    seeds = (site.origin + "/" for site in sites)
    extra = ("--delay", "0", "--out", str(out), "--job", "kill", "--extract", "none", "--json")
    return ("crawl", *seeds, *LOOPBACK, *extra, "-s", "HEED_READ_TIMEOUT=100")


def _wait_for_promises(ledger: Path, ruled: Site) -> bool:
    """Until the ledger holds two hosts that rest and one that is slow, and a page of the ruled."""
    for _ in range(600):
        time.sleep(0.1)
        paces = _paces(ledger)
        resting = [pace for pace in paces if pace["not_before"] > pace["saved"] + 30]
        slow = [pace for pace in paces if pace.get("crawl_delay") == 200]
        if len(resting) == 2 and slow and "/open" in ruled.targets:
            return True
    return False


def _paces(ledger: Path) -> list[dict[str, float]]:
    try:
        with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as database:
            return [json.loads(row[0]) for row in database.execute("select pace from host_paces")]
    except sqlite3.OperationalError:
        return []
