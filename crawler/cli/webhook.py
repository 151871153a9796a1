"""One JSON document posted to an operator's own address, tried a few times and no more."""

import asyncio
import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from crawler.clock import Clock
from crawler.errors import ConfigurationError, HeedError

TRIES: Final = 3
PAUSE: Final = 1.0
"""Seconds before the second try; each further one waits twice as long."""

TIMEOUT: Final = aiohttp.ClientTimeout(total=20)
_WORTH_ANOTHER_TRY: Final = frozenset({408, 425, 429})


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


def post(url: str, document: Mapping[str, object], clock: Clock) -> None:
    """POST `document` to `url`; raises `WebhookError` when no try succeeded.

    Where nobody answers, or the answer is 408, 425, 429 or 5xx, it is tried `TRIES` times in all;
    any other refusal is taken at its word. Redirects are not followed.
    """
    asyncio.run(_post(url, json.dumps(document, ensure_ascii=False).encode(), clock))


async def _post(url: str, body: bytes, clock: Clock) -> None:
    said = ""
    async with aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True) as session:
        for number in range(TRIES):
            if number:
                await clock.sleep(PAUSE * 2 ** (number - 1))
            try:
                status = await _try(session, url, body)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                said = " ".join(str(error).split()) or type(error).__name__
                continue
            if status // 100 == 2:  # noqa: PLR2004 (the class)
                return
            said = f"it answered {status}"
            if status not in _WORTH_ANOTHER_TRY and status // 100 != 5:  # noqa: PLR2004 (the same)
                break
    place = urlsplit(url).hostname
    raise WebhookError(
        f"The webhook at {place} did not take the changes ({said[:200]}): they are printed above; "
        "mend it and run the same command again."
    )


async def _try(session: aiohttp.ClientSession, url: str, body: bytes) -> int:
    headers = {"Content-Type": "application/json"}
    async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
        return answer.status
