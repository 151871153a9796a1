"""Start at the sitemaps of the seeds' sites and fetch what they list, links not followed."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.utils.gz import gunzip, gzip_magic_number
from scrapy.utils.sitemap import Sitemap

from crawler.records.keys import SEED_KEY, SITEMAPS_KEY
from spiders.pages import read_page

SITEMAP_LIMIT = 52_428_800
"""Bytes of an unpacked sitemap that are read (sitemaps.org: 50 MiB)."""


class SitemapsSpider(Spider):
    """`seeds` are sites, or sitemaps themselves where their path ends in .xml or .gz."""

    name = "sitemaps"

    def __init__(self, seeds: Iterable[str] = (), *, follow: bool = True) -> None:
        super().__init__()
        self.seeds = seeds
        self.follow = follow

    async def start(self) -> AsyncIterator[Any]:
        for rank, url in enumerate(self.seeds):
            named = urlsplit(url).path.endswith((".xml", ".xml.gz"))
            yield Request(
                url if named else urljoin(url, "/sitemap.xml"),
                meta={SEED_KEY: rank, "handle_httpstatus_all": True},
                callback=self.parse_sitemap,
                dont_filter=True,
            )

    def parse_sitemap(self, response: Response) -> Iterator[Any]:
        if SEED_KEY in response.meta:
            for url in response.meta.get(SITEMAPS_KEY, ()):
                yield Request(url, callback=self.parse_sitemap)
        body = response.body
        if gzip_magic_number(response):
            body = gunzip(body, max_size=SITEMAP_LIMIT)
        if not body.lstrip()[:512].startswith(b"<"):
            return
        sitemap = Sitemap(body)
        callback = self.parse_sitemap if sitemap.type == "sitemapindex" else self.parse
        for entry in sitemap:
            if entry.get("loc"):
                yield Request(entry["loc"], callback=callback)

    def parse(self, response: Response) -> Iterator[Any]:
        page = read_page(response)
        if page is not None:
            yield page
