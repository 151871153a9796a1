"""A crawl whose clock ran ahead takes no refusal's place that comes after it."""

from pathlib import Path

import pytest

from tests.command import LOOPBACK, heed
from tests.crawls.compressed import CompressedClock, run_crawl
from tests.crawls.test_pacing import LOOPBACK_NET
from tests.site import Answer, Routes, page, served, text

pytestmark = pytest.mark.slow

CLOSINGS: dict[str, Routes] = {
    "robots.txt": {"/robots.txt": text("User-agent: *\nDisallow: /\n"), "/": page("Front")},
    "the page": {"/": Answer(page("Front").body, headers=(("X-Robots-Tag", "noai"),))},
}


@pytest.mark.parametrize("closing", CLOSINGS)
@pytest.mark.parametrize("hours", [2, 400 * 24])
def test_who_says_no_after_a_clock_ran_ahead_is_heard(
    closing: str, hours: int, tmp_path: Path
) -> None:
    clock = CompressedClock()
    clock.leap(hours * 3600)
    words = ("--delay", "0", *LOOPBACK, "--json")
    with served({"/": page("Front", "Some words of a page that is kept. " * 20)}) as (site,):
        kept = run_crawl(
            (site.origin + "/",), clock, out=str(tmp_path), job="ahead", delay=0.0, linger=0.5,
            allow_net=(LOOPBACK_NET,),
        )  # fmt: skip
        site.routes = CLOSINGS[closing]
        rechecked = heed("recheck", tmp_path, "--audit", *words)
        asked = len(site.targets)
        again = ("--out", tmp_path, "--job", "ahead", "--recrawl", "--linger", "0.5")
        crawled = heed("crawl", site.origin, *again, *words)
    assert kept["rows_written"] == 1
    assert rechecked.summary["removed"] == 1, rechecked.err
    assert crawled.summary["pages_kept"] == 0, crawled.err
    assert closing != "robots.txt" or site.targets[asked:] == []
