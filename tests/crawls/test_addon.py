"""Somebody else's Scrapy project: one line in `ADDONS`, and it is polite."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.command import environment
from tests.site import page, served, text

WORDS = "The miller opens the sluice at dawn and closes it when the last sack is tied. " * 8

SPIDER = """
import scrapy

class Theirs(scrapy.Spider):
    name = "theirs"
    custom_settings = {{
        "ADDONS": {{"crawler.addon.HeedAddon": 100}},
        "HEED_ALLOW_NET": ["127.0.0.0/8"],
        "HEED_ALLOW_PORTS": [{port}],
        "HEED_DELAY": 0,
        "HEED_LINGER": 0.5,
        "HEED_OUT": {out!r},
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


def test_a_foreign_spider_is_gated_named_and_keeps_its_callbacks(tmp_path: Path) -> None:
    routes = {
        "/robots.txt": text("User-agent: *\nDisallow: /private\n"),
        "/": page("Front", WORDS, links=("/a", "/private", "/noai")),
        "/a": page("A", WORDS),
        "/noai": page("No", WORDS, head='<meta name="robots" content="noai">'),
    }
    with served(routes) as (site,):
        spider = tmp_path / "theirs.py"
        spider.write_text(
            SPIDER.format(out=str(tmp_path / "out"), url=site.origin + "/", port=site.port)
        )
        feed = tmp_path / "items.jsonl"
        done = subprocess.run(  # noqa: S603 (scrapy, with a spider this test wrote)
            [
                sys.executable,
                "-m",
                "scrapy",
                "runspider",
                str(spider),
                "-o",
                str(feed),
                "-s",
                "LOG_LEVEL=ERROR",
            ],
            capture_output=True,
            cwd=tmp_path,
            env=environment(),
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr.decode() == ""
    items = {item["url"].removeprefix(site.origin): item for item in _lines(feed)}
    assert set(items) == {"/", "/a"}
    assert items["/a"]["seen"] == 1
    assert "/private" not in site.targets
    assert {headers["user-agent"] for _, headers in site.requests} == {"Heedbot/0.1"}


def _lines(feed: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in feed.read_bytes().splitlines()]
