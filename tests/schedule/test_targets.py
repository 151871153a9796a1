"""Jobs that ask the same site take turns."""

import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from crawler.config.file import read_file
from crawler.schedule.jobs import make_plan
from tests.schedule.operating import Operator, crawl, overlaps, stop, until
from tests.site import Answer, page, served

pytestmark = pytest.mark.slow

WORDS = "The harbour keeps its tide tables on the wall of the customs house. " * 3
DAILY = 'cron = "0 3 * * *"\n'


@pytest.mark.parametrize(
    ("seed", "site", "rivals"),
    [
        ("https://www.a.example/x", "shop.a.example", True),
        ("https://a.co.uk/", "b.co.uk", False),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:9000", True),
        ("http://127.0.0.1/", "127.0.0.2", False),
        ("https://a.example/", "listed.example", False),
    ],
)
def test_rivals_share_a_registrable_domain_or_an_address(
    seed: str, site: str, tmp_path: Path, *, rivals: bool
) -> None:
    (tmp_path / "sites.csv").write_text(f"rank,site\n1,other.example\n2,{site}\n")
    (tmp_path / "heed.toml").write_text(
        f'[[crawl]]\nname = "one"\nseeds = ["{seed}"]\n{DAILY}'
        f'[[audit]]\nname = "two"\nsites_file = "sites.csv"\n{DAILY}'
    )
    plan = make_plan(read_file(tmp_path / "heed.toml"))
    one, two = plan.jobs
    assert (plan.rivals(one) == (two,)) is rivals
    assert (plan.rivals(two) == (one,)) is rivals


def test_a_site_is_not_asked_by_two_jobs_at_once(tmp_path: Path) -> None:
    asked, let_go = threading.Event(), threading.Event()

    def slow(target: str, _: Mapping[str, str]) -> Answer:
        if target == "/":
            asked.set()
            let_go.wait(180)
        return page("Front", WORDS)

    operator = Operator(tmp_path)
    with served(slow) as (one,):
        operator.write(*(crawl(name, one) for name in ("first", "second")))
        first = operator.started("--run", "first")
        until(asked.is_set, first)
        second = operator.started("--run", "second")
        until(lambda: any(event["event"] == "run_waits" for event in operator.events()), second)
        assert one.targets.count("/") == 1
        let_go.set()
        assert first.wait(180) == 0
        assert second.wait(180) == 0
        stop(second)
    before, after = operator.runs()
    assert (before.job, after.job) == ("first", "second")
    assert before.ended_at is not None
    assert before.ended_at <= after.started_at
    assert overlaps([before, after]) == []
