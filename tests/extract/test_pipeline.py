"""Which pages are given a text by the pipeline, and what it counts."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from scrapy import Spider
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from crawler.clock import moment
from crawler.config import Options
from crawler.extract.pipeline import LARGE, LARGE_NICENESS, TextPipeline
from crawler.policy.decide import decide
from crawler.policy.model import TRAIN_USES, Profile
from crawler.records.exchange import Exchange
from crawler.records.page import Extraction, Page, RecordPlace
from tests.extract.test_text import PAGE, URL

NICEST = 19
WIDE = b"<html><body><p " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">wide</p>"


def page(content: bytes, content_type: str = "text/html", charset: str = "") -> Page:
    exchange = Exchange(URL, moment(0), b"", 200, "OK", (), content)
    decision = decide(URL, (), Profile.STRICT)
    return Page(URL, exchange, decision, TRAIN_USES, content, content_type, charset)


def descendants(process: int) -> list[int]:
    """The processes that a process has started, and theirs (proc(5))."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [pid for child in map(int, children) for pid in (child, *descendants(child))]


@pytest.fixture
def stats() -> MemoryStatsCollector:
    return MemoryStatsCollector(get_crawler(Spider))


@pytest.fixture
async def pipeline(stats: MemoryStatsCollector) -> AsyncIterator[TextPipeline]:
    options = Options.model_validate({"extract_workers": 1, "extract_deadline": 2.0})
    made = TextPipeline(options, stats)
    yield made
    await made.close_spider()


async def text_of(pipeline: TextPipeline, given: Page) -> Extraction | None:
    passed = await pipeline.process_item(given)
    assert isinstance(passed, Page)
    assert replace(passed, extraction=None) == given, "nothing else of a page is touched"
    return passed.extraction


@pytest.mark.parametrize(
    "content_type", ["text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml", ""]
)
async def test_html_is_extracted(pipeline: TextPipeline, content_type: str) -> None:
    found = await text_of(pipeline, page(PAGE.encode(), content_type))
    assert found is not None
    assert "the boats lay still" in found.text
    assert found.extractor.endswith(" accurate")


async def test_plain_text_is_decoded_by_its_charset(pipeline: TextPipeline) -> None:
    given = page("Größe".encode("iso-8859-1"), "text/plain; charset=iso-8859-1", "iso-8859-1")
    found = await text_of(pipeline, given)
    assert found is not None
    assert (found.text, found.extractor) == ("Größe", "plain")


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        *((name, "舟は静か, a") for name in ("utf-16", "UTF-16LE", "utf-32", "iso-2022-jp")),
        ("iso-2022-kr", "배는 조용하다, a"),
    ],
)
async def test_plain_text_in_charsets_that_look_binary_is_read(
    pipeline: TextPipeline, charset: str, text: str
) -> None:
    found = await text_of(pipeline, page(text.encode(charset), f"text/plain; charset={charset}"))
    assert found is not None
    assert found.text == text


async def test_plain_text_with_a_mark_of_its_charset_is_read(pipeline: TextPipeline) -> None:
    for charset in ("utf-8-sig", "utf-16", "utf-32"):
        found = await text_of(pipeline, page("a\0b, 舟".encode(charset), "text/plain"))
        assert found is not None
        assert "舟" in found.text


@pytest.mark.parametrize("content", [bytes(range(256)), b"wOF2\x00\x01", b"text\x00"])
async def test_what_is_only_called_plain_text_passes(
    pipeline: TextPipeline, content: bytes
) -> None:
    assert await text_of(pipeline, page(content, "text/plain")) is None
    assert await text_of(pipeline, page(content, "text/plain; charset=utf-8", "utf-8")) is None


@pytest.mark.parametrize("content_type", ["application/pdf", "image/png", "application/json", ""])
async def test_what_is_no_text_passes(pipeline: TextPipeline, content_type: str) -> None:
    assert await text_of(pipeline, page(b"%PDF-1.7 <html>", content_type)) is None


async def test_a_payload_that_was_kept_before_is_not_read_again(pipeline: TextPipeline) -> None:
    place = RecordPlace("<urn:uuid:1>", "a.warc.gz", 0, 1, "sha1:A", revisit=True)
    assert await text_of(pipeline, replace(page(PAGE.encode()), place=place)) is None


async def test_a_page_that_cannot_be_read_says_so_and_the_next_is_read(
    pipeline: TextPipeline, stats: MemoryStatsCollector
) -> None:
    assert await text_of(pipeline, page(WIDE)) == Extraction(text="", extractor="failed")
    found = await text_of(pipeline, page(PAGE.encode()))
    assert found is not None
    assert found.text
    assert stats.get_value("extract/failed") == 1
    assert stats.get_value("extract/failed/timeout") == 1
    assert stats.get_value("extract/pages") == 1


async def test_a_large_page_is_read_by_a_process_that_stands_back(
    pipeline: TextPipeline,
) -> None:
    for size in (LARGE // 2, 2 * LARGE):
        content = (
            b"<html><body><p>The boats lay still.</p><!--" + b"-" * size + b"--></body></html>"
        )
        await text_of(pipeline, page(content))
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    niceness = [os.getpriority(os.PRIO_PROCESS, pid) for pid in descendants(os.getpid())]
    assert niceness.count(min(ours + LARGE_NICENESS, NICEST)) == 1
    assert ours in niceness
    policies = [os.sched_getscheduler(pid) for pid in descendants(os.getpid())]
    assert policies.count(os.SCHED_IDLE) == 1


async def test_a_page_without_text_is_counted(
    pipeline: TextPipeline, stats: MemoryStatsCollector
) -> None:
    found = await text_of(pipeline, page(b"<html><body></body></html>"))
    assert found is not None
    assert (found.text, stats.get_value("extract/empty")) == ("", 1)


async def test_items_that_are_no_pages_pass(pipeline: TextPipeline) -> None:
    assert await pipeline.process_item({"key": "value"}) == {"key": "value"}


async def test_the_profile_none_extracts_nothing(stats: MemoryStatsCollector) -> None:
    made = TextPipeline(Options.model_validate({"extract": "none"}), stats)
    assert await text_of(made, page(PAGE.encode())) is None
    await made.close_spider()
