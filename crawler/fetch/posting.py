"""One JSON document posted to an operator's own address, tried a few times and no more."""

import json
from collections.abc import Mapping
from typing import Final

import aiohttp

from crawler.clock import Clock

PAUSES: Final = (0.0, 1.0, 2.0)
"""Seconds before each try."""

TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
LONGEST_SAID: Final = 200
_TAKEN: Final = range(200, 300)
_WORTH_ANOTHER_TRY: Final = frozenset({408, 425, 429})


async def post(url: str, document: Mapping[str, object], clock: Clock) -> str:
    """POST `document` to `url`; returns why nobody took it, "" where somebody did.

    Where nobody answers, or the answer is 408, 425, 429 or 5xx, it is tried again after each of
    `PAUSES`; any other refusal is taken at its word. Redirects are not followed.
    """
    body = json.dumps(document, ensure_ascii=False).encode()
    said = ""
    async with aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True) as session:
        for pause in PAUSES:
            await clock.sleep(pause)
            try:
                status = await _try(session, url, body)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                said = " ".join(str(error).split()) or type(error).__name__
                continue
            if status in _TAKEN:
                return ""
            said = f"it answered {status}"
            if status not in _WORTH_ANOTHER_TRY and status // 100 != 5:  # noqa: PLR2004 (the class)
                break
    return said[:LONGEST_SAID]


async def _try(session: aiohttp.ClientSession, url: str, body: bytes) -> int:
    headers = {"Content-Type": "application/json"}
    async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
        return answer.status
