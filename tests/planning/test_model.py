"""Plans: what binds, and that more of anything never makes a crawl shorter than it can be."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.planning.costs import Machine
from crawler.planning.model import LIMITS, SITE_FILES, Crawl, plan

SMALL = Crawl(hosts=100, pages=1000, largest=10)


def test_a_large_host_binds_by_its_pace_and_workers_do_not_help() -> None:
    alone = replace(SMALL, hosts=50, largest=900)
    found = plan(alone)
    assert found.limit == "politeness"
    assert found.duration == pytest.approx((SITE_FILES + 900) * (5.25 + 0.5) - 5.25)
    assert plan(replace(alone, workers=9)).duration == found.duration


@pytest.mark.parametrize(
    ("crawl", "limit"),
    [
        (Crawl(hosts=10**6, pages=10**7, largest=10), "hosts at once"),
        (Crawl(hosts=10**6, pages=10**7, largest=10, concurrency=4096), "processors"),
        (
            Crawl(
                hosts=10**6, pages=10**7, largest=10, concurrency=4096, extract="none",
                machine=Machine(bandwidth=1e6),
            ),
            "network",
        ),
    ],
)  # fmt: skip
def test_the_limit_that_binds_is_named(crawl: Crawl, limit: str) -> None:
    assert plan(crawl).limit == limit
    assert set(plan(crawl).seconds) == set(LIMITS)


@given(
    st.integers(1, 10**6), st.integers(1, 100), st.floats(0, 60), st.integers(1, 50),
    st.sampled_from(["workers", "concurrency"]),
)  # fmt: skip
def test_more_workers_or_places_never_take_longer(
    hosts: int, each: int, gap: float, workers: int, more: str
) -> None:
    crawl = Crawl(hosts, hosts * each, each, delay=gap, workers=workers)
    grown = replace(crawl, **{more: getattr(crawl, more) + 1})
    assert plan(grown).duration <= plan(crawl).duration
    assert plan(crawl).duration >= plan(crawl).seconds["politeness"]
