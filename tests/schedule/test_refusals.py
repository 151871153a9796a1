"""A site that newly refuses is told of once, with the line that did it."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.ledger.importers.filling import fill
from crawler.ledger.store import SqlLedger
from crawler.schedule.refusals import NewRefusal, find_new_refusals
from tests.schedule.operating import Operator, Receiver, receiving
from tests.site import Answer, Site, page, served, text

pytestmark = pytest.mark.slow

WORDS = "The harbour keeps its tide tables on the wall of the customs house. " * 3
OPEN = "User-agent: *\nAllow: /\n"
NIGHTLY = """[[crawl]]
name = "nightly"
seeds_file = "seeds.txt"
cron = "0 3 * * *"
scope = "seeds"
"""


@dataclass
class Changing:
    """What two sites say; both the same."""

    robots: str = OPEN
    head: str = ""
    sites: list[Site] = field(default_factory=list)

    def __call__(self, target: str, _: Mapping[str, str]) -> Answer:
        if target == "/robots.txt":
            return text(self.robots)
        return page(target, WORDS + target, head=self.head)


def crawling(operator: Operator, sites: list[Site]) -> Callable[[str], None]:
    """Crawls one more page of each site: robots.txt is read again for a page that is new."""

    def crawl_also(path: str) -> None:
        with (operator.folder / "seeds.txt").open("a") as file:
            file.writelines(f"{site.origin}{path}\n" for site in sites)
        done = operator.heed("schedule", "--run", "nightly")
        assert done.code == 0, done.err

    return crawl_also


def test_a_newly_refusing_site_fires_one_webhook_with_the_line_that_did_it(tmp_path: Path) -> None:
    operator, said = Operator(tmp_path), Changing()
    with served(said, said) as sites, receiving() as receiver:
        operator.write(NIGHTLY, *map(receiver.alert, ("site_newly_refuses", "job_failed")))
        crawl_also = crawling(operator, sites)
        crawl_also("/a")
        assert receiver.posted == []
        said.robots = f"{OPEN}\nUser-agent: GPTBot\nDisallow: /\n"
        # The webhook is away for as long as it is tried at once, and both alerts are kept.
        receiver.answers = [503] * 3
        crawl_also("/b")
        assert receiver.taken == []
        assert operator.status()["alerts_waiting"] == 2
        crawl_also("/c")
        said.head, said.robots = '<meta name="robots" content="noai">', OPEN
        crawl_also("/d")
    assert_told(receiver, {site.origin.removeprefix("http://") for site in sites})
    digest = operator.heed("status", "--digest", f"{operator.runs()[0].started_at:%Y-%m-%d}")
    assert digest.out.count("| nightly |") == 4


def assert_told(receiver: Receiver, sites: set[str]) -> None:
    """By robots.txt first, then by a page: once a site each."""
    by_robots, by_page = receiver.taken[:2], receiver.taken[2:]
    lines: list[Any] = [alert["lines"] for alert in by_robots]
    assert {alert["site"] for alert in by_robots} == {alert["site"] for alert in by_page} == sites
    assert lines == [["robots.txt line 5: Disallow: /"]] * 2
    assert all("GPTBot" in alert["text"] for alert in by_robots)
    assert len(by_page) == 2
    assert all("noai" in alert["lines"][0] for alert in by_page)
    assert {alert["on"] for alert in receiver.taken} == {"site_newly_refuses"}
    assert len({alert["id"] for alert in receiver.taken}) == len(receiver.taken)


def refusals_of(folder: Path, *rows: Mapping[str, Any]) -> list[NewRefusal]:
    """What newly refuses in March, where answers of one site came into the ledger in this order."""
    ledger = SqlLedger(str(folder / "ledger.db"))
    for row in rows:
        (folder / "row.jsonl").write_text(json.dumps({"site": "a.example", **row}))
        assert not fill(ledger, [folder / "row.jsonl"], lambda _: None).faults
    found = find_new_refusals(ledger.engine, datetime(2026, 3, 1, tzinfo=UTC), "Heedbot")
    ledger.close()
    return found


def test_history_that_is_imported_late_makes_no_refusal_new(tmp_path: Path) -> None:
    shut = "User-agent: *\nDisallow: /\n"
    february = {"fetched_at": "2026-02-20", "body": shut}
    march = {"fetched_at": "2026-03-20", "body": shut + "# as ever\n"}
    years_ago = {"fetched_at": "2020-01-01", "body": OPEN}
    assert refusals_of(tmp_path, february, march, years_ago) == []


def test_a_refusal_by_status_is_new_where_the_body_is_the_same(tmp_path: Path) -> None:
    absent = {"fetched_at": "2026-02-20", "status": 404}
    payment = {"fetched_at": "2026-03-20", "status": 402}
    (found,) = refusals_of(tmp_path, absent, payment)
    assert found.lines == ("robots.txt: payment",)


def test_the_line_of_a_file_in_utf_16_is_told_by_its_words(tmp_path: Path) -> None:
    wide = b64encode("User-agent: GPTBot\nDisallow: /\n".encode("utf-16")).decode()
    (found,) = refusals_of(
        tmp_path,
        {"fetched_at": "2026-02-20", "body": OPEN},
        {"fetched_at": "2026-03-20", "body": {"base64": wide}},
    )
    assert found.lines == ("robots.txt line 2: Disallow: /",)
