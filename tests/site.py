"""Plain sites on loopback for whole crawls: pages by path, one access log, many addresses."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)


Routes = Mapping[str, Answer] | Callable[[str, Mapping[str, str]], Answer]
"""Answers by target, or a function of target and request headers (lower-case names)."""


@dataclass
class Site:
    """One address, its routes, and what was asked of it, in order."""

    routes: Routes
    address: str
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    @property
    def origin(self) -> str:
        return f"http://{self.address}:{self.port}"

    @property
    def targets(self) -> list[str]:
        """Every target asked for, in order."""
        return [target for target, _ in self.requests]

    def answer(self, target: str, headers: dict[str, str]) -> Answer:
        self.requests.append((target, headers))
        if callable(self.routes):
            return self.routes(target, headers)
        path = urlsplit(target).path
        missing = Answer(b"<p>nothing here</p>", 404)
        return self.routes.get(target) or self.routes.get(path) or missing


def page(title: str, *paragraphs: str, links: tuple[str, ...] = (), head: str = "") -> Answer:
    """A small HTML page."""
    listed = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    body = (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>{head}"
        f"</head><body><main><h1>{title}</h1>{text}</main><nav><ul>{listed}</ul></nav></body></html>"
    )
    return Answer(body.encode())


def text(body: str, status: int = 200) -> Answer:
    """A plain-text answer, as site files are."""
    return Answer(body.encode(), status, (("Content-Type", "text/plain; charset=utf-8"),))


@contextmanager
def served(*routes: Routes, first: int = 1) -> Iterator[list[Site]]:
    """Serve each of `routes` on an address of its own while the context lasts."""
    sites = [
        Site(one, f"127.71.{number // 250}.{number % 250 + 1}")
        for number, one in enumerate(routes, start=first)
    ]
    servers = [_server(site) for site in sites]
    threads = [
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        for server in servers
    ]
    for thread in threads:
        thread.start()
    try:
        yield sites
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def _server(site: Site) -> ThreadingHTTPServer:
    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = site.answer(
                self.path, {name.lower(): value for name, value in self.headers.items()}
            )
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
            """The site keeps its own log."""

    server = ThreadingHTTPServer((site.address, 0), Requests)
    server.daemon_threads = True
    site.port = server.server_address[1]
    return server
