"""Scrapy's side of a fetch: requests in, responses of the right class out."""

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotSupported, StopDownload
from scrapy.http import Headers, HtmlResponse, Response, TextResponse
from scrapy.settings import Settings

from crawler.clock import SystemClock
from crawler.config import Options
from crawler.fetch.handler import HeedDownloadHandler
from crawler.ledger.store import SqlLedger
from crawler.policy.model import Outcome
from crawler.records.exchange import Exchange, Truncated
from crawler.records.keys import EXCHANGE_KEY
from crawler.runtime import FetchFailedError, Runtime, attach
from tests.fetch.sites import LOOPBACK, OpenPace, Site, fetching, serving

PAGE = "<html><body>Grüße</body></html>".encode()


def answer(body: bytes, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    head = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *fields]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


@asynccontextmanager
async def handling(
    site: Site, scratch: Path, max_body: int = 50_000
) -> AsyncIterator[HeedDownloadHandler]:
    """The download handler of a crawler whose runtime may ask `site`."""
    given = {"allow_net": (LOOPBACK,), "allow_ports": (site.port,), "max_body": max_body}
    crawler = Crawler(Spider, Settings())
    ledger = SqlLedger(str(scratch / "ledger.db"))
    async with fetching(site, max_body=max_body) as fetcher:
        runtime = Runtime(
            options=Options.model_validate(given),
            clock=SystemClock(),
            out=scratch,
            job="job",
            ledger=ledger,
            pace=OpenPace(),
            fetcher=fetcher,
        )
        attach(crawler, runtime)
        yield HeedDownloadHandler.from_crawler(crawler)
    ledger.close()


async def test_a_page_becomes_a_response_and_its_exchange_stays_as_sent(tmp_path: Path) -> None:
    coded = gzip.compress(PAGE, mtime=0)
    reply = answer(
        coded,
        b"Content-Type: text/html; charset=utf-8",
        b"Content-Encoding: gzip",
        b"X: 1",
        b"x: 2",
    )
    async with serving(reply) as site, handling(site, tmp_path) as handler:
        request = Request(site.url(), headers={"If-None-Match": '"x"', "Cookie": "a=b"})
        response = await handler.download_request(request)
        assert isinstance(response, HtmlResponse)
        assert (response.body, response.status, response.flags) == (PAGE, 200, [])
        assert "Grüße" in response.text
        assert response.headers.getlist("X") == [b"1", b"2"]
        assert "Content-Encoding" not in response.headers
        assert response.ip_address == ip_address("127.0.0.1")
        assert response.protocol == "HTTP/1.1"
        exchange = request.meta[EXCHANGE_KEY]
        assert isinstance(exchange, Exchange)
        assert exchange.body == coded
        assert (b"Content-Encoding", b"gzip") in exchange.headers
        assert b'If-None-Match: "x"\r\n' in site.requests[0]
        assert b"Cookie" not in site.requests[0]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(b"text/plain", TextResponse), (b"image/png", Response), (b"\xff\x00", Response)],
)
async def test_a_response_has_the_class_of_its_type(
    kind: bytes, expected: type[Response], tmp_path: Path
) -> None:
    reply = answer(b"\x89PNG\x01", b"Content-Type: " + kind)
    async with serving(reply) as site, handling(site, tmp_path) as handler:
        assert type(await handler.download_request(Request(site.url()))) is expected


@pytest.mark.parametrize(
    ("reply", "flags"),
    [
        (answer(b"plain", b"Content-Encoding: gzip"), ["coding_lie"]),
        (
            answer(gzip.compress(PAGE, mtime=0)[:20], b"Content-Encoding: gzip"),
            ["torn", "undecodable"],
        ),
        (answer(b"what", b"Content-Encoding: zstd"), ["undecodable"]),
        (answer(gzip.compress(bytes(99_999), mtime=0), b"Content-Encoding: gzip"), ["truncated"]),
        (answer(bytes(9_999)), ["truncated"]),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", ["truncated"]),
    ],
)
async def test_what_was_wrong_with_a_body_is_flagged(
    reply: bytes, flags: list[str], tmp_path: Path
) -> None:
    async with serving(reply) as site, handling(site, tmp_path, max_body=5_000) as handler:
        response = await handler.download_request(Request(site.url()))
        assert response.flags == flags
        assert len(response.body) <= 5_000


@pytest.mark.parametrize("fail", [True, False])
async def test_a_receiver_of_the_headers_may_stop_the_download(
    tmp_path: Path, *, fail: bool
) -> None:
    seen: list[tuple[bytes | None, int, int]] = []

    def stop(headers: Headers, body_length: int, status: int) -> None:
        seen.append((headers.get("X-Robots-Tag"), body_length, status))
        raise StopDownload(fail=fail)

    reply = answer(PAGE, b"X-Robots-Tag: noai")
    async with serving(reply) as site, handling(site, tmp_path) as handler:
        handler.crawler.signals.connect(stop, signals.headers_received)
        request = Request(site.url())
        if fail:
            with pytest.raises(StopDownload) as stopped:
                await handler.download_request(request)
            response = stopped.value.response
        else:
            response = await handler.download_request(request)
        assert response is not None
        assert (response.body, response.flags) == (b"", ["download_stopped"])
        assert request.meta[EXCHANGE_KEY].truncated is Truncated.UNSPECIFIED
        assert seen == [(b"noai", len(PAGE), 200)]


@pytest.mark.parametrize(
    ("method", "body"), [("POST", b""), ("PUT", b"x"), ("GET", b"x"), ("DELETE", b"")]
)
async def test_anything_but_a_plain_get_is_refused(
    method: str, body: bytes, tmp_path: Path
) -> None:
    async with serving(answer(PAGE)) as site, handling(site, tmp_path) as handler:
        with pytest.raises(NotSupported):
            await handler.download_request(Request(site.url(), method=method, body=body))
        assert site.connections == 0


async def test_a_failure_of_the_fetcher_is_passed_on(tmp_path: Path) -> None:
    async with serving(b"garbage") as site, handling(site, tmp_path) as handler:
        with pytest.raises(FetchFailedError) as failure:
            await handler.download_request(Request(site.url()))
        assert failure.value.outcome is Outcome.CONNECTION


async def test_a_request_may_ask_for_a_longer_body(tmp_path: Path) -> None:
    async with (
        serving(answer(bytes(9_999))) as site,
        handling(site, tmp_path, max_body=5_000) as handler,
    ):
        request = Request(site.url(), meta={"download_maxsize": 50_000})
        response = await handler.download_request(request)
        assert (len(response.body), response.flags) == (9_999, [])
