"""The wire under aiohttp: heads bounded and read here, bodies framed strictly, nothing left over.

RFC 9112 9.2 leaves a client alone with bytes that belong to no request. Here they end the
connection, so that an answer is never paired with the request after it.
"""

import asyncio
from functools import partial
from typing import Final

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http import RawResponseMessage
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import StreamReader

from crawler.fetch.failures import describe
from crawler.fetch.head import HEAD_END, NO_STATUS_LINE, Head, HeadError, read_head
from crawler.records.exchange import TlsFacts

INTERIM_LIMIT: Final = 8
"""1xx answers that are read over before the final one."""

FRAMING_FLOOR: Final = 1_048_576
FRAMING_RATIO: Final = 16
"""Bytes of chunk sizes, extensions and trailers that are read beyond any doubt, and for each byte
of the body; a body sent byte by byte has five. What the parser still holds counts as framing."""

_START: Final = b"HTTP/"
_CHUNKS_END: Final = (b"\n\r\n", b"\n\n")


class Wire(ResponseHandler):
    """One connection. Gives aiohttp's parser the framing lines of a head, then its body."""

    def __init__(self, loop: asyncio.AbstractEventLoop, head_limit: int) -> None:
        super().__init__(loop)
        self._head_limit = head_limit
        self._waiting = False
        self._bodiless = False
        self._collected = bytearray()
        self._spent = 0
        self._interims = 0
        self._body: StreamReader | None = None
        self._left: int | None = None
        self._chunked = 0
        self._taken_leave = False
        self.head: Head | None = None
        self.malformed = ""
        """What was wrong with the framing, where something was."""
        self.broken = False
        """The body ended before its declared end."""
        self.lost: BaseException | None = None
        """How the connection broke; None where it ended in order or is open."""

    def set_response_params(self, *, skip_payload: bool = False, **params: object) -> None:
        """A request is about to be sent: its answer may come."""
        self._waiting, self._bodiless = True, skip_payload
        self._collected.clear()
        self._spent = self._interims = self._chunked = 0
        self._body = self.head = self._left = None
        super().set_response_params(skip_payload=skip_payload, **params)  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """Bytes came; none are what aiohttp says when it goes on with those it holds."""
        if not data:
            super().data_received(data)
        elif self._waiting:
            self._collect(data)
        elif self.head is None:
            self._end()
        else:
            self._pass_body(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection ended, in order where `exc` is None."""
        self.lost = exc
        self._payload = None  # aiohttp would throw away what its reader has not yet taken
        self.broken = self.broken or self._is_cut_off()
        super().connection_lost(exc)
        if self._body is not None and not self._body.is_eof():
            self.broken = True
            self._body.feed_eof()

    def eof_received(self) -> None:
        """The other side has nothing more to say, and says so."""
        self._taken_leave = True
        super().eof_received()

    def _is_cut_off(self) -> bool:
        """RFC 9112 9.8: TLS ends with an alert, without which anybody may have ended the body.

        asyncio's own transport tells no end from the other; that of uvloop, which is used, does.
        """
        head, encrypted = self.head, self.transport and self.transport.get_extra_info("ssl_object")
        unframed = head is not None and head.length is None and not head.chunked
        return bool(encrypted and unframed and not self._is_over() and not self._taken_leave)

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        """A head was parsed. One that nobody asked for is dropped."""
        if self._body is not None:
            self._end()
            return
        self._body = data[1]
        super().feed_data(data, size)

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:
        """The exchange fails; of bad framing, whoever reads the body must learn as well."""
        super().set_exception(exc, exc if exc_cause is None else exc_cause)
        body = self._body
        if isinstance(exc, HttpProcessingError) and not (body is not None and body.is_eof()):
            self.malformed = self.malformed or describe(exc)
            if body is not None:
                body.feed_eof()

    def _collect(self, data: bytes) -> None:
        """Gather a head; go on to the body once the final one is whole."""
        collected = self._collected
        collected += data
        if not collected.startswith(_START[: len(collected)]):
            self._fail(NO_STATUS_LINE)
            return
        while self._waiting:
            end = HEAD_END.search(collected, max(0, len(collected) - len(data) - 3))
            if self._spent + (end.end() if end else len(collected)) > self._head_limit:
                self._fail(f"more than {self._head_limit} bytes of header")
                return
            if end is None:
                self._reschedule_timeout()
                return
            data = bytes(collected)
            self._read_head(data[: end.end()])
            del collected[: end.end()]
            self._spent += end.end()
        if collected and self.head is not None:
            rest = bytes(collected)
            collected.clear()
            self._pass_body(rest)

    def _read_head(self, block: bytes) -> None:
        try:
            head = read_head(block)
        except HeadError as error:
            self._fail(str(error))
            return
        if head.interim:
            self._interims += 1
            if self._interims > INTERIM_LIMIT or head.status == 101:  # noqa: PLR2004 (RFC 9110 15.2.2)
                self._fail("interim answers that were not asked for")
            return
        self._waiting = False
        self.head = head
        self._left = 0 if self._bodiless else head.length
        if head.last:
            self.force_close()
        super().data_received(head.to_framing())

    def _pass_body(self, data: bytes) -> None:
        """RFC 9112 6.3: as many bytes as were declared; what is beyond them ends the connection."""
        if self._left is not None:
            self._pass_sized(data, self._left)
            return
        if self._body is not None and self._body.is_eof():
            self._end()
            return
        super().data_received(data)
        if self._is_over():
            if not data.endswith(_CHUNKS_END):
                self._end()
        elif self._is_mostly_framing(len(data)):
            self._fail("more of chunks' own bytes than of the body")

    def _is_mostly_framing(self, more: int) -> bool:
        """Whether a chunked body, of which `more` bytes came, is hardly anything but framing."""
        if self.head is None or not self.head.chunked:
            return False
        self._chunked += more
        body = self._body.total_bytes if self._body is not None else 0
        return self._chunked > FRAMING_FLOOR + (1 + FRAMING_RATIO) * body

    def _pass_sized(self, data: bytes, left: int) -> None:
        beyond = len(data) > left
        data = data[:left]
        self._left = left - len(data)
        if beyond:
            self.force_close()
        if data:
            super().data_received(data)
        if beyond:
            self._end()

    def _is_over(self) -> bool:
        return self._body is not None and self._body.is_eof()

    def _fail(self, why: str) -> None:
        self._waiting = False
        self._collected.clear()
        self.set_exception(HttpProcessingError(code=0, message=why))
        self._end()

    def _end(self) -> None:
        self.force_close()
        if self.transport is not None:
            self.transport.close()


class Answer(aiohttp.ClientResponse):
    """A response that remembers its wire: aiohttp lets go of it with the body's last byte."""

    wire: Wire
    ip: str = ""
    tls: TlsFacts | None = None

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Read the head, having noted who is at the other end."""
        if not isinstance(connection.protocol, Wire) or connection.transport is None:
            raise aiohttp.ServerDisconnectedError
        self.wire = connection.protocol
        self.ip = connection.transport.get_extra_info("peername")[0]
        encrypted = connection.transport.get_extra_info("ssl_object")
        if encrypted is not None:
            cipher = encrypted.cipher()
            self.tls = TlsFacts(encrypted.version() or "", cipher[0] if cipher else "")
        return await super().start(connection)


def make_connector(head_limit: int, keep_alive: float, tls: object) -> aiohttp.TCPConnector:
    """A connector whose connections are `Wire`s; how many there are is its user's affair."""
    connector = aiohttp.TCPConnector(
        limit=0,
        keepalive_timeout=keep_alive,
        ssl=tls,  # type: ignore[arg-type]
        use_dns_cache=False,
        happy_eyeballs_delay=None,
    )
    # aiohttp has no public way to name the protocol class.
    connector._factory = partial(Wire, connector._loop, head_limit)  # type: ignore[assignment]  # noqa: SLF001
    return connector
