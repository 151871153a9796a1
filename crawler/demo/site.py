"""A demo site as its TOML file describes it, and its answers as bytes."""

import gzip
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any, Final

Headers = tuple[tuple[str, str], ...]

ORIGIN: Final = "$ORIGIN"
"""Stands for scheme, address and port of the site wherever a file or page names itself."""

TYPES: Final = {
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "xml": "application/xml",
    "svg": "image/svg+xml",
}
HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site answers for one path."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class DemoSite:
    """One site: its name, the signals it shows, and an answer for each of its paths."""

    name: str
    address: str
    shows: tuple[str, ...]
    answers: Mapping[str, Answer]

    def answer(self, path: str, origin: str) -> Answer:
        """The answer for `path` of the site served at `origin`; 404 for what it does not have."""
        found = self.answers.get(path)
        if found is None:
            return Answer(404, (("Content-Type", HTML),), b"<!doctype html><title>404</title>")
        headers = tuple((name, value.replace(ORIGIN, origin)) for name, value in found.headers)
        body = found.body.replace(ORIGIN.encode(), origin.encode())
        if ("Content-Encoding", "gzip") in headers:
            body = gzip.compress(body, mtime=0)
        return Answer(found.status, headers, body)


def load_sites() -> tuple[DemoSite, ...]:
    """Every bundled site, in the order of its address."""
    folder = files("crawler.demo") / "sites"
    described = (
        tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    )
    return tuple(sorted(map(_read_site, described), key=lambda site: site.address))


def _read_site(described: Mapping[str, Any]) -> DemoSite:
    answers = {one["path"]: _read_file(one) for one in described.get("file", ())}
    pages = described.get("page", ())
    answers |= {one["path"]: _read_page(one, described, pages) for one in pages}
    return DemoSite(
        name=described["name"],
        address=f"127.77.0.{described['number']}",
        shows=tuple(described["shows"]),
        answers=answers,
    )


def _read_file(described: Mapping[str, Any]) -> Answer:
    suffix = described["path"].rpartition(".")[2]
    kind = described.get("type") or TYPES.get(suffix, HTML)
    return Answer(
        described.get("status", 200),
        (("Content-Type", kind), *_read_headers(described)),
        described.get("body", "").encode(),
    )


def _read_headers(described: Mapping[str, Any]) -> Headers:
    return tuple((name, value) for name, value in described.get("headers", ()))


def _read_page(
    described: Mapping[str, Any], site: Mapping[str, Any], pages: list[Mapping[str, Any]]
) -> Answer:
    links = [(one["path"], one["title"]) for one in pages if one["path"] != described["path"]]
    links += [(path, path) for path in described.get("links", ())]
    return Answer(
        described.get("status", 200),
        (("Content-Type", HTML), *_read_headers(described)),
        _render(described, site, links).encode(),
    )


def _render(
    described: Mapping[str, Any], site: Mapping[str, Any], links: list[tuple[str, str]]
) -> str:
    """A page as HTML: the text's blank lines part its paragraphs."""
    paragraphs = "".join(f"<p>{escape(part)}</p>\n" for part in described["text"].split("\n\n"))
    items = "".join(
        f'<li><a href="{escape(path)}">{escape(title)}</a></li>\n' for path, title in links
    )
    title = escape(described["title"])
    return (
        f'<!doctype html>\n<html lang="{site["lang"]}" dir="{site.get("dir", "ltr")}">\n<head>\n'
        f'<meta charset="utf-8">\n<title>{title} - {escape(site["title"])}</title>\n'
        f"{described.get('head', '')}\n</head>\n<body>\n<main><article>\n<h1>{title}</h1>\n"
        f"{paragraphs}{described.get('foot', '')}</article></main>\n"
        f"<nav><ul>\n{items}</ul></nav>\n</body>\n</html>\n"
    )
