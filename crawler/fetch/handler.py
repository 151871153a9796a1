"""Scrapy's download handler for http and https: a Request in, through the fetcher, a Response."""

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from scrapy import signals
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import NotSupported, StopDownload
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from crawler.policy.model import Outcome
from crawler.records.codings import Decoded, Flaw, decode
from crawler.records.exchange import Exchange, Truncated
from crawler.records.keys import CUT, EXCHANGE_KEY, TORN
from crawler.runtime import runtime_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy import Request
    from scrapy.http import Response

MAX_BODY_KEY: Final = "download_maxsize"
"""Scrapy's own key of `request.meta` for a limit other than the option."""


class HeedDownloadHandler(BaseDownloadHandler):
    """GET by way of `runtime.fetcher`; fails as that fails."""

    lazy = True

    async def download_request(self, request: "Request") -> "Response":
        """The response to `request`, decoded, its exchange in `request.meta`.

        Raises `NotSupported` for anything but a GET without a body, `StopDownload` where a
        receiver of `headers_received` asks for failure, and what the fetcher raises.
        """
        if request.method != "GET" or request.body:
            message = f"{request.method} {request.url}: only GET without a body is sent"
            raise NotSupported(message)
        runtime = runtime_of(self.crawler)
        gate = _HeadersGate(self, request)
        limit = request.meta.get(MAX_BODY_KEY) or runtime.options.max_body
        exchange = await runtime.fetcher.fetch(
            request.url,
            headers=_request_fields(request.headers),
            on_headers=gate.wants_body,
            max_body=limit,
        )
        request.meta[EXCHANGE_KEY] = exchange
        request.meta["download_latency"] = exchange.seconds
        response = make_response(request.url, exchange, limit)
        if gate.stop is not None:
            response.flags.append("download_stopped")
            if gate.stop.fail:
                gate.stop.response = response
                raise gate.stop
        return response


class _HeadersGate:
    """Sends `headers_received` and remembers who, if anyone, stopped the download."""

    def __init__(self, owner: HeedDownloadHandler, request: "Request") -> None:
        self._crawler = owner.crawler
        self._request = request
        self.stop: StopDownload | None = None

    def wants_body(self, status: int, fields: tuple[tuple[str, str], ...]) -> bool:
        """Whether no receiver raised `StopDownload`. Beside Scrapy's arguments goes `status`."""
        headers = _response_headers(fields)
        declared = headers.get("Content-Length", b"") or b""
        answers = self._crawler.signals.send_catch_log(
            signal=signals.headers_received,
            request=self._request,
            spider=self._crawler.spider,
            headers=headers,
            body_length=int(declared) if declared.isdigit() else None,
            status=status,
        )
        for _, answer in answers:
            raised = getattr(answer, "value", None)
            if isinstance(raised, StopDownload):
                self.stop = raised
                return False
        return True


def make_response(url: str, exchange: Exchange, limit: int) -> "Response":
    """The Response of the class that fits `exchange`; at most `limit` decoded bytes.

    Content-Encoding is left out of its headers, since the body no longer has any.
    """
    whole = exchange.truncated is Truncated.NO
    decoded = decode(exchange.body, exchange.text_headers, limit=limit, whole=whole)
    headers = _response_headers(
        field for field in exchange.text_headers if field[0].lower() != "content-encoding"
    )
    kind = responsetypes.from_args(headers=headers, url=url, body=decoded.body)
    return kind(
        url=url,
        status=exchange.status,
        headers=headers,
        body=decoded.body,
        flags=_read_flags(exchange, decoded),
        ip_address=ip_address(exchange.ip),
        protocol=exchange.protocol,
    )


_BROKE_OFF: Final = frozenset({Truncated.LENGTH, Truncated.TIME, Truncated.DISCONNECT})
"""A body that was declined at its headers did not break off."""


def _read_flags(exchange: Exchange, decoded: Decoded) -> list[str]:
    flags = {
        CUT: exchange.truncated in _BROKE_OFF or decoded.flaw is Flaw.CUT,
        TORN: decoded.flaw is Flaw.CORRUPT,
        "undecodable": decoded.outcome is Outcome.UNDECODABLE,
        "coding_lie": decoded.flaw is Flaw.PLAIN,
    }
    return [name for name, raised in flags.items() if raised]


def _response_headers(fields: "Iterable[tuple[str, str]]") -> Headers:
    return Headers([(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields])


def _request_fields(headers: Headers) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    ]
