"""Two crawls with one ledger at the same time: to a site they are one visitor."""

from pathlib import Path
from threading import Event

import pytest

from tests.command import LOOPBACK, heed, heed_under_way
from tests.crawls.test_pacing import gaps, timed
from tests.crawls.test_stops import reaches
from tests.site import Answer, Site, page, served

pytestmark = pytest.mark.slow

DELAY = 0.4
PAGES = 8
LINKS = tuple(f"/{number}" for number in range(1, PAGES))
ROUTES = {"/": page("Start", links=LINKS), **{link: page(link) for link in LINKS}}


def words(job: str, folder: Path, *sites: Site) -> tuple[str | Path, ...]:
    seeds = tuple(site.origin + "/" for site in sites)
    return (
        "crawl", *seeds, "--out", folder / job, "--ledger", folder / "ledger.db", "--job", job,
        "--delay", str(DELAY), "--linger", "1", "--extract", "none", "--json", *LOOPBACK,
    )  # fmt: skip


def test_no_host_is_asked_faster_by_two_crawls_than_by_one(tmp_path: Path) -> None:
    moments: list[list[float]] = [[], []]
    with served(*(timed(ROUTES, one) for one in moments)) as sites:
        with (
            heed_under_way(*words("one", tmp_path, *sites)) as one,
            heed_under_way(*words("two", tmp_path, *sites)) as two,
        ):
            said = [crawl.communicate(timeout=120) for crawl in (one, two)]
        assert [one.returncode, two.returncode] == [0, 0], said
        for site in sites:
            assert sorted(target for target in site.targets if target in ROUTES) == sorted(
                2 * list(ROUTES)
            )
    assert all(min(gaps(asked)) >= DELAY for asked in moments), moments


def test_a_host_is_not_asked_while_another_crawl_waits_for_its_answer(tmp_path: Path) -> None:
    reached, let_go = Event(), Event()

    def answer(target: str, _: object) -> Answer:
        if target == "/" and not reached.is_set():
            reached.set()
            let_go.wait(60)
        return page(target) if target in ROUTES else Answer(status=404)

    with served(answer) as (site,):
        with heed_under_way(*words("one", tmp_path, site)) as one:
            assert reaches(one, reached)
            asked = len(site.targets)
            with heed_under_way(*words("two", tmp_path, site)) as two:
                # As long as the first one lives the second one waits, and no longer.
                assert two.stderr is not None
                assert any("0 pages" in line for line in two.stderr)
                assert len(site.targets) == asked
                one.kill()
                two.communicate(timeout=60)
        let_go.set()
        assert two.returncode == 0
        assert site.targets.count("/") == 2


def test_an_audit_keeps_the_pace_of_a_crawl_beside_it(tmp_path: Path) -> None:
    moments = list[float]()
    with served(timed(ROUTES, moments)) as (site,):
        with heed_under_way(*words("one", tmp_path, site)) as crawl:
            audit = heed(
                "audit", site.origin, "--ledger", tmp_path / "ledger.db", "--delay", str(DELAY),
                *LOOPBACK,
            )  # fmt: skip
            crawl.communicate(timeout=60)
        assert (audit.code, crawl.returncode) == (0, 0), audit.err
    assert min(gaps(moments)) >= DELAY, moments
