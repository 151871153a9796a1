"""Somebody else's Scrapy project: one line in `ADDONS`, and it is polite."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command import environment
from tests.site import Site, page, served, text

WORDS = "The miller opens the sluice at dawn and closes it when the last sack is tied. " * 8

OURS = """\
        "ADDONS": {{"crawler.addon.HeedAddon": 100}},
        "HEED_ALLOW_NET": ["127.0.0.0/8"],
        "HEED_ALLOW_PORTS": [{port}],
        "HEED_DELAY": 0,
        "HEED_LINGER": 0.5,
        "HEED_OUT": {out!r},
"""

SPIDER = (
    """
import scrapy

class Theirs(scrapy.Spider):
    name = "theirs"
    custom_settings = {{
"""
    + OURS
    + """\
        "USER_AGENT": "Mozilla/5.0 (a browser)",
        "ROBOTSTXT_OBEY": False,
        "LOG_LEVEL": "ERROR",
    }}
    start_urls = [{url!r}]

    def parse(self, response):
        yield {{"url": response.url, "title": response.css("title::text").get()}}
        for link in response.css("a"):
            yield response.follow(link, callback=self.parse_other, cb_kwargs={{"seen": 1}})

    def parse_other(self, response, seen):
        yield {{"url": response.url, "seen": seen}}
"""
)


def test_a_foreign_spider_is_gated_named_and_keeps_its_callbacks(tmp_path: Path) -> None:
    routes = {
        "/robots.txt": text("User-agent: *\nDisallow: /private\n"),
        "/": page("Front", WORDS, links=("/a", "/private", "/noai")),
        "/a": page("A", WORDS),
        "/noai": page("No", WORDS, head='<meta name="robots" content="noai">'),
    }
    with served(routes) as (site,):
        items = _run(tmp_path, SPIDER, site)
    assert set(items) == {"/", "/a"}
    assert items["/a"]["seen"] == 1
    assert "/private" not in site.targets
    assert {headers["user-agent"] for _, headers in site.requests} == {"Heedbot/0.1"}


STUBBORN = (
    """
import scrapy
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import HtmlResponse

class Memory:
    def process_request(self, request):
        told = {{"/said": "noai", "/told": "all", "/private": "all"}}
        said = told.get(request.url.removeprefix({origin!r}))
        if said is not None:
            body = f'<meta name="robots" content="{{said}}"><p>words</p>'
            return HtmlResponse(request.url, body=body.encode())

class Theirs(scrapy.Spider):
    name = "theirs"
    custom_settings = {{
"""
    + OURS
    + """\
        "DOWNLOAD_HANDLERS": {{"http": HTTP11DownloadHandler}},
        "DOWNLOADER_MIDDLEWARES": {{Memory: {order}}},
        "SCHEDULER": "scrapy.core.scheduler.Scheduler",
        "HTTPCACHE_ENABLED": True,
        "HTTPCACHE_DIR": {out!r} + "/cache",
    }}
    start_urls = [{url!r}]

    async def parse(self, response):
        for link in ("/noai", "/said", "/told", "/private"):
            request = response.follow(link, meta=response.meta)
            try:
                other = await self.crawler.engine.download_async(request)
            except scrapy.exceptions.IgnoreRequest:
                continue
            yield {{"url": other.url}}
"""
)


@pytest.mark.parametrize("order", [10, 560])
def test_no_handler_cache_middleware_or_scheduler_of_a_project_gets_round_the_gates(
    tmp_path: Path, order: int
) -> None:
    routes = {
        "/robots.txt": text("User-agent: *\nDisallow: /private\n"),
        "/": page("Front", WORDS),
        "/noai": page("No", WORDS, head='<meta name="robots" content="noai">'),
    }
    with served(routes) as (site,):
        assert set(_run(tmp_path, STUBBORN, site, order=order)) == {"/told"}
    assert {headers["user-agent"] for _, headers in site.requests} == {"Heedbot/0.1"}
    assert not (tmp_path / "out/cache").exists()


def _run(folder: Path, source: str, site: Site, **more: object) -> dict[str, dict[str, Any]]:
    """The items by path that a spider gives whose source is filled in with `more`."""
    spider, feed = folder / "theirs.py", folder / "items.jsonl"
    out, origin = str(folder / "out"), site.origin
    spider.write_text(
        source.format(out=out, url=origin + "/", origin=origin, port=site.port, **more)
    )
    words = ["runspider", str(spider), "-o", str(feed), "-s", "LOG_LEVEL=ERROR"]
    done = subprocess.run(  # noqa: S603 (scrapy, with a spider this test wrote)
        [sys.executable, "-m", "scrapy", *words],
        capture_output=True,
        cwd=folder,
        env=environment(),
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr.decode() == ""
    items = (json.loads(line) for line in feed.read_bytes().splitlines())
    return {item["url"].removeprefix(origin): item for item in items}
