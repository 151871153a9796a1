"""The site itself: one listener a host, bytes in and out by hand, every event logged."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Final

from tests.mocksite.access_log import CANARY, Entry, LogFile
from tests.mocksite.behaviour import Behaviour
from tests.mocksite.certificate import server_context
from tests.mocksite.visit import Place, Visit

NETWORK: Final = "127.66.0.0/16"
"""Where the hosts live; a crawl of the mock site opens this network and nothing else."""

CANARIES: Final = ("127.99.0.1", "127.0.0.1", "::1")
"""Where nobody may connect to: another loopback network, and what `localhost` means."""

MAX_HEAD: Final = 65_536
IDLE: Final = 60.0
"""Seconds for which an idle connection is kept."""


@dataclass(slots=True)
class Host:
    """One listener: a host of a row, its socket and its place among the others."""

    row: Behaviour
    number: int
    listener: socket.socket
    place: Place


@dataclass(slots=True)
class Server:
    """Listens for all hosts of the chosen rows until it is closed."""

    log: LogFile
    scale: float = 1.0
    token: str = "Heedbot"  # noqa: S105 (a product token is a name, not a secret)
    hosts: list[Host] = field(default_factory=list)
    _servers: list[asyncio.Server] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self, rows: Iterable[Behaviour], scratch: Path) -> None:
        """Listen for `rows`; certificates are written below `scratch`."""
        port, canaries = self._open_canaries()
        for listener in canaries:
            await self._listen_as_canary(listener)
        named = tuple(_address_text(one) for one in canaries)
        for index, row in enumerate(rows):
            for host in self._place(row, index, port, named):
                self.hosts.append(host)
                await self._listen(host, scratch)

    def _open_canaries(self) -> tuple[int, list[socket.socket]]:
        """The port that the whole site shares, and the canaries' sockets on it."""
        first = _bind(CANARIES[0], 0)
        port: int = first.getsockname()[1]
        others: list[socket.socket] = []
        for address in CANARIES[1:]:
            with contextlib.suppress(OSError):
                others.append(_bind(address, port))
        return port, [first, *others]

    def _place(
        self, row: Behaviour, index: int, port: int, canaries: tuple[str, ...]
    ) -> list[Host]:
        listeners = [
            _bind(f"127.66.{index}.1", port + number)
            if row.same_address
            else _bind(f"127.66.{index}.{number + 1}", port)
            for number in range(row.hosts)
        ]
        scheme = "https" if row.tls else "http"
        origins = tuple(f"{scheme}://{_address_text(one)}" for one in listeners)
        place = Place(
            origins=origins,
            canaries=canaries,
            token=self.token,
            scale=self.scale,
            robots=row.robots,
            links=row.links,
            head=row.head,
            headers=row.headers,
        )
        return [Host(row, number, one, place) for number, one in enumerate(listeners)]

    async def _listen(self, host: Host, scratch: Path) -> None:
        context: ssl.SSLContext | None = None
        if host.row.tls == "wrong host":
            context = server_context(scratch, "elsewhere.example")

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._converse(host, reader, writer)

        self._servers.append(
            await asyncio.start_server(answer, sock=host.listener, ssl=context, limit=MAX_HEAD)
        )

    async def _listen_as_canary(self, listener: socket.socket) -> None:
        def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.log.write(Entry("connect", CANARY, 0, next(self._numbers)))
            writer.close()

        self._servers.append(await asyncio.start_server(note, sock=listener))

    async def _converse(
        self, host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer the requests of one connection until either side has had enough."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        peer = str(writer.get_extra_info("peername"))
        base = Entry("connect", host.row.name, host.number, next(self._numbers), address=peer)
        self.log.write(base)
        talk = _Conversation(host, self.log, base, reader, writer)
        await talk.run()

    async def close(self) -> None:
        """Stop listening and end every connection."""
        for server in self._servers:
            server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.log.close()


@dataclass(slots=True)
class _Conversation:
    """The requests and replies of one connection."""

    host: Host
    log: LogFile
    base: Entry
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sent: int = 0
    visit: Visit | None = None

    async def run(self) -> None:
        """Answer until the connection ends; what ended it is logged."""
        by = "client"
        try:
            while await self._answer_next():
                pass
            by = "site"
        except (ConnectionError, ssl.SSLError, TimeoutError):
            pass
        finally:
            sent = self.sent + (self.visit.sent if self.visit else 0)
            target = self.visit.target if self.visit else ""
            self.log.write(replace(self.base, event="close", sent=sent, by=by, target=target))
            self.writer.close()

    async def _answer_next(self) -> bool:
        """Answer one request; whether the connection goes on."""
        if self.visit is not None:
            self.sent, self.visit = self.sent + self.visit.sent, None
        request = await self._read()
        if request is None:
            return False
        visit = self.visit = self._visit(request)
        self.log.write(request)
        row = self.host.row
        await (row.serve(visit) if row.answers(visit.path) else visit.ordinary())
        return not visit.closing

    async def _read(self) -> Entry | None:
        """The next request, or None where what came is none or can be none."""
        if self.host.row.tls == "plain":
            await self.reader.read(512)
            await self._answer_noise()
            return None
        try:
            async with asyncio.timeout(IDLE):
                head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            raise ConnectionResetError from None
        line, *fields = head.decode("latin-1").split("\r\n")
        words = line.split(" ")
        if len(words) != 3:  # method, target, version
            await self._answer_noise()
            return None
        pairs = (one.partition(":") for one in fields if one)
        headers = tuple((name, value.strip()) for name, _, value in pairs)
        return replace(
            self.base, event="request", method=words[0], target=words[1], headers=headers
        )

    async def _answer_noise(self) -> None:
        self.writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await self.writer.drain()

    def _visit(self, request: Entry) -> Visit:
        counts = self.host.place.counts
        counts[self.host.number, request.target] += 1

        def note_reply(status: int, sent: int) -> None:
            self.log.write(replace(request, event="reply", status=status, sent=sent, headers=()))

        return Visit(
            place=self.host.place,
            host=self.host.number,
            method=request.method,
            target=request.target,
            headers=request.headers,
            reader=self.reader,
            writer=self.writer,
            note_reply=note_reply,
            count=counts[self.host.number, request.target],
        )


def _bind(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _address_text(listener: socket.socket) -> str:
    address, port = listener.getsockname()[:2]
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
