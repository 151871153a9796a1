"""The naive stack that everybody writes first, measured against: no gates, no pacing, no proof.

Scrapy with its own defaults (robots.txt not asked for), and in item pipelines warcio as shipped
(gzip level 9) and trafilatura as shipped, which block the reactor.
Run: python -m crawler.bench.naive URLS FOLDER PIPELINE…
"""

import io
import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final, cast

import trafilatura
from scrapy import Request, Spider
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.http import Response
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

Item = dict[str, Any]


class NaiveSpider(Spider):
    """Every page of a list, links not followed."""

    name = "naive"

    def __init__(self, urls: str, folder: str) -> None:
        super().__init__()
        self.urls = Path(urls)
        self.folder = Path(folder)

    async def start(self) -> AsyncIterator[Any]:
        with self.urls.open(encoding="utf-8") as lines:
            for line in lines:
                yield Request(line.strip())

    def parse(self, response: Response) -> Iterator[Item]:
        yield {"url": response.url, "response": response}


class _Pipeline:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "_Pipeline":
        return cls(cast("NaiveSpider", crawler.spider).folder)


class WarcPipeline(_Pipeline):
    """A response record a page, as warcio's own documentation shows it."""

    def open_spider(self) -> None:
        self._file = (self.folder / "naive.warc.gz").open("wb")
        self._writer = WARCWriter(self._file, gzip=True)

    def process_item(self, item: Item) -> Item:
        response = item["response"]
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ]
        record = self._writer.create_warc_record(
            response.url,
            "response",
            payload=io.BytesIO(response.body),
            http_headers=StatusAndHeaders(f"{response.status} OK", headers, protocol="HTTP/1.1"),
        )
        self._writer.write_record(record)
        return item

    def close_spider(self) -> None:
        self._file.close()


class TextPipeline(_Pipeline):
    """The main text, by trafilatura's defaults."""

    def process_item(self, item: Item) -> Item:
        item["text"] = trafilatura.extract(item["response"].text, url=item["url"])
        return item


class TextAndMetadataPipeline(_Pipeline):
    """The main text with title, author, date and site, which the rows of Heed have too."""

    def process_item(self, item: Item) -> Item:
        found: Any = trafilatura.bare_extraction(
            item["response"].text, url=item["url"], with_metadata=True
        )
        if found is not None:
            item |= {"text": found.text, "title": found.title, "author": found.author}
            item |= {"date": found.date, "sitename": found.sitename}
        return item


class RowPipeline(_Pipeline):
    """A line of JSON a page that has a text."""

    def open_spider(self) -> None:
        self._file = (self.folder / "naive.jsonl").open("w", encoding="utf-8")

    def process_item(self, item: Item) -> Item:
        row = {key: value for key, value in item.items() if key != "response"}
        if row.get("text"):
            self._file.write(json.dumps(row) + "\n")
        return item

    def close_spider(self) -> None:
        self._file.close()


PIPELINES: Final[dict[str, type[_Pipeline]]] = {
    "warc": WarcPipeline,
    "text": TextPipeline,
    "metadata": TextAndMetadataPipeline,
    "rows": RowPipeline,
}


def main() -> None:
    """Crawl; the count of pages is the last line of standard output."""
    urls, folder, *wanted = sys.argv[1:]
    order = {PIPELINES[name]: 100 * at for at, name in enumerate(wanted, 1)}
    process = CrawlerProcess({"ITEM_PIPELINES": order, "LOG_LEVEL": "WARNING"})
    crawler = process.create_crawler(NaiveSpider)
    process.crawl(crawler, urls=urls, folder=folder)
    process.start()
    print(json.dumps({"pages": crawler.stats.get_value("item_scraped_count", 0)}))


if __name__ == "__main__":
    main()
