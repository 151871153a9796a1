"""Fleets: several workers on one crawl, judged by access log, frontier, ledger and store.

`HEED_FULL_BARS=1` runs the full bars: 3,000 URLs of 300 hosts, 20 kills of workers and 3 of the
frontier, a ledger and a store that are away for a minute.
"""

import json
import random
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.command import heed
from tests.crawls.corpus import Corpus
from tests.crawls.fleet import FULL, Fleet
from tests.crawls.fleet_site import CRAWL_DELAY, REFUSED, RETRY_AFTER, SLOW, TIRED
from tests.crawls.relay import Relay
from tests.postgres import PostgresServer
from tests.stores.servers import make_bucket, objects, speak_to
from tests.urlfrontier import frontier_service

HOSTS, PAGES, WORKERS = (300, 10, 3) if FULL else (8, 3, 2)
AWAY = 60.0 if FULL else 4.0
KILLS, RESTARTS = (20, 3) if FULL else (2, 1)
KILLED_HOSTS, KILLED_PAGES = (25, 10) if FULL else (5, 4)
PATIENCE = 8 if FULL else 2
SHORT_LEASES = ("-s", f"HEED_TOTAL_TIMEOUT={PATIENCE}", "-s", "HEED_EXTRACT_DEADLINE=4")
"""A claim of a dead worker is offered again after 37 seconds, or after 13."""


@pytest.fixture
def bucket(moto_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    speak_to(moto_url, monkeypatch)
    name = "fleet-" + tmp_path.name.lower().replace("_", "-")[-40:].strip("-")
    make_bucket(name)
    return name


def ending(worker: subprocess.Popen[bytes]) -> dict[str, Any]:
    """The summary of a worker that is let come to its end."""
    printed, _ = worker.communicate(timeout=900)
    assert worker.returncode == 0
    summary: dict[str, Any] = json.loads(printed)
    return summary


def download(found: Mapping[str, bytes], root: Path) -> Corpus:
    """The store's files as a corpus to read."""
    for key, content in found.items():
        place = root / key
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return Corpus(root)


def rows_of(corpus: Corpus) -> Counter[str]:
    return Counter(row["url"] for row in corpus.rows())


@pytest.mark.slow
def test_workers_share_a_crawl_and_no_host_is_hurried(
    tmp_path: Path, postgres: PostgresServer, moto_url: str, bucket: str
) -> None:
    with frontier_service(tmp_path / "frontier") as frontier:
        fleet = Fleet(
            tmp_path, HOSTS, PAGES, frontier, postgres.make_database(),
            f"s3://{bucket}", moto_url, delay=1.0 if FULL else 0.3,
        )  # fmt: skip
        with fleet.serving():
            workers = [fleet.start_worker("same" if FULL else f"w{n}") for n in range(WORKERS)]
            endings = [ending(worker) for worker in workers]
    shared = [one["pages_fetched"] for one in endings]
    gaps = fleet.shortest_gaps()
    said = f"{shared} pages a worker in {[one['seconds'] for one in endings]} s"
    print(said, f"shortest gap {min(gaps.values()):.3f} s")  # noqa: T201 (the bar's numbers)
    assert sum(shared) == HOSTS * PAGES
    assert all(shared) or not FULL  # of a small crawl a worker that starts late may find nothing
    assert fleet.pages_asked() == Counter(fleet.urls)
    assert len(gaps) == HOSTS
    assert min(gaps.values()) >= fleet.delay
    assert gaps[SLOW] >= CRAWL_DELAY
    robots = Counter(one.host for one in fleet.asked() if one.path == "/robots.txt")
    assert robots == Counter(range(HOSTS))
    found = objects(bucket)
    corpus = download(found, tmp_path / "store")
    corpus.check()
    assert rows_of(corpus) == Counter(fleet.urls)
    assert {one.url for one in corpus.held() if one.kind == "response"} == fleet.urls
    report = heed("report", "--ledger", fleet.ledger, "--bots", "GPTBot", "--csv", "-")
    assert report.code == 0, report.err
    assert len(report.out.splitlines()) == 1 + HOSTS
    recheck = heed("recheck", f"s3://{bucket}", "--ledger", fleet.ledger, "--json", seconds=900)
    assert recheck.code == 0, recheck.err
    print(recheck.out)  # noqa: T201 (what an operator sees)
    assert recheck.summary["rows"] == HOSTS * PAGES
    attributes = [key for key in objects(bucket) if key.startswith("attributes/")]
    assert len(attributes) == len([key for key in found if key.startswith("documents/")])


@pytest.mark.slow
def test_kills_of_workers_and_of_the_frontier_lose_nothing_and_hurry_nobody(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    moments, pause = random.Random(7), threading.Event()
    with frontier_service(tmp_path / "frontier") as frontier:
        fleet = Fleet(
            tmp_path, KILLED_HOSTS, KILLED_PAGES, frontier, postgres.make_database(),
            str(tmp_path / "out"), delay=0.3, more=SHORT_LEASES, tired=True, linger=RETRY_AFTER + 4,
        )  # fmt: skip
        fleet.more += ("-s", "HEED_BACKOFF_BASE=2")
        kills = [*["worker"] * KILLS, *["frontier"] * RESTARTS]
        moments.shuffle(kills)
        in_flight = 0
        with fleet.serving():
            workers = {name: fleet.start_worker(name) for name in ("one", "two")}
            wait_until(fleet, lambda: any(one.path == REFUSED for one in fleet.of(TIRED)))
            for kill in kills:
                pause.wait(moments.uniform(2.0, 5.0))
                with halted(workers.values()):
                    in_flight += frontier.in_process("fleet")
                    if kill == "frontier":
                        frontier.kill()
                        frontier.start()
                        continue
                    name = moments.choice(sorted(workers))
                    workers[name].kill()
                    workers[name].communicate()
                workers[name] = fleet.start_worker(name)
            for worker in workers.values():
                ending(worker)
            # A machine that is busy with kills may time out until a host is parked for a minute.
            if set(fleet.pages_asked()) != fleet.urls:
                fleet.linger = 75.0
                ending(fleet.start_worker("last"))
    asked = fleet.pages_asked()
    refused = fleet.origin(TIRED) + REFUSED
    # The one that was answered with 503 is no repeat: the site asked for it.
    repeats = asked.total() - len(asked) - 1
    print(f"{kills}, {len(asked)} URLs, {repeats} repeats of {in_flight}")  # noqa: T201 (the bar's numbers)
    assert set(asked) == fleet.urls
    assert asked[refused] >= 2
    assert repeats <= in_flight
    gaps = fleet.shortest_gaps()
    assert min(gaps.values()) >= fleet.delay
    assert gaps[SLOW] >= CRAWL_DELAY
    tired = fleet.of(TIRED)
    at = next(number for number, one in enumerate(tired) if one.path == REFUSED)
    assert tired[at + 1].came - tired[at].answered >= RETRY_AFTER
    corpus = Corpus(tmp_path / "out")
    corpus.check()
    assert rows_of(corpus) == Counter(fleet.urls)


@contextmanager
def halted(workers: "Iterable[subprocess.Popen[bytes]]") -> Iterator[None]:
    """Whatever the workers are at stays so while the block lasts, so that it can be counted."""
    stopped = [worker for worker in workers if worker.poll() is None]
    for worker in stopped:
        worker.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for worker in stopped:
            worker.send_signal(signal.SIGCONT)


def wait_until(fleet: Fleet, seen: Callable[[], bool]) -> None:
    """Return when the hosts have seen it."""
    pause = threading.Event()
    for _ in range(4000):
        if seen():
            return
        pause.wait(0.05)
    raise AssertionError(fleet.log.read_text()[-2000:])


@pytest.mark.slow
@pytest.mark.parametrize("away", ["ledger", "store"] if FULL else ["ledger"])
def test_workers_wait_for_a_server_that_is_away_and_go_on(
    away: str, tmp_path: Path, postgres: PostgresServer, moto_url: str, bucket: str
) -> None:
    ledger = urlsplit(postgres.make_database())
    ways = {"ledger": Relay(postgres.port), "store": Relay(urlsplit(moto_url).port or 0)}
    through = ledger._replace(netloc=f"{ledger.username}@127.0.0.1:{ways['ledger'].port}")
    with frontier_service(tmp_path / "frontier") as frontier:
        fleet = Fleet(
            tmp_path, 5, 4, frontier, through.geturl(), f"s3://{bucket}",
            f"http://127.0.0.1:{ways['store'].port}", delay=0.5,
            more=("-s", "HEED_ROLL_SECONDS=2"),
        )  # fmt: skip
        with fleet.serving():
            worker = fleet.start_worker("one")
            wait_until(fleet, lambda: fleet.pages_asked().total() > 4)
            ways[away].cut()
            threading.Event().wait(AWAY)
            ways[away].mend()
            ending(worker)
    for way in ways.values():
        way.close()
    said = fleet.said("one")
    assert "Traceback" not in said
    if away == "ledger":
        assert "The crawl waits for it." in said
        assert "It is back after" in said
    else:
        assert "What is finished waits in" in said
    assert set(fleet.pages_asked()) == fleet.urls
    corpus = download(objects(bucket), tmp_path / "store")
    corpus.check()
    assert rows_of(corpus) == Counter(fleet.urls)
