"""Posts what a command found to an operator's own address, or says why nobody took it."""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

from crawler.clock import Clock
from crawler.errors import ConfigurationError, HeedError
from crawler.fetch.posting import post


class WebhookError(HeedError):
    """Nobody took what was posted."""


def check_webhook(url: str) -> None:
    """Raise `ConfigurationError` unless `url` can be posted to."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise ConfigurationError(f"--webhook {url!r} is no http or https URL: write it in full.")


def tell_webhook(url: str, document: Mapping[str, object], clock: Clock) -> None:
    """Post `document` to `url`; raises `WebhookError` where nobody took it."""
    said = asyncio.run(post(url, document, clock))
    if said:
        # The address of a webhook is often its secret: only its host is told.
        raise WebhookError(
            f"The webhook at {urlsplit(url).hostname} did not take the changes ({said}): they are "
            "printed above; mend it and run the same command again."
        )
