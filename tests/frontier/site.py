"""A loopback site for whole crawls: pages that a test writes, and the requests that came."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

HTML: Final = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True)
class Answer:
    """What a path answers."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """Serves `answers` by path and query; anything else is 404."""

    answers: dict[str, Answer]
    origin: str = ""
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for path, _ in self.requests]


def page(*links: str) -> Answer:
    """A page with these links."""
    return Answer("<title>page</title>" + "".join(f'<a href="{link}">x</a>' for link in links))


@contextmanager
def serving(answers: dict[str, Answer], address: str = "127.0.0.1") -> Iterator[Site]:
    """The site, while the block runs."""
    site = Site(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.requests.append((self.path, dict(self.headers.items())))
            answer = site.answers.get(self.path, Answer("nothing", 404))
            etag = answer.headers.get("ETag")
            if etag and self.headers.get("If-None-Match") == etag:
                answer = Answer("", 304, {"ETag": etag})
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in {**HTML, **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer((address, 0), Handler)
    site.origin = f"http://{address}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
