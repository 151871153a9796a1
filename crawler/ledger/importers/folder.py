"""Folders by date: `2025-01-03/example.org.txt`, `example.org/2025-01-03/robots.txt` and kin."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Final

from crawler.ledger.importers.capture import (
    ROBOTS_PATH,
    Capture,
    Fault,
    Found,
    outcome_of,
    read_moment,
)
from crawler.policy.model import Resource

_DATE: Final = re.compile(r"(\d{4})-?(\d{2})(?:-?(\d{2}))?(T[\dT:.+Z-]+)?")
_ENDING: Final = re.compile(r"([._-]?robots)?(\.txt)?$", re.IGNORECASE)


def read_dated(path: Path, place: PurePath, name: str) -> Iterator[Found]:
    """The robots.txt in `path` by the date and the site in `place`; raises `OSError`.

    A month without a day stands for its first.
    """
    words = [*place.parts[:-1], _ENDING.sub("", place.name)]
    dates = [found for word in words if (found := _DATE.fullmatch(word))]
    sites = [word for word in words if "." in word and not _DATE.fullmatch(word)]
    if not dates or not sites:
        what = "its path names no date and site" if not dates else "its path names no site"
        yield Fault(name, "the file", what, "name it like 2025-01-03/example.org.txt")
        return
    year, month, day, rest = dates[-1].groups()
    try:
        at = read_moment(f"{year}-{month}-{day or '01'}{rest or ''}")
    except ValueError:
        yield Fault(name, "the file", f"{dates[-1][0]} is no date", "write it YYYY-MM-DD")
        return
    body, site = path.read_bytes(), sites[-1]
    outcome = outcome_of(body, None)
    resource = Resource(site + ROBOTS_PATH, body, None, (), outcome, at)
    yield Capture(site, ROBOTS_PATH, resource)
