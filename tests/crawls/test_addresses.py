"""No carrier of a URL and no spelling of an address leads a crawl to where it may not connect."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from crawler.fetch import resolver
from crawler.fetch.addresses import Address
from tests.crawls.compressed import CompressedClock, run_crawl
from tests.mocksite.rows.canaries import FIXED, spellings
from tests.site import Answer, Routes, Site, page, served, text

OPEN: Final = ip_network("127.71.0.0/16")
"""Where the sites of these tests are: the only addresses that are allowed."""

CANARIES: Final = ("127.99.0.1", "127.0.0.1", "::1")
WORDS: Final = "The lighthouse keeper counts the ships that pass the northern rocks. " * 9


@dataclass
class Canary:
    """Listeners at addresses that are not allowed, all on one port, and who connected."""

    port: int = 0
    connections: list[str] = field(default_factory=list)

    def urls(self) -> tuple[str, ...]:
        """The canaries in every spelling, and other addresses that nobody may ask."""
        port = str(self.port)
        ipv4 = (url for one in CANARIES[:2] for url in spellings(one, port))
        zoned = (f"http://[::1%25lo]:{port}/", f"http://[0:0:0:0:0:0:0:1]:{port}/")
        return (*ipv4, f"http://[::1]:{port}/", *zoned, *FIXED)


@pytest.fixture
def canary() -> Iterator[Canary]:
    """Canaries that accept whoever comes."""
    bird = Canary()
    with closing(_listen(CANARIES[0], 0)) as first:
        bird.port = first.getsockname()[1]
        listeners = [first, *(_listen(one, bird.port) for one in CANARIES[1:] if _has(one))]
        threads = [threading.Thread(target=_accept, args=(bird, one)) for one in listeners]
        for thread in threads:
            thread.start()
        yield bird
        for one, thread in zip(listeners, threads, strict=True):
            one.shutdown(socket.SHUT_RDWR)
            one.close()
            thread.join()


def crawl(sites: list[Site], bird: Canary, out: Path, *paths: str, spider: str = "seeds") -> None:
    """Crawl the sites with nothing open but their network, on every port involved."""
    seeds = tuple(site.origin + path for site in sites for path in paths or ("/",))
    run_crawl(
        seeds, CompressedClock(), spider, out=str(out), job="ssrf", delay=0.0, linger=0.5,
        extract="none", allow_net=(OPEN,), allow_ports=(bird.port,), read_timeout=5.0,
        connect_timeout=2.0, max_retries=0,
    )  # fmt: skip


def test_the_canary_notices_who_connects(canary: Canary) -> None:
    for address in CANARIES:
        if _has(address):
            socket.create_connection((address, canary.port), timeout=5).close()
    assert _settled(canary) == [address for address in CANARIES if _has(address)]


def test_links_frames_and_bases_lead_nowhere(canary: Canary, tmp_path: Path) -> None:
    urls = canary.urls()
    frames = "".join(f'<iframe src="{url}"></iframe>' for url in urls)
    schemeless = tuple(url.partition(":")[2] for url in urls)
    routes: dict[str, Answer] = {
        "/": page("Links", WORDS, frames, links=(*urls, *schemeless, "/based/0", "/end")),
        "/end": page("End", WORDS),
    }
    with served(routes) as (site,):
        for number, url in enumerate(urls):
            routes[f"/based/{number}"] = page(
                "Based", WORDS, head=f'<base href="{url}">',
                links=("relative", f"{site.origin}/based/{number + 1}"),
            )  # fmt: skip
        crawl([site], canary, tmp_path / "out")
    assert {"/end", f"/based/{len(urls) - 1}"} <= set(site.targets)
    assert _settled(canary) == []


def test_redirects_and_refreshes_lead_nowhere(canary: Canary, tmp_path: Path) -> None:
    routes: dict[str, Answer] = {}
    for number, url in enumerate(canary.urls()):
        bytes_of_url = url.encode().decode("latin-1")
        routes[f"/redirect/{number}"] = Answer(status=302, headers=(("Location", bytes_of_url),))
        refresh = f'<meta http-equiv="refresh" content="0; url={url}">'
        routes[f"/refresh/{number}"] = page("Wait", WORDS, head=refresh)
    with served(routes) as (site,):
        crawl([site], canary, tmp_path / "out", *routes)
    assert set(routes) <= set(site.targets)
    assert _settled(canary) == []


def test_a_robots_txt_elsewhere_is_not_fetched_and_closes_the_site(
    canary: Canary, tmp_path: Path
) -> None:
    sites: list[Routes] = []
    for url in canary.urls():
        location = (("Location", url.encode().decode("latin-1")),)
        sites.append({"/robots.txt": Answer(status=301, headers=location), "/": page("Front")})
    with served(*sites) as running:
        crawl(running, canary, tmp_path / "out")
    assert all(set(site.targets) == {"/robots.txt"} for site in running)
    assert _settled(canary) == []


def test_sitemaps_lead_nowhere(canary: Canary, tmp_path: Path) -> None:
    urls = canary.urls()
    listed = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    indexed = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    xml = (("Content-Type", "application/xml"),)
    index = f"<sitemapindex {space}>{indexed}</sitemapindex>".encode()
    routes = {
        "/robots.txt": text("".join(f"Sitemap: {url}\n" for url in (*urls, "/index.xml"))),
        "/sitemap.xml": Answer(f"<urlset {space}>{listed}</urlset>".encode(), headers=xml),
        "/index.xml": Answer(index, headers=xml),
    }
    with served(routes) as (site,):
        crawl([site], canary, tmp_path / "out", "/sitemap.xml", spider="sitemaps")
        crawl([site], canary, tmp_path / "more", "/index.xml", spider="sitemaps")
    assert {"/sitemap.xml", "/index.xml"} <= set(site.targets)
    assert _settled(canary) == []


@pytest.mark.parametrize("carrier", ["robots.txt", "header", "head"])
def test_licence_documents_elsewhere_are_not_fetched(
    carrier: str, canary: Canary, tmp_path: Path
) -> None:
    sites: list[Routes] = []
    for url in canary.urls():
        link = f'<{url}>; rel="license"; type="application/rsl+xml"'.encode().decode("latin-1")
        head = f'<link rel="license" type="application/rsl+xml" href="{url}">'
        plain = page("Front", WORDS, head=head if carrier == "head" else "")
        headers = (*plain.headers, ("Link", link)) if carrier == "header" else plain.headers
        rules = f"License: {url}\n" if carrier == "robots.txt" else ""
        sites.append(
            {
                "/robots.txt": text(f"{rules}User-agent: *\nAllow: /\n"),
                "/": Answer(plain.body, headers=headers),
            }
        )
    with served(*sites) as running:
        crawl(running, canary, tmp_path / "out")
    assert all("/robots.txt" in site.targets for site in running)
    assert _settled(canary) == []


def test_a_name_that_moves_is_judged_anew_each_time_it_is_looked_up(
    canary: Canary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = count()

    def flip(host: str) -> list[Address]:
        assert host == "moving.example"
        return [ip_address(running[0].address if next(looks) % 2 == 0 else CANARIES[0])]

    running: list[Site] = []
    monkeypatch.setattr(resolver, "look_up_name", flip)
    links = tuple(f"/{number}" for number in range(4))
    # A name is remembered for a minute: with this delay each request looks it up again.
    clock, delay = CompressedClock(speed=100.0), 25.0
    with served({"/": page("Front", WORDS, links=links)}) as (site,):
        running.append(site)
        run_crawl(
            (f"http://moving.example:{site.port}/",), clock, out=str(tmp_path / "out"),
            job="flip", delay=delay, linger=300.0, extract="none", max_retries=0,
            allow_net=(OPEN,), allow_ports=(canary.port, site.port), contact_url="https://x.example",
        )  # fmt: skip
    assert next(looks) > 1
    assert "/robots.txt" in site.targets
    assert _settled(canary) == []


def _has(address: str) -> bool:
    try:
        _listen(address, 0).close()
    except OSError:
        return False
    return True


def _listen(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(64)
    return listener


def _accept(bird: Canary, listener: socket.socket) -> None:
    address = listener.getsockname()[0]
    while True:
        try:
            visitor, _ = listener.accept()
        except OSError:
            return
        bird.connections.append(address)
        visitor.close()


def _settled(bird: Canary) -> list[str]:
    """Who connected, once every connection that was made is accepted."""
    for address in CANARIES:
        if _has(address):
            before = len(bird.connections)
            socket.create_connection((address, bird.port), timeout=5).close()
            while len(bird.connections) == before:
                threading.Event().wait(0.01)
            bird.connections.remove(address)
    return list(bird.connections)
