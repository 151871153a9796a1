"""Sitemaps lead to pages, tell which have changed, and cannot be made to do more."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.clock import SystemClock, moment
from tests.command import QUICK, heed
from tests.crawls.corpus import Corpus
from tests.mocksite.bomb import make_bomb
from tests.site import Answer, page, served, text

DAY = 86_400
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
XML = (("Content-Type", "application/xml"), ("X-Robots-Tag", "noindex"))
WORDS = "The lock keeper opens the gates at slack water and notes each barge that passes. " * 8


def index(*urls: str) -> Answer:
    listed = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return Answer(f"<sitemapindex {SPACE}>{listed}</sitemapindex>".encode(), headers=XML)


def listing(*entries: tuple[str, str]) -> bytes:
    listed = "".join(
        f"<url><loc>{url}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</url>"
        for url, date in entries
    )
    return f"<urlset {SPACE}>{listed}</urlset>".encode()


@dataclass
class Lock:
    """A site whose pages nobody links; its robots.txt names an index, and a bomb."""

    origin: str = ""
    dates: dict[str, str] = field(default_factory=lambda: {"/1": "2020-01-01", "/2": "2020-01-01"})

    def answer(self, target: str, _: Mapping[str, str]) -> Answer:
        pages = [(self.origin + path, date) for path, date in self.dates.items()]
        pages += [("http://10.0.0.1/inside", ""), ("http://127.99.0.1/other", "2026-01-01")]
        files = {
            "/robots.txt": text(
                "User-agent: *\nDisallow: /closed\nSitemap: /index.xml\nSitemap: /bomb.xml.gz\n"
                "Sitemap: /closed/map.xml\n"
            ),
            "/": page("Lock", WORDS + "front"),
            "/index.xml": index(f"{self.origin}/index.xml", "/pages.xml.gz", "/deep/1.xml"),
            "/pages.xml.gz": Answer(gzip.compress(listing(*pages)), headers=XML),
            "/bomb.xml.gz": Answer(make_bomb(b"<urlset>", b" ", 512), headers=XML),
        }
        if target.startswith("/deep/"):
            level = int(target.removeprefix("/deep/").removesuffix(".xml"))
            return index(f"{self.origin}/deep/{level + 1}.xml")
        if target in self.dates:
            return page(target, WORDS + target + self.dates[target])
        return files.get(target) or text("", 404)


@pytest.mark.slow
def test_a_sitemap_leads_to_pages_and_tells_which_have_changed(tmp_path: Path) -> None:
    lock, corpus = Lock(), Corpus(tmp_path / "out")
    with served(lock.answer) as (site,):
        lock.origin = site.origin
        words = ("crawl", site.origin, "--out", corpus.root, "--json", *QUICK)
        first = heed(*words)
        asked = len(site.targets)
        lock.dates["/2"] = "2100-01-01"
        far = heed(str(DAY), *words, module="tests.crawls.shifted")
        lock.dates |= {"/2": "2026-01-01", "/3": ""}
        # The machine's clock says when; a date that has passed since the first visit is wanted.
        lock.dates["/1"] = tomorrow()
        second = heed(str(2 * DAY), *words, module="tests.crawls.shifted")
        targets = site.targets
    runs = (first, far, second)
    assert [run.code for run in runs] == [0, 0, 0], [run.err for run in runs]
    # Sitemaps are read though a page with their X-Robots-Tag would not be; they are no pages.
    assert [run.summary["pages_fetched"] for run in runs] == [3, 0, 2]
    assert first.summary["rows_written"] == 3
    assert {"/1", "/2"} <= set(targets[:asked])
    assert targets[asked:].count("/1") == targets[asked:].count("/3") == 1
    assert "/2" not in targets[asked:]
    assert {target for target in targets if target.startswith("/deep/")} == {
        "/deep/1.xml",
        "/deep/2.xml",
    }
    assert not [target for target in targets if target.startswith("/closed")]
    corpus.check()


def tomorrow() -> str:
    return (moment(SystemClock().now()) + timedelta(days=1)).isoformat()
