"""Where pages of a report stand, and the links between them."""

import re
from hashlib import sha256
from typing import Final
from urllib.parse import quote, urlencode

LONGEST: Final = 80
_UNSAFE: Final = re.compile(r"[^a-z0-9.-]+")


def slug(name: str) -> str:
    """A file name for a site or bot: readable, safe on every disk, one name one slug."""
    readable = _UNSAFE.sub("_", name.lower()).strip(".")[:LONGEST]
    if readable == name and readable not in ("", "index"):
        return readable
    return f"{readable or 'x'}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def site_page(name: str) -> str:
    """The page of a site, from the report's folder."""
    return f"sites/{slug(name)}.html"


def bot_page(token: str) -> str:
    """The page of a bot, from the report's folder; tokens differ in more than their case."""
    return f"bots/{slug(token.lower())}.html"


def line_of(name: str, version: int, line: int = 0) -> str:
    """A line of a version of a site's robots.txt; line 0 is the version itself."""
    return f"{site_page(name)}#v{version}" + (f"-L{line}" if line else "")


def count_of(bot: str, standing: str, period: int) -> str:
    """The sites that a number counts: those with `standing` to `bot` at `period`."""
    return "evidence.html#" + urlencode({"bot": bot, "is": standing, "at": period}, quote_via=quote)


def list_of(number: int) -> str:
    """The sites that a number counts, where the report keeps them as a list."""
    return f"evidence.html#list={number}"
