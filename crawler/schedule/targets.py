"""Whom a job asks: jobs that ask the same site take turns, lest it be asked by two at a time.

A crawl keeps its delays within its own process; two processes would halve them.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from crawler.audit.listing import Listing
from crawler.errors import HeedError
from crawler.frontier.scope import domain_of


@lru_cache(maxsize=256)
def crawled_sites(seeds: tuple[str, ...], file: Path | None) -> frozenset[str]:
    """Registrable domains (or addresses) of seeds; a list is read once, when first asked for."""
    return frozenset(filter(None, map(_site, (*seeds, *_lines(file)))))


@lru_cache(maxsize=256)
def audited_sites(sites: tuple[str, ...], file: Path | None) -> frozenset[str]:
    """The same of the sites of an audit; a list that cannot be read names none."""
    found: set[str] = set()
    try:
        for entry in Listing("", sites, file).read():
            found.update(map(_site, entry.origins))
    except HeedError:
        # The audit itself says what is wrong with its list.
        return frozenset(found)
    return frozenset(found)


def _lines(file: Path | None) -> Iterator[str]:
    if file is None:
        return
    try:
        text = file.read_text("utf-8", "replace")
    except OSError:
        return
    yield from (line.strip() for line in text.split("\n") if not line.startswith("#"))


def _site(url: str) -> str:
    try:
        host = urlsplit(url if "://" in url else f"//{url}").hostname
    except ValueError:
        return ""
    return domain_of(host) if host else ""
