"""Waiting for a server that keeps what is fetched, so that a crawl outlives its being away."""

import logging
import math
from collections.abc import Callable
from typing import Final, TypeVar

from crawler.errors import AwayError, BusyError
from crawler.runtime import Runtime

T = TypeVar("T")

logger = logging.getLogger(__name__)

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 5.0
AT_ONCE: Final = 0.25
"""Seconds for which the whole crawl stands still for another process that writes."""

BUSY_PATIENCE = 60.0
"""Seconds for which it goes on and tries again."""

LAST_TRIES: Final = 3.0
"""Seconds of trying that remain when the crawl is asked to end."""


async def persist(runtime: Runtime, attempt: Callable[[], T]) -> T:
    """What `attempt` returns, tried again for as long as it raises `AwayError`.

    Raises that too when the crawl is asked to end; a `BusyError` also when it lasts too long, since
    who holds a file may hold it for ever. The crawl's other work goes on in the pauses.
    """
    began, pause = runtime.clock.now(), FIRST_PAUSE
    told = False
    while True:
        try:
            answer = attempt()
        except (AwayError, BusyError) as error:
            waited = runtime.clock.now() - began
            patience = BUSY_PATIENCE if isinstance(error, BusyError) else math.inf
            if waited >= (LAST_TRIES if runtime.pace.draining else patience):
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
