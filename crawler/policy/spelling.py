"""Paths as robots.txt and its kin compare them: percent-encoding and equivalent spellings.

RFC 9309 2.2.2: octets outside US-ASCII and escapes are compared in one form. Reserved characters
keep the form they stand in, since `%2F` in a rule is not the slash that parts a path.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote_from_bytes, urlsplit

_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_NEEDLESS: Final = re.compile(r"%(2[DE]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)", re.IGNORECASE)
"""The escape of a character that RFC 3986 2.3 calls unreserved."""
_HIDDEN_SLASH: Final = re.compile(r"\\|%(?:25)*+(?:2F|5C)", re.IGNORECASE)
_HIDDEN_DOT: Final = re.compile(r"%(?:25)++2E", re.IGNORECASE)
_PARAMETERS: Final = re.compile(r"(?<=/)(\.\.?);[^/]*+")
"""What hides a dot segment from rules, though some servers see it: encodings, parameters."""
_PRINTABLE: Final = "".join(chr(code) for code in range(0x21, 0x7F))
_LITERAL_SIGNS: Final = str.maketrans({"*": "%2A", "$": "%24"})
_SIGNS_OF_PATTERNS: Final = "*$%"
_SIGNS_OF_HIDING: Final = frozenset("%;\\")
_OWN_PORTS: Final = {"http": ":80", "https": ":443"}


def escape(octets: bytes) -> str:
    """`octets` as a URL holds them: what is not printable ASCII escaped, digits in capitals."""
    text = octets.decode("ascii", "replace")
    if not octets.isascii() or not text.isprintable() or " " in text:
        text = quote_from_bytes(octets, safe=_PRINTABLE)
    return _ESCAPE.sub(lambda found: found[0].upper(), text) if b"%" in octets else text


def canonical(escaped: str) -> str:
    """`escaped` with escapes of unreserved characters undone (RFC 3986 6.2.2.2)."""
    return _NEEDLESS.sub(_undo, escaped) if "%" in escaped else escaped


def _undo(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _printable(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    return sign if sign in _PRINTABLE and sign not in _SIGNS_OF_PATTERNS else found[0]


@dataclass(frozen=True, slots=True)
class Spellings:
    """The path and query of one URL in every spelling that a rule may be meant for."""

    escaped: str
    """As it stands, escaped: compared with patterns as they stand."""
    canonical: str
    """By RFC 9309 2.2.2: compared with canonical patterns."""
    resolved: tuple[str, ...]
    """Canonical, without dot segments, hidden ones too, and doubled slashes: what a server may take
    it for."""
    decoded: tuple[str, ...]
    """Canonical, with reserved characters in their other form."""


@lru_cache(maxsize=32)  # every signal asks for the URL in hand
def spell(url: str) -> Spellings:
    """The spellings of `url` (absolute, or a path with query); never raises."""
    escaped = escape(path_of(url).encode("utf-8", "surrogatepass"))
    standard = canonical(escaped).translate(_LITERAL_SIGNS)
    path, mark, query = standard.partition("?")
    plain = _without_dots(path)
    paths = (plain, re.sub("/{2,}", "/", plain), _without_hidden_dots(path))
    return Spellings(
        escaped,
        standard,
        _others(standard, *(one + mark + query for one in paths)),
        _others(
            standard,
            _ESCAPE.sub(_printable, standard),
            # A URL given as a parameter is escaped or is not (second row of the table in 2.2.2).
            path + mark + query.replace(":", "%3A").replace("/", "%2F"),
        ),
    )


def _others(standard: str, *spellings: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in spellings if one != standard))


def plain_origin(url: str) -> str:
    """What all URLs of one origin share: scheme, host, and the port where that is unusual.

    Raises `ValueError` for what is no URL.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{host.removesuffix(_OWN_PORTS.get(parts.scheme, ''))}"


def path_of(url: str) -> str:
    """Path and query of `url`, from the first slash, without the fragment."""
    rest = url.partition("#")[0]
    if not rest.startswith("/"):
        _, scheme, after = rest.partition("://")
        rest = after if scheme else rest
        place = re.search(r"[/?]", rest)
        rest = rest[place.start() :] if place else ""
    return rest if rest.startswith("/") else f"/{rest}"


def _without_hidden_dots(path: str) -> str:
    if _SIGNS_OF_HIDING.isdisjoint(path):
        return path
    plain = _HIDDEN_DOT.sub(".", _HIDDEN_SLASH.sub("/", path))
    if "/." not in plain:
        return path
    return _without_dots(re.sub("/{2,}", "/", _PARAMETERS.sub(r"\1", plain)))


def _without_dots(path: str) -> str:
    """RFC 3986 5.2.4; in a canonical path escaped dots are plain ones."""
    if "/." not in path:
        return path
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    closing = "/" if path.endswith(("/.", "/..")) and kept else ""
    return "/" + "/".join(kept) + closing
