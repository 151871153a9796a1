"""What a site refuses is not asked for before, and not kept after, whatever carries the refusal."""

import gzip
import sqlite3
from pathlib import Path

import pytest

from tests.command import QUICK, heed
from tests.site import Answer, Site, page, served, text

MARKER = "Quokka-7f3a9c marks what was refused and may stand nowhere."
WORDS = "A harbour town keeps its tide tables on the wall of the old customs house. " * 12

BY_SITE_FILES = {
    "robots": {"/robots.txt": text("User-agent: *\nDisallow: /refused\n")},
    "own token": {"/robots.txt": text("User-agent: Heedbot\nDisallow: /refused\n")},
    "alias": {"/robots.txt": text("User-agent: Scrapy\nDisallow: /refused\n")},
    "peer": {"/robots.txt": text("User-agent: GPTBot\nDisallow: /refused\n")},
    "content usage": {
        "/robots.txt": text("User-agent: *\nAllow: /\nContent-Usage: /refused train-ai=n\n")
    },
    "content signal": {
        "/robots.txt": text("User-agent: *\nAllow: /\nContent-Signal: ai-train=no\n")
    },
    "tdmrep file": {
        "/.well-known/tdmrep.json": text('[{"location": "/refused", "tdm-reservation": 1}]')
    },
    "trust.txt": {"/trust.txt": text("datatrainingallowed=no\n")},
    "ai.txt": {"/ai.txt": text("User-Agent: *\nDisallow: /refused\n")},
    "rsl": {
        "/robots.txt": text("License: {origin}/license.xml\nUser-agent: *\nAllow: /\n"),
        "/license.xml": Answer(
            b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/refused"><license>'
            b'<prohibits type="usage">ai-all</prohibits></license></content></rsl>',
            headers=(("Content-Type", "application/rsl+xml"),),
        ),
    },
}
SITE_WIDE = {"content signal", "trust.txt"}

HEADERS = {
    "x-robots-tag": ("X-Robots-Tag", "noai"),
    "content-usage": ("Content-Usage", "train-ai=n"),
    "content-signal": ("Content-Signal", "ai-train=no"),
    "tdm-reservation": ("tdm-reservation", "1"),
    "noarchive": ("X-Robots-Tag", "noarchive"),
}
HEADS = {
    "meta noai": '<meta name="robots" content="noai">',
    "meta own token": '<meta name="heedbot" content="noindex">',
    "meta tdm": '<meta name="tdm-reservation" content="1">',
    "meta in capitals": "<META NAME=ROBOTS CONTENT=NOAI>",
}


@pytest.mark.parametrize("name", BY_SITE_FILES)
def test_a_path_refused_by_site_files_is_never_requested(name: str, tmp_path: Path) -> None:
    routes = {
        "/": page("Front", WORDS, links=("/refused", "/open")),
        "/open": page("Open", WORDS + "open"),
        "/refused": page("Refused", MARKER),
        **BY_SITE_FILES[name],
    }
    with served(routes) as (site,):
        if name == "rsl":
            robots = routes["/robots.txt"].body.replace(b"{origin}", site.origin.encode())
            routes["/robots.txt"] = text(robots.decode())
        run = heed("crawl", site.origin, "--out", tmp_path / "out", "--json", *QUICK)
    assert run.code == 0, run.err
    assert "/refused" not in site.targets
    assert run.summary["pages_kept"] == (0 if name in SITE_WIDE else 2)
    assert sum(run.summary["refused"].values()) == 1
    assert _files_with(tmp_path, MARKER) == []


def test_a_refusal_in_the_answer_keeps_the_body_out_of_every_file(tmp_path: Path) -> None:
    routes = {"/": page("Front", WORDS, links=tuple(map(_path, (*HEADERS, *HEADS))))}
    for name, header in HEADERS.items():
        body = page(name, MARKER).body
        routes[_path(name)] = Answer(body, headers=(("Content-Type", "text/html"), header))
    for name, head in HEADS.items():
        routes[_path(name)] = page(name, MARKER, head=head)
    with served(routes) as (site,):
        run = heed("crawl", site.origin, "--out", tmp_path / "out", "--json", *QUICK)
    assert run.code == 0, run.err
    assert run.summary["pages_kept"] == 1
    assert sum(run.summary["refused"].values()) == len(HEADERS) + len(HEADS)
    assert _files_with(tmp_path, MARKER) == []
    assert _refused_in_ledger(tmp_path / "out" / "ledger.db") == {
        site.origin + _path(name) for name in (*HEADERS, *HEADS)
    }


@pytest.mark.parametrize("status", [500, 503, 429, 402, 206])
def test_a_robots_txt_without_an_answer_closes_the_whole_origin(
    status: int, tmp_path: Path
) -> None:
    routes = {
        "/": page("Front", WORDS, links=("/a",)),
        "/robots.txt": text("User-agent: *\nAllow: /\n", status),
    }
    with served(routes) as (site,):
        run = heed("crawl", site.origin, "--out", tmp_path / "out", "--json", *QUICK)
    assert run.code == 0, run.err
    assert set(site.targets) == {"/robots.txt"}
    assert run.summary["pages_fetched"] == 0


def test_a_redirect_passes_the_gates_of_the_host_it_leads_to(tmp_path: Path) -> None:
    there = {"/robots.txt": text("User-agent: *\nDisallow: /\n"), "/x": page("There", MARKER)}
    with served(there) as (target,):
        here = {"/": Answer(status=302, headers=(("Location", target.origin + "/x"),))}
        with served(here, first=9) as (site,):
            opened = ("--allow-port", str(target.port))
            run = heed("crawl", site.origin, "--out", tmp_path / "out", *opened, *QUICK)
    assert run.code == 0, run.err
    assert target.targets == ["/robots.txt"]
    assert site.targets[-1] == "/"


def test_nofollow_keeps_links_from_being_followed(tmp_path: Path) -> None:
    link = page("Front", WORDS + '<a rel="nofollow" href="/left">left</a>', links=("/taken",))
    routes = {
        "/": link,
        "/taken": page(
            "Taken", WORDS, links=("/further",), head='<meta name=robots content="nofollow">'
        ),
    }
    with served(routes) as (site,):
        run = heed("crawl", site.origin, "--out", tmp_path / "out", "--json", *QUICK)
    assert run.code == 0, run.err
    assert _pages(site) == ["/", "/taken"]


def _path(name: str) -> str:
    return "/" + name.replace(" ", "-")


def _pages(site: Site) -> list[str]:
    site_files = ("/robots.txt", "/ai.txt", "/trust.txt", "/.well-known/")
    return [target for target in site.targets if not target.startswith(site_files)]


def _files_with(folder: Path, words: str) -> list[Path]:
    found = []
    for file in folder.rglob("*"):
        if file.is_file():
            body = file.read_bytes()
            plain = gzip.decompress(body) if file.name.endswith(".gz") else b""
            if words.encode() in body or words.encode() in plain:
                found.append(file)
    return found


def _refused_in_ledger(ledger: Path) -> set[str]:
    with sqlite3.connect(ledger) as database:
        rows = database.execute("select distinct url from decisions where kept = 0")
        return {row[0] for row in rows}
