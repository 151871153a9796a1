"""Start at the sitemaps of the seeds' sites and fetch what they list, links not followed."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy.http import Response

from crawler.records.keys import SEED_KEY
from spiders.listings import ListingSpider
from spiders.pages import read_page


def sitemap_of(seed: str) -> str:
    """What is asked for first where `seed` is given."""
    named = urlsplit(seed).path.endswith((".xml", ".gz", ".txt"))
    return seed if named else urljoin(seed, "/sitemap.xml")


class SitemapsSpider(ListingSpider):
    """`seeds` are sites, or sitemaps themselves where their path ends in .xml, .gz or .txt."""

    name = "sitemaps"

    def __init__(self, seeds: Iterable[str] = (), *, follow: bool = True) -> None:
        super().__init__()
        self.seeds = seeds
        self.follow = follow

    async def start(self) -> AsyncIterator[Any]:
        for rank, seed in enumerate(self.seeds):
            for request in self.sitemap_request(sitemap_of(seed)):
                meta = {**request.meta, SEED_KEY: rank, "handle_httpstatus_all": True}
                yield request.replace(meta=meta, dont_filter=True)

    def parse_sitemap(self, response: Response) -> Iterator[Any]:
        if SEED_KEY in response.meta:
            yield from self.sitemaps_of(response)
        yield from super().parse_sitemap(response)

    def parse(self, response: Response) -> Iterator[Any]:
        page = read_page(response)
        if page is not None:
            yield page
