"""An answer's body read to its end or to the first limit, and the whole as an `Exchange`."""

import asyncio
from dataclasses import dataclass
from typing import Final

import aiohttp

from crawler.clock import Clock, moment
from crawler.fetch.failures import describe
from crawler.fetch.head import Head
from crawler.fetch.wire import Answer
from crawler.policy.model import Outcome
from crawler.records.exchange import Exchange, Truncated
from crawler.runtime import FetchFailedError, OnBody, OnHeaders

ABSURD_MULTIPLE: Final = 64
"""A body declared to be this many times the limit is not begun: it is no page."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What of a body is wanted: any (`on_headers`), more (`on_body`), at most how many bytes."""

    on_headers: OnHeaders | None
    on_body: OnBody | None
    max_body: int


@dataclass(slots=True)
class Reading:
    """An answer whose head has come; what it has come to so far is an `Exchange` at any time."""

    answer: Answer
    head: Head
    url: str
    started: float
    clock: Clock

    def to_exchange(self, body: bytes, truncated: Truncated) -> Exchange:
        """All that is known now, with `body` as far as it came."""
        return Exchange(
            url=self.url,
            started_at=moment(self.started),
            request_head=request_head(self.answer.request_info),
            status=self.head.status,
            reason=self.head.reason,
            headers=self.head.fields,
            body=body,
            protocol=self.head.protocol,
            ip=self.answer.ip,
            tls=self.answer.tls,
            truncated=truncated,
            seconds=max(0.0, self.clock.now() - self.started),
        )

    def fail(self, outcome: Outcome, why: str, body: bytes, cut: Truncated) -> FetchFailedError:
        """The error that says `why` and carries what came."""
        return FetchFailedError(outcome, why, self.to_exchange(body, cut))


async def read_answer(reading: Reading, limits: Limits, until: float | None) -> Exchange:
    """The whole exchange; raises `FetchFailedError` with what came where that is no answer.

    A body that ends early, or not before `until` (the loop's time), is returned and marked
    (WARC/1.1 5.13). Bad framing, a connection that was reset, and a declared length that nobody
    would read to its end are failures.
    """
    head, wire = reading.head, reading.answer.wire
    if limits.on_headers is not None and not limits.on_headers(head.status, head.text_fields):
        empty = head.length == 0
        return reading.to_exchange(b"", Truncated.NO if empty else Truncated.UNSPECIFIED)
    if head.length is not None and head.length > limits.max_body * ABSURD_MULTIPLE:
        why = f"{head.length} bytes are declared"
        raise reading.fail(Outcome.TOO_LARGE, why, b"", Truncated.LENGTH)
    collected = bytearray()
    cut = await _collect(reading.answer, collected, limits, until)
    body = bytes(collected)
    if cut is not Truncated.NO:
        return reading.to_exchange(body, cut)
    if wire.malformed:
        raise reading.fail(Outcome.CONNECTION, wire.malformed, body, Truncated.UNSPECIFIED)
    unframed = head.length is None and not head.chunked
    if wire.lost is not None and (wire.broken or unframed):
        raise reading.fail(Outcome.CONNECTION, describe(wire.lost), body, Truncated.DISCONNECT)
    return reading.to_exchange(body, Truncated.DISCONNECT if wire.broken else Truncated.NO)


async def _collect(
    answer: Answer, body: bytearray, limits: Limits, until: float | None
) -> Truncated:
    """Add to `body` until it ends; returns which of our own limits cut it, if one did."""
    asked = 0
    try:
        async with asyncio.timeout_at(until):
            async for chunk in answer.content.iter_any():
                body += chunk
                if len(body) > limits.max_body:
                    del body[limits.max_body :]
                    return Truncated.LENGTH
                # Asked whenever there is twice as much: what is looked through stays linear.
                if limits.on_body is None or len(body) < 2 * asked or answer.content.is_eof():
                    continue
                asked = len(body)
                if not limits.on_body(bytes(body)):
                    return Truncated.UNSPECIFIED
    except TimeoutError:
        return Truncated.TIME
    return Truncated.NO


def request_head(request: aiohttp.RequestInfo) -> bytes:
    """The request line and fields as aiohttp writes them, with the closing blank line."""
    lines = [f"{request.method} {request.url.raw_path_qs} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
