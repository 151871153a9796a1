"""The command `heed` on a machine whose clock is some seconds off.

Run as `-m tests.crawls.shifted SECONDS WORDS…`; only the wall clock is shifted.
"""

import sys
import time

from crawler import clock
from crawler.cli import main


class ShiftedTime:
    """The module `time` as `crawler.clock` uses it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def time(self) -> float:
        """What the machine believes."""
        return time.time() + self._seconds

    def monotonic(self) -> float:
        """What no setting of a clock changes."""
        return time.monotonic()


if __name__ == "__main__":
    setattr(clock, "time", ShiftedTime(float(sys.argv.pop(1))))  # noqa: B010 (a module's name)
    main()
