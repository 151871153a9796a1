"""Start at the seeds, follow links and what their sites' sitemaps list.

Scope and traps are the frontier's business.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.records.keys import SEED_KEY
from spiders.listings import ListingSpider
from spiders.pages import read_links, read_page


class SeedsSpider(ListingSpider):
    """`seeds` are URLs; `follow` says whether the links of pages are wanted at all."""

    name = "seeds"

    def __init__(self, seeds: Iterable[str] = (), *, follow: bool = True) -> None:
        super().__init__()
        self.seeds = seeds
        self.follow = follow

    async def start(self) -> AsyncIterator[Any]:
        for rank, url in enumerate(self.seeds):
            yield Request(url, meta={SEED_KEY: rank}, dont_filter=True)

    def parse(self, response: Response) -> Iterator[Any]:
        page = read_page(response)
        if page is not None:
            yield page
        if self.follow:
            yield from read_links(response)
            if SEED_KEY in response.meta:
                yield from self.sitemaps_of(response)
