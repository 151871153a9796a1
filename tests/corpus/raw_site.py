"""A site that answers with the very bytes that a test wants on the wire."""

import gzip
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from socketserver import StreamRequestHandler, ThreadingTCPServer

import brotli  # type: ignore[import-untyped]  # it ships no types

ROBOTS = "/robots.txt"
ETAG = b'"one"'


@dataclass(frozen=True, slots=True)
class RawSite:
    """Where it listens, and what it says."""

    origin: str
    answers: Mapping[str, bytes]


def answer(
    body: bytes, *fields: bytes, status: bytes = b"200 OK", length: int | None = None
) -> bytes:
    """An answer with `fields` as they stand and a Content-Length, which may lie."""
    size = b"Content-Length: %d" % (len(body) if length is None else length)
    lines = [b"HTTP/1.1 " + status, *fields, size, b"Connection: close"]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(body: bytes, *fields: bytes) -> bytes:
    """An answer in chunks."""
    pieces = [body[at : at + 700] for at in range(0, len(body), 700)]
    coded = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    lines = [b"HTTP/1.1 200 OK", *fields, b"Transfer-Encoding: chunked", b"Connection: close"]
    return b"\r\n".join(lines) + b"\r\n\r\n" + coded + b"0\r\n\r\n"


def html(title: str, *links: str, charset: str = "utf-8") -> bytes:
    """A page with a text of its own."""
    words = " ".join(f"{title} sentence number {n} tells of quiet rivers." for n in range(12))
    listed = "".join(f'<a href="{link}">{link}</a> ' for link in links)
    page = (
        f"<!doctype html><html><head><meta charset={charset}><title>{title} é</title></head>"
        f"<body><main><h1>{title} é</h1><p>{words}</p></main><nav>{listed}</nav></body></html>"
    )
    return page.encode(charset)


HTML = b"Content-Type: text/html; charset=utf-8"


def every_kind() -> dict[str, bytes]:
    """Answers of every kind that a corpus has records for, by path."""
    answers = {
        "/plain": answer(html("Plain"), HTML),
        "/gzip": answer(gzip.compress(html("Zipped"), mtime=0), HTML, b"Content-Encoding: gzip"),
        "/br": answer(brotli.compress(html("Brotli")), HTML, b"Content-Encoding: br"),
        "/chunked": chunked(html("Chunked"), HTML),
        "/both": chunked(gzip.compress(html("Both"), mtime=0), HTML, b"Content-Encoding: gzip"),
        "/latin": answer(
            html("Latin", charset="iso-8859-1"), b"Content-Type: text/html; charset=iso-8859-1"
        ),
        "/same": answer(html("Plain"), HTML),
        "/moved": answer(b"", b"Location: /target", status=b"301 Moved Permanently"),
        "/target": answer(html("Target"), HTML),
        "/missing": answer(b"<p>nothing", HTML, status=b"404 Not Found"),
        "/picture": answer(b"GIF89a", b"Content-Type: image/gif"),
        "/empty": answer(b"<html></html>", HTML),
        "/tagged": answer(html("Tagged"), HTML, b"ETag: " + ETAG),
        "/cut": answer(html("Cut off here")[:-40], HTML, length=100_000),
        ROBOTS: answer(b"User-agent: *\nAllow: /\n", b"Content-Type: text/plain"),
    }
    links = (path for path in answers if path != ROBOTS)
    return {"/": answer(html("Start", *links), HTML), **answers}


@contextmanager
def raw_site(answers: Mapping[str, bytes], address: str = "127.72.0.1") -> Iterator[RawSite]:
    """Serve `answers` by path while the block lasts; 404 for the rest."""

    class Requests(StreamRequestHandler):
        def handle(self) -> None:
            lines = []
            while line := self.rfile.readline().strip():
                lines.append(line)
            path = lines[0].split(b" ")[1].decode() if lines else ""
            if any(line.lower() == b"if-none-match: " + ETAG for line in lines):
                self.wfile.write(answer(b"", b"ETag: " + ETAG, status=b"304 Not Modified"))
                return
            missing = answer(b"", status=b"404 Not Found")
            self.wfile.write(answers.get(path, missing))

    class Server(ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 64

    server = Server((address, 0), Requests)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield RawSite(f"http://{address}:{server.server_address[1]}", answers)
    finally:
        server.shutdown()
        server.server_close()
