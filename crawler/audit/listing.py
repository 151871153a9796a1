"""Lists of sites: plain lists, Tranco's `rank,domain`, CSV with a heading, JSONL with columns.

A list is read line by line, once to check it before anybody is asked and once to audit it, so
that a million sites need no memory. Only LF and CRLF end a line (contract.md).
"""

import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crawler.errors import ConfigurationError
from crawler.frontier.canonical import CanonicalUrl, canonicalise
from crawler.ledger.sites import SiteFacts

SITE_COLUMNS: Final = ("site", "domain", "host", "url", "origin")
"""Names under which a heading or an object may give the site; the first that is there counts."""

OTHER_NAMES: Final = {"globalrank": "rank"}
"""What a heading may call a column besides: Majestic ranks among all, and among a domain's own."""
FACT_COLUMNS: Final = ("rank", "weight", "category", "country")
SCHEMES: Final = ("https", "http")
"""In this order a site is asked that its list names without a scheme."""

LONGEST_SHOWN: Final = 300
LONGEST_LINE: Final = 65_536
"""Octets: what is longer is no line of a list."""

NO_FACTS: Final = SiteFacts()

Row = Mapping[str, object]
ReadLine = Callable[[str], Row | None]
"""What one line says, by column; None where it says nothing. Raises `ValueError`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A site to audit: its name in reports, the origins to ask in turn, and what a list says."""

    site: str
    origins: tuple[str, ...]
    facts: SiteFacts = NO_FACTS


@dataclass(frozen=True, slots=True)
class Listing:
    """Where sites come from: words of a command line, or a file."""

    name: str
    words: tuple[str, ...] = ()
    file: Path | None = None

    def read(self) -> Iterator[Entry]:
        """Every entry, in order, repeats included; raises `ConfigurationError` at a bad one."""
        for word in self.words:
            try:
                yield read_site(word)
            except ValueError as error:
                raise ConfigurationError(f"The site {word[:LONGEST_SHOWN]!r} {error}.") from None
        if self.file is not None:
            yield from _read_file(self.file)


def read_site(text: str, facts: SiteFacts = NO_FACTS) -> Entry:
    """The site that `text` names (a host, with a port or a scheme if need be), `facts` with it.

    Raises `ValueError` with what is wrong. A path is left aside: an audit reads front pages.
    """
    named = text.strip()
    with_scheme = "://" in named
    found = canonicalise(named if with_scheme else f"https://{named}")
    if not isinstance(found, CanonicalUrl):
        raise ValueError(f"is no site ({found.reason}): write it like example.org")  # noqa: TRY004 (of the value)
    scheme, _, rest = found.url.partition("://")
    authority = rest.partition("/")[0]
    is_word = not with_scheme and not any(mark in authority for mark in ".:")
    if is_word and authority != "localhost":
        raise ValueError("is no host name: write it like example.org")
    schemes = (scheme,) if with_scheme else SCHEMES
    return Entry(authority, tuple(f"{one}://{authority}" for one in schemes), facts)


def _read_file(file: Path) -> Iterator[Entry]:
    read_line: ReadLine | None = None
    for number, line in enumerate(_lines(file), 1):
        try:
            if read_line is None:
                if _says_nothing(line):
                    continue
                read_line, is_heading = _reader(line)
                if is_heading:
                    continue
            row = read_line(line)
            if row is not None:
                yield read_site(_site(row), _facts(row))
        except ValueError as error:
            shown = line.strip()[:LONGEST_SHOWN]
            message = f"Line {number} of {str(file)!r} ({shown!r}) {error}."
            raise ConfigurationError(message) from None


def _lines(file: Path) -> Iterator[str]:
    try:
        with file.open("rb") as lines:
            for number, octets in enumerate(iter(lambda: lines.readline(LONGEST_LINE), b""), 1):
                if len(octets) == LONGEST_LINE:
                    message = f"Line {number} of {str(file)!r} is too long for a list of sites."
                    raise ConfigurationError(message)
                words = octets.removeprefix(b"\xef\xbb\xbf") if number == 1 else octets
                try:
                    yield words.decode("utf-8").rstrip("\r\n")
                except UnicodeDecodeError:
                    message = f"Line {number} of {str(file)!r} is not UTF-8 text: convert it first."
                    raise ConfigurationError(message) from None
    except OSError as error:
        why = error.strerror or str(error)
        message = f"The site list {str(file)!r} cannot be read: {why}."
        raise ConfigurationError(message) from None


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _reader(first: str) -> tuple[ReadLine, bool]:
    """What reads a file that begins with the line `first`, and whether that is a heading."""
    if first.lstrip().startswith("{"):
        return _read_json, False
    named = [cell.strip().lower() for cell in _cells(first)]
    columns = [OTHER_NAMES.get(name, name) for name in named]
    if any(name in columns for name in SITE_COLUMNS) and "." not in first:
        return lambda line: _read_headed(line, columns), True
    return _read_plain, False


def _cells(line: str) -> list[str]:
    return next(csv.reader([line]), [])


def _read_json(line: str) -> Row | None:
    if not line.strip():
        return None
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("is no JSON: write one object a line") from None
    if not isinstance(row, dict):
        raise ValueError("is no object: write one object a line")  # noqa: TRY004 (of the value)
    return {str(key).lower(): value for key, value in row.items()}


def _read_headed(line: str, columns: list[str]) -> Row | None:
    if _says_nothing(line):
        return None
    cells = [cell.strip() for cell in _cells(line)]
    if len(cells) != len(columns):
        raise ValueError(f"has {len(cells)} columns, its heading {len(columns)}: make them equal")
    return dict(zip(columns, cells, strict=True))


def _read_plain(line: str) -> Row | None:
    if _says_nothing(line):
        return None
    cells = [cell.strip() for cell in _cells(line)]
    if len(cells) == 1:
        return {"site": cells[0]}
    rank, site, *more = cells
    if more or not rank.isdecimal():
        raise ValueError("is neither a site nor rank,site: write one of these, or a heading first")
    return {"rank": rank, "site": site}


def _site(row: Row) -> str:
    given = next((row[name] for name in SITE_COLUMNS if row.get(name)), None)
    if not isinstance(given, str):
        raise ValueError(f"names no site: give it as {SITE_COLUMNS[0]!r}")  # noqa: TRY004 (of the value)
    return given


def _facts(row: Row) -> SiteFacts:
    given = [row.get(name) for name in FACT_COLUMNS]
    if not any(value not in (None, "") for value in given):
        return NO_FACTS
    rank, weight, category, country = given
    return SiteFacts(
        category=_words("category", category),
        country=_words("country", country),
        rank=_rank(rank),
        weight=_weight(weight),
    )


def _words(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"has {name} = {value!r}: give it as text")  # noqa: TRY004 (of the value)
    return value.strip()


def _rank(value: object) -> int | None:
    if value is None or value == "":
        return None
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal()) or len(text) > 18:  # noqa: PLR2004 (as a database holds it)
        raise ValueError(f"has rank = {value!r}: give a whole number")
    return int(text)


def _weight(value: object) -> float | None:
    if value is None or value == "":
        return None
    try:
        weight = math.nan if isinstance(value, bool) else float(str(value))
    except ValueError:
        weight = math.nan
    if not math.isfinite(weight) or weight < 0:
        raise ValueError(f"has weight = {value!r}: give a number of 0 or more")
    return weight


@dataclass(frozen=True, slots=True)
class Checked:
    """What a list was found to hold before anybody is asked."""

    count: int
    targets: tuple[str, ...]
    """Origins that name a port, and one that is not on loopback if there is any."""


def check(entries: Iterable[Entry], is_local: Callable[[str], bool]) -> Checked:
    """Read a list through; raises `ConfigurationError` at its first bad line."""
    count, distant = 0, ""
    ports: dict[str, None] = {}
    for entry in entries:
        count += 1
        origin = entry.origins[0]
        if not distant and not is_local(origin):
            distant = origin
        if origin.rpartition(":")[2].isdecimal():
            ports[origin] = None
    return Checked(count, (*ports, *((distant,) if distant else ())))
