"""PURE: the counts of a URLFrontier, read for what they can tell.

It counts a queue as it is told of its URLs, and a URL that was ended twice leaves the queue one
short until the service starts again: a sum may be too small, or below zero, which it then sends as
a number of 64 bits without a sign.
"""

from typing import Final

from crawler.frontier.urlfrontier.wire_pb2 import Stats

_SIGN: Final = 1 << 63


def queued_in(stats: Stats) -> int:
    """URLs that wait, those that are due later with them."""
    return max(_signed(stats.size) - stats.inProcess, 0)


def is_over(stats: Stats) -> bool:
    """Whether no queue has anything, now or later: one that lacks a URL hides no other's."""
    return _signed(stats.size) <= 0 and not stats.counts.get("active_queues", 0)


def ever_in(stats: Stats) -> int:
    """URLs that were ever put, done or not."""
    return max(_signed(stats.size) + stats.counts.get("completed", 0), 0)


def _signed(number: int) -> int:
    return number - 2 * _SIGN if number & _SIGN else number
