"""What the spiders share of sitemaps: each is read for what it lists, within bounds of its site."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.http import Response

from crawler.records.keys import CHANGED_KEY, SITEMAP_KEY, SITEMAPS_KEY
from crawler.records.sitemap import MOST_BYTES, Entry, read_entries, unpack
from spiders.pages import request_for

MOST_BYTES_A_HOST: Final = 50 * 1024 * 1024
"""Of a host's sitemaps together that are read in one run, unpacked."""

MOST_LEVELS: Final = 3
"""Sitemaps that lead to one another: an index and its sitemaps are two."""

MOST_NAMED: Final = 50
"""Sitemaps that are taken from one robots.txt."""


class ListingSpider(Spider):
    """A spider that reads sitemaps; what they list goes to `parse`."""

    def __init__(self) -> None:
        super().__init__()
        self._read = Counter[str]()

    def sitemaps_of(self, response: Response) -> Iterator[Request]:
        """Requests for the sitemaps that the robots.txt of the response's origin names."""
        named: Iterable[str] = response.meta.get(SITEMAPS_KEY, ())
        for number, url in enumerate(named):
            if number < MOST_NAMED:
                yield from self.sitemap_request(_joined(response, url))

    def sitemap_request(self, url: str, level: int = 1) -> Iterator[Request]:
        """The request for a sitemap, none where it lies too deep or is no web address."""
        if level <= MOST_LEVELS and url.lower().startswith(("http://", "https://")):
            meta = {SITEMAP_KEY: level, "download_maxsize": MOST_BYTES}
            yield from request_for(url, callback=self.parse_sitemap, meta=meta)

    def parse_sitemap(self, response: Response) -> Iterator[Any]:
        """Requests for what a sitemap lists, pages with the date of their last change."""
        host = urlsplit(response.url).netloc
        if self._read[host] >= MOST_BYTES_A_HOST:
            return
        text = unpack(response.body)
        self._read[host] += len(text)
        for entry in read_entries(text):
            yield from self._follow(response, entry)

    def _follow(self, response: Response, entry: Entry) -> Iterator[Request]:
        url = _joined(response, entry.url)
        if entry.is_sitemap:
            yield from self.sitemap_request(url, response.meta.get(SITEMAP_KEY, 1) + 1)
        elif url.startswith(("http://", "https://")):
            meta = {CHANGED_KEY: entry.changed_at} if entry.changed_at else {}
            yield from request_for(url, callback=self.parse, meta=meta)


def _joined(response: Response, url: str) -> str:
    """`url` as the response's page has it, empty where it is no URL at all."""
    try:
        return urljoin(response.url, url)
    except ValueError:
        return ""
