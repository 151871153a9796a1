"""Whole crawls on loopback over the scheduler, the settlement and the SQLite frontier."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.errors import StorageError
from crawler.frontier.queue import HostQueue
from tests.frontier.crawling import SETTINGS, FullLedger, LinkSpider, crawl
from tests.frontier.site import Answer, page, serving


def endings(folder: Path) -> dict[str, tuple[str, str]]:
    """Path to ending and reason, as the job's file has them."""
    connection = sqlite3.connect(folder / "frontier-test.db")
    rows = connection.execute("SELECT url, ending, reason FROM url").fetchall()
    connection.close()
    return {"/" + url.split("/", 3)[3]: (ending, reason) for url, ending, reason in rows}


async def test_every_linked_page_is_fetched_once(tmp_path: Path) -> None:
    pages = {f"/{number}": page(f"/{number + 1}", "/0", "/1") for number in range(30)}
    with serving({**pages, "/": page("/0", "/0#part", "/./0")}) as site:
        done = await crawl(tmp_path, site.origin + "/")
    assert (done.reason, done.runtime.failure) == ("finished", None)
    assert sorted(site.paths) == sorted(["/", *pages, "/30"])
    assert len(done.items) == 31
    assert endings(tmp_path)["/7"] == ("kept", "")
    assert endings(tmp_path)["/30"] == ("passed", "status 404")


async def test_each_way_to_end_is_written_down(tmp_path: Path) -> None:
    start = page("/refused", "/after", "/unreachable", "/error", "/gone", "/moved")
    answers = {
        "/": start,
        "/after": page(),
        "/error": Answer("", 503),
        "/gone": Answer("", 410),
        "/moved": Answer("", 301, {"Location": "/target"}),
        "/target": page(),
    }
    with serving(answers) as site:
        done = await crawl(tmp_path, site.origin + "/")
    assert (done.reason, done.runtime.failure) == ("finished", None)
    found = endings(tmp_path)
    assert found["/refused"] == ("refused", "refused for crawl")
    assert found["/after"] == ("refused", "refused for crawl")
    assert found["/unreachable"] == ("retry", "timeout: no answer within 30 s")
    assert found["/error"] == ("retry", "status 503")
    assert found["/gone"] == ("passed", "status 410")
    assert found["/moved"] == ("passed", "redirect")
    assert found["/target"] == ("kept", "")
    assert "/refused" not in site.paths


async def test_a_host_that_asked_for_rest_is_left_alone(tmp_path: Path) -> None:
    with serving({"/": page("/a/deferred", "/b", "/c"), "/b": page(), "/c": page()}) as site:
        done = await crawl(tmp_path, site.origin + "/", concurrency=1)
    assert (done.reason, done.runtime.failure) == ("finished", None)
    assert site.paths == ["/"]
    assert endings(tmp_path)["/a/deferred"] == ("deferred", "it asked for rest")


async def test_a_crawl_that_was_cut_short_goes_on_where_it_was(tmp_path: Path) -> None:
    pages = {f"/{number}": page() for number in range(20)}
    with serving({**pages, "/": page(*pages)}) as site:
        first = await crawl(tmp_path, site.origin + "/", max_pages=5)
        assert (first.reason, first.runtime.failure) == ("max_pages", None)
        assert len(site.paths) == 5
        second = await crawl(tmp_path, site.origin + "/")
    assert second.reason == "finished"
    assert sorted(site.paths) == sorted(["/", *pages])


async def test_a_page_that_did_not_change_is_asked_for_conditionally(tmp_path: Path) -> None:
    with serving({"/": Answer("<p>text", 200, {"ETag": '"one"'})}) as site:
        await crawl(tmp_path, site.origin + "/")
        connection = sqlite3.connect(tmp_path / "frontier-test.db")
        with connection:
            connection.execute("UPDATE url SET due = 1")
        connection.close()
        await crawl(tmp_path, site.origin + "/")
    assert [fields.get("If-None-Match") for _, fields in site.requests] == [None, '"one"']
    assert endings(tmp_path)["/"] == ("not_modified", "")


async def test_a_ledger_that_cannot_be_written_ends_the_crawl_and_acknowledges_nothing(
    tmp_path: Path,
) -> None:
    ledger = FullLedger(str(tmp_path / "full.db"))
    with serving({"/": page("/next"), "/next": page()}) as site:
        broken = await crawl(tmp_path, site.origin + "/", ledger=ledger)
        assert broken.reason == "storage"
        assert str(broken.runtime.failure) == "The ledger is on a full disk."
        assert site.paths == ["/"]
        mended = await crawl(tmp_path, site.origin + "/")
    assert mended.reason == "finished"
    assert site.paths == ["/", "/", "/next"]


async def test_a_job_that_is_in_use_is_not_crawled(tmp_path: Path) -> None:
    holder = HostQueue(tmp_path / "frontier-test.db", now=1.0)
    with serving({"/": page()}) as site:
        refused = await crawl(tmp_path, site.origin + "/")
    holder.close()
    assert refused.reason == "storage"
    assert "is being run by another process" in str(refused.runtime.failure)
    assert site.paths == []


async def test_a_crawl_that_is_stopped_ends_in_order_and_can_go_on(tmp_path: Path) -> None:
    pages = {f"/{number}": page() for number in range(30)}
    with serving({**pages, "/": page(*pages)}) as site:

        class StoppingSpider(LinkSpider):
            """Stops the crawl, as SIGINT does, at its fifth page."""

            def parse(self, response: Response) -> Iterator[Any]:
                if len(site.paths) == 5:
                    asyncio.ensure_future(self.crawler.stop_async())  # noqa: RUF006
                yield from super().parse(response)

        stopped = await crawl(tmp_path, site.origin + "/", spider=StoppingSpider)
        assert (stopped.reason, stopped.runtime.failure) == ("shutdown", None)
        assert len(site.paths) < 31
        await crawl(tmp_path, site.origin + "/")
    assert sorted(site.paths) == sorted(["/", *pages])


class BrokenPipeline:
    """Cannot keep the second page."""

    def process_item(self, item: dict[str, str]) -> dict[str, str]:
        """Fails for two of the pages."""
        if item["url"].endswith("/full"):
            raise StorageError("The disk is full.")
        if item["url"].endswith("/odd"):
            raise ValueError("odd")
        return item


async def test_an_item_that_cannot_be_stored_is_not_acknowledged(tmp_path: Path) -> None:
    settings = {"ITEM_PIPELINES": {BrokenPipeline: 1}}
    with serving({"/": page("/full"), "/full": page()}) as site:
        broken = await crawl(tmp_path, site.origin + "/", settings=settings)
        assert broken.reason == "storage"
        assert str(broken.runtime.failure) == "The disk is full."
        await crawl(tmp_path, site.origin + "/")
    assert site.paths == ["/", "/full", "/full"]


async def test_a_page_that_a_pipeline_chokes_on_is_tried_again_later(tmp_path: Path) -> None:
    settings = {"ITEM_PIPELINES": {BrokenPipeline: 1}}
    with serving({"/": page("/odd"), "/odd": page()}) as site:
        done = await crawl(tmp_path, site.origin + "/", settings=settings)
    assert (done.reason, done.runtime.failure) == ("finished", None)
    assert endings(tmp_path)["/odd"] == ("retry", "pipeline: ValueError")


def locally(response: Response) -> dict[str, str]:
    """A callback that is no method of a spider."""
    return {"local": response.url}


class CallbackSpider(LinkSpider):
    """Somebody else's spider: callbacks, arguments, an errback, a broken page."""

    async def start(self) -> AsyncIterator[Request]:
        """One request with a callback of its own."""
        yield Request(self.seeds[0], callback=self.parse_list)

    def parse_list(self, response: Response) -> Iterator[Any]:
        """Requests of every kind."""
        yield Request(
            response.urljoin("/one"), callback=self.parse_one, cb_kwargs={"number": 1},
            meta={"colour": "red"},
        )  # fmt: skip
        yield Request(response.urljoin("/unreachable"), errback=self.note)
        yield Request(response.urljoin("/local"), callback=locally)
        yield Request(response.urljoin("/broken"), callback=self.parse_broken)

    def parse_one(self, response: Response, number: int) -> Iterator[Any]:
        """Needs its argument and its meta."""
        yield {"number": str(number), "colour": response.meta["colour"]}

    def parse_broken(self, response: Response) -> Iterator[Any]:
        """Breaks half way."""
        yield {"half": response.url[-7:]}
        raise RuntimeError("broken")

    def note(self, failure: Failure) -> Iterator[Any]:
        """Hears of the failure."""
        yield {"failed": type(failure.value).__name__}


async def test_a_foreign_spider_gets_its_callbacks_arguments_and_errbacks(tmp_path: Path) -> None:
    answers = {path: page() for path in ("/", "/one", "/local", "/broken")}
    with serving(answers) as site:
        done = await crawl(tmp_path, site.origin + "/", spider=CallbackSpider)
    assert (done.reason, done.runtime.failure) == ("finished", None)
    assert {"number": "1", "colour": "red"} in done.items
    assert {"failed": "FetchFailedError"} in done.items
    assert {"local": site.origin + "/local"} in done.items
    assert {"half": "/broken"} in done.items
    assert endings(tmp_path)["/broken"] == ("retry", "callback: RuntimeError")


class Asker:
    """A downloader middleware of somebody else's that is content with no answer."""

    def process_response(self, request: Request, response: Response) -> Request:  # noqa: ARG002
        """The same again, as Scrapy's own retries are asked for."""
        return request.replace(dont_filter=True)


async def test_a_middleware_that_asks_again_is_heard_a_few_times_each_in_its_time(
    tmp_path: Path,
) -> None:
    asker = {"DOWNLOADER_MIDDLEWARES": {**SETTINGS["DOWNLOADER_MIDDLEWARES"], Asker: 560}}
    with serving({"/": page()}) as site:
        await crawl(tmp_path, site.origin + "/", settings=asker)
        assert endings(tmp_path)["/"] == ("retry", "a middleware asked for it again")
        again = tmp_path / "again"
        await crawl(
            again, site.origin + "/", settings=asker, linger=5, backoff_base=0.05, max_retries=2
        )
    assert site.paths == ["/"] * 4
    assert endings(again)["/"] == ("failed", "a middleware asked for it again")


async def test_links_beyond_the_bounds_are_left_out_by_name(tmp_path: Path) -> None:
    with serving({"/": page("http://127.0.0.2/", "/a/a/a/", "data:,x")}) as site:
        done = await crawl(tmp_path, site.origin + "/")
    left_out = {key: value for key, value in done.stats.items() if "left_out" in key}
    assert left_out == {
        "frontier/left_out/scope": 1,
        "frontier/left_out/repeated_segment": 1,
        "frontier/left_out/scheme": 1,
    }


async def test_a_redirect_that_only_drops_a_tracking_parameter_is_followed(tmp_path: Path) -> None:
    answers = {"/?utm_source=x": Answer("", 302, {"Location": "/"}), "/": page()}
    with serving(answers) as site:
        await crawl(tmp_path, site.origin + "/?utm_source=x")
    assert site.paths == ["/?utm_source=x", "/"]


async def test_a_redirect_loop_ends(tmp_path: Path) -> None:
    answers = {f"/{n}": Answer("", 302, {"Location": f"/{n + 1}"}) for n in range(50)}
    with serving(answers) as site:
        done = await crawl(tmp_path, site.origin + "/0", max_redirects=3)
    assert site.paths == ["/0", "/1", "/2", "/3"]
    assert done.stats["frontier/left_out/redirects"] == 1


async def test_a_crawl_ends_after_the_time_that_it_was_given(tmp_path: Path) -> None:
    with serving({"/": page("/unreachable")}) as site:
        done = await crawl(tmp_path, site.origin + "/", max_time=0.5, linger=1000, backoff_base=100)
    assert (done.reason, done.runtime.failure) == ("max_time", None)


async def test_a_retry_that_is_due_within_linger_is_waited_for(tmp_path: Path) -> None:
    with serving({"/": Answer("", 503)}) as site:
        done = await crawl(tmp_path, site.origin + "/", linger=5, backoff_base=0.05, max_retries=2)
    assert (done.reason, done.runtime.failure) == ("finished", None)
    assert site.paths == ["/"] * 3
    assert endings(tmp_path)["/"] == ("failed", "status 503")
