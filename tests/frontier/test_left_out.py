"""Who is told of URLs that do not belong to the crawl: the stats of all, an event of seeds."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request

from crawler.records.events import SEED_LEFT_OUT
from crawler.records.keys import SEED_KEY
from tests.frontier.crawling import LinkSpider, crawl
from tests.frontier.site import Answer, page, serving

LONG = "/" + "a" * 3000


class SeedSpider(LinkSpider):
    """Ranks its seeds, and notes which of them are left out."""

    async def start(self) -> AsyncIterator[Any]:
        """The seeds, as the crawl's own spiders give them."""
        self.crawler.signals.connect(self.note, SEED_LEFT_OUT)
        for rank, url in enumerate(self.seeds):
            yield Request(url, meta={SEED_KEY: rank}, dont_filter=True)

    def note(self, rank: int, reason: str) -> None:
        """As an item, which the test gets to see."""
        self.crawler.stats.set_value(f"seed/{rank}", reason)


async def test_each_seed_that_is_left_out_is_told_by_its_rank(tmp_path: Path) -> None:
    answers = {"/": page(LONG), "/moved": Answer("", 301, {"Location": LONG})}
    with serving(answers) as site:
        seeds = [site.origin + path for path in (LONG, "/", "/x", "/moved")]
        seeds[2] = seeds[2].replace("http://", "http://me@")
        settings = {"URLLENGTH_LIMIT": 0}
        done = await crawl(tmp_path, *seeds, spider=SeedSpider, settings=settings)
    told = {key: value for key, value in done.stats.items() if key.startswith("seed/")}
    assert told == {"seed/0": "length", "seed/2": "userinfo"}
    assert done.stats["frontier/left_out/length"] == 3
    assert sorted(site.paths) == ["/", "/moved"]


async def test_seeds_beyond_a_hosts_budget_are_told_and_known_ones_are_not(tmp_path: Path) -> None:
    with serving({"/": page("/c", "/d"), "/a": page(), "/b": page()}) as site:
        seeds = [site.origin + path for path in ("/", "/a", "/b")]
        for _ in range(2):
            done = await crawl(tmp_path, *seeds, spider=SeedSpider, host_budget=2)
            told = {key: value for key, value in done.stats.items() if key.startswith("seed/")}
            assert told == {"seed/2": "host_budget"}
