"""From a report's command-line words to what it is about, with the sentences for what cannot be."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from crawler.errors import ConfigurationError
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


def read_bots(text: str | None, listed: Sequence[str]) -> Sequence[str]:
    """Tokens parted by commas, each once whatever its case; all `listed` ones where none is."""
    if text is None:
        return listed
    bots = {bot.strip().lower(): bot.strip() for bot in text.split(",") if bot.strip()}
    if not bots:
        raise ConfigurationError(f"--bots {text!r} names none: write them like GPTBot,CCBot.")
    return tuple(bots.values())


def read_sites(text: str | None) -> frozenset[str] | None:
    """Sites parted by commas, or those of a file: a list, a ranked CSV, or JSONL with `site`."""
    if text is None:
        return None
    path = Path(text)
    try:
        if path.is_dir() or (path.suffix in LIST_SUFFIXES and not path.is_file()):
            raise ConfigurationError(f"--sites {text!r} is no file: name a list, or sites.")
        if path.is_file():
            lines = path.read_bytes().decode("utf-8-sig").split("\n")
        else:
            lines = text.split(",")
        sites = frozenset(filter(None, (_site(line.strip()) for line in lines)))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"--sites {text!r} cannot be read: {error}.") from None
    if not sites:
        raise ConfigurationError(f"--sites {text!r} names none: write them like a.example,b.org.")
    return sites


def read_listed_facts(text: str | None) -> Mapping[str, SiteFacts]:
    """What the file of `--sites` says of its sites; nothing where it is no file, or says nothing.

    Raises `ConfigurationError` for a line that names no site.
    """
    if text is None or not Path(text).is_file():
        return {}
    from crawler.audit.listing import NO_FACTS, Listing

    entries = Listing(text, file=Path(text)).read()
    return {each.site: each.facts for each in entries if each.facts != NO_FACTS}


def _site(line: str) -> str:
    if line.startswith("{"):
        return str(json.loads(line).get("site", ""))
    rank, comma, rest = line.partition(",")
    if comma and rank.isdigit():
        return rest.partition(",")[0].strip()
    return "" if line.startswith("#") else rank.strip()
