"""From a report's command-line words to what it is about, with the sentences for what cannot be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.errors import ConfigurationError

if TYPE_CHECKING:
    from crawler.audit.listing import Entry
    from crawler.ledger.sites import SiteFacts

LIST_SUFFIXES: Final = (".csv", ".jsonl", ".txt")
"""No site's name ends in one of these."""


def read_date(text: str | None, option: str, *, end: bool = False) -> datetime | None:
    """A date or time; a date alone is its first moment, or its last where it is an `end`."""
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text)
        if end and len(text) <= len("2025-01-31"):
            when += timedelta(days=1) - timedelta(microseconds=1)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"{option} {text!r} is no date: write it like 2025-01-31."
        ) from None


def check_outputs(*files: str | None) -> None:
    """Raise `ConfigurationError` where two outputs would go to one place, each over the other."""
    given = [str(Path(file).resolve()) for file in files if file]
    for file, place in zip(filter(None, files), given, strict=True):
        if given.count(place) > 1:
            raise ConfigurationError(f"Two outputs would go to {file!r}: name a place for each.")


def check_order(start: datetime | None, end: datetime | None, options: str) -> None:
    """Raise `ConfigurationError` where the time between the two `options` is none."""
    if start is not None and end is not None and start > end:
        raise ConfigurationError(
            f"{options} ask for a time that ends before it begins ({start:%Y-%m-%d} to "
            f"{end:%Y-%m-%d}): exchange them."
        )


def read_bots(text: str | None, listed: Sequence[str]) -> Sequence[str]:
    """Tokens parted by commas, each once whatever its case; all `listed` ones where none is."""
    if text is None:
        return listed
    bots = {bot.strip().lower(): bot.strip() for bot in text.split(",") if bot.strip()}
    if not bots:
        raise ConfigurationError(f"--bots {text!r} names none: write them like GPTBot,CCBot.")
    return tuple(bots.values())


def read_sites(text: str | None) -> frozenset[str] | None:
    """Sites parted by commas, or those of a file, read as `heed audit --sites` reads it.

    Raises `ConfigurationError` where that names no site.
    """
    if text is None:
        return None
    if _names_file(text):
        sites = frozenset(entry.site for entry in _entries(text))
    else:
        sites = frozenset(filter(None, (site.strip() for site in text.split(","))))
    if not sites:
        raise ConfigurationError(f"--sites {text!r} names none: write them like a.example,b.org.")
    return sites


def names_of(site: str) -> frozenset[str]:
    """What a site may be called in a ledger: as it was typed, and as an audit would write it."""
    from crawler.audit.listing import read_site

    try:
        return frozenset({site, read_site(site).site})
    except ValueError:
        return frozenset({site})


def read_listed_facts(text: str | None) -> "Mapping[str, SiteFacts]":
    """What the file of `--sites` says of its sites; nothing where it is no file, or says nothing.

    Raises `ConfigurationError` for a line that names no site.
    """
    if text is None or not _names_file(text):
        return {}
    return {each.site: each.facts for each in _entries(text) if any(astuple(each.facts))}


def _names_file(text: str) -> bool:
    try:
        path = Path(text)
        if path.is_dir() or (path.suffix in LIST_SUFFIXES and not path.is_file()):
            raise ConfigurationError(f"--sites {text!r} is no file: name a list, or sites.")
        return path.is_file()
    except (OSError, ValueError):
        # Too long for a path, or no path at all: then they are sites.
        return False


def _entries(file: str) -> "Iterator[Entry]":
    # Takes a while to load, and only a list needs it.
    from crawler.audit.listing import Listing

    return Listing(file, file=Path(file)).read()
