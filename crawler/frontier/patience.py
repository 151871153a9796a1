"""Waiting for a server that keeps what is fetched, so that a crawl outlives its being away."""

import logging
from collections.abc import Callable
from typing import Final, TypeVar

from crawler.errors import AwayError
from crawler.runtime import Runtime

T = TypeVar("T")

logger = logging.getLogger(__name__)

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 5.0
LAST_TRIES: Final = 3.0
"""Seconds of trying that remain when the crawl is asked to end."""


async def persist(runtime: Runtime, attempt: Callable[[], T]) -> T:
    """What `attempt` returns, tried again for as long as it raises `AwayError`.

    Raises that too when the crawl is asked to end.
    """
    began, pause = runtime.clock.now(), FIRST_PAUSE
    told = False
    while True:
        try:
            answer = attempt()
        except AwayError as error:
            if runtime.pace.draining and runtime.clock.now() - began >= LAST_TRIES:
                raise
            if not told:
                logger.warning("%s The crawl waits for it.", error)
                told = True
        else:
            if told:
                logger.warning("It is back after %.0f s.", runtime.clock.now() - began)
            return answer
        await runtime.clock.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
