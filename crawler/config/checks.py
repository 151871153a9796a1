"""What a value of `heed.toml` must be, where a type and bounds do not say it.

Each check takes the value and gives it back, or raises `ValueError` whose text is the remedy.
Values of the wrong type pass through: the model's type names them.
"""

import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from cronsim import CronSim, CronSimError

from crawler.config.windows import read_windows, read_zone
from crawler.policy.model import Profile, Use

TRAIN_AI: Final = "train-ai"
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
TRIED_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
CRON_EXAMPLE: Final = "15 2 * * *"

Check = Callable[[Any], Any]


def _of_text(check: Callable[[str], str]) -> Check:
    """`check` for text; anything else is left to the type."""

    @wraps(check)
    def checked(value: object) -> object:
        return check(value) if isinstance(value, str) else value

    return checked


@_of_text
def cron(text: str) -> str:
    """A cron line that comes true some day."""
    try:
        next(CronSim(text, TRIED_AT))
    except CronSimError as error:
        why = str(error).lower()
        raise ValueError(
            f"{why}: write minute, hour, day, month, weekday: {CRON_EXAMPLE!r}"
        ) from None
    except (StopIteration, OverflowError):
        raise ValueError("that day never comes: name a day that its month has") from None
    return text


@_of_text
def zone(text: str) -> str:
    """An IANA time zone."""
    read_zone(text)
    return text


@_of_text
def name(text: str) -> str:
    """A name that can be part of file names and units."""
    if not NAME.fullmatch(text):
        raise ValueError("use letters, digits, '.', '_' and '-', at most 63, like 'nightly'")
    return text


@_of_text
def profile(text: str) -> str:
    """A profile that Heed knows."""
    if text not in tuple(Profile):
        raise ValueError(f"say {', '.join(Profile)}")
    return text


def uses(value: object) -> object:
    """A list of uses that Heed knows, not empty."""
    if not isinstance(value, list):
        return value
    if not value:
        raise ValueError("name at least one use, like ['train-ai']")
    known = (TRAIN_AI, *Use)
    for one in value:
        if one not in known:
            raise ValueError(f"{one!r} is no use: say {', '.join(known)}")
    return value


def windows(value: object) -> object:
    """One window, or a list of them; always given back as a list."""
    listed = [value] if isinstance(value, str) else value
    if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
        read_windows(listed)
    return listed


@_of_text
def network(text: str) -> str:
    """A range of addresses."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        raise ValueError("write a network like 10.0.0.0/8, its host bits zero") from None
    return text


@_of_text
def seed(text: str) -> str:
    """A URL to start at, its scheme left out or http(s)."""
    parts = _split(text if "://" in text else f"https://{text}")
    host = (parts.hostname or "") if parts else ""
    named = bool(host) and ("://" in text or "." in host or ":" in host or host == "localhost")
    if parts is None or parts.scheme not in ("http", "https") or not named or " " in text:
        raise ValueError("write an http or https URL like https://example.org/")
    return text


@_of_text
def web_address(text: str) -> str:
    """An http(s) URL."""
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write an http or https URL like https://chat.example/hooks/heed")
    return text


@_of_text
def loopback_address(text: str) -> str:
    """Nothing, or a loopback address with a port."""
    parts = _split(f"//{text}")
    try:
        inside = (
            bool(parts and parts.port)
            and ipaddress.ip_address((parts.hostname if parts else "") or "").is_loopback
        )
    except ValueError:
        inside = False
    if text and not inside:
        raise ValueError("write a loopback address with a port, like 127.0.0.1:9464")
    return text


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return parts if port != 0 else None
