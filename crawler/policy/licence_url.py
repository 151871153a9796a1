"""Licence addresses as names: Creative Commons deeds and legal codes by their URL.

The abbreviations are those of the Creative Commons Common Crawl Corpus (C5), so that rows can be
filtered by either; names follow SPDX ("CC-BY-NC-ND-4.0").
"""

import re
from typing import Final, NamedTuple

UNKNOWN: Final = "cc-unknown"
"""C5's word for a Creative Commons address that names no licence."""
_HOST: Final = re.compile(
    r"(?:https?:)?(?://)?(?:www\.|m\.)?creativecommons\.org(?::\d{1,5})?(?=[/?#]|$)",
    re.IGNORECASE,
)
_LICENCE: Final = re.compile(
    r"/+licenses/+([a-z+-]{2,20})(?:/+(\d\.\d))?(?:/+([a-z]{2,3}(?:-[a-z]{2,5})?))?(?=[/?#.]|$)",
    re.IGNORECASE,
)
_PUBLIC_DOMAIN: Final = re.compile(
    r"/+publicdomain/+(zero|mark|certification)(?:/+(\d\.\d))?(?=[/?#]|$)", re.IGNORECASE
)
_TOOLS: Final = {"zero": "CC0", "mark": "PDM", "certification": "CC-PDDC"}
_ELEMENTS: Final = ("by", "nc", "nd", "sa")
_ALLOWED: Final = frozenset({"by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"})


class Licence(NamedTuple):
    """A licence: its `name`, C5's `abbreviation` and `version` ("" where not told), its `url`.

    For what is not Creative Commons the name is the address and the abbreviation "".
    """

    name: str
    abbreviation: str
    version: str
    url: str


def read_licence(url: str) -> Licence:
    """The licence that `url` points to; never raises."""
    address = url.strip()
    host = _HOST.match(address)
    if host is None:
        return Licence(address, "", "", address)
    tool = _PUBLIC_DOMAIN.match(address, host.end())
    if tool:
        kind, version = tool[1].lower(), tool[2] or ""
        return Licence(_join(_TOOLS[kind], version), kind, version, address)
    found = _LICENCE.match(address, host.end())
    abbreviation = _order(found[1].lower()) if found else ""
    if found is None or abbreviation not in _ALLOWED:
        return Licence(UNKNOWN, UNKNOWN, "", address)
    version = found[2] or ""
    return Licence(_join(f"CC-{abbreviation.upper()}", version), abbreviation, version, address)


def _order(words: str) -> str:
    """Elements in today's order: `by-nd-nc` of version 1.0 is by-nc-nd."""
    given = words.replace("+", "-").split("-")
    if not set(given) <= set(_ELEMENTS):
        return ""
    return "-".join(element for element in _ELEMENTS if element in given)


def _join(name: str, version: str) -> str:
    return f"{name}-{version}" if version else name
