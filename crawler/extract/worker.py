"""What runs in a worker process: it is set up once and then extracts page after page."""

import gc
import logging
import os
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from multiprocessing.synchronize import Semaphore
from typing import Final, ParamSpec, TypeVar

from crawler.records.page import Extraction

ADDRESS_SPACE: Final = 4 * 1024**3
"""Bytes of memory that a worker may ask for; what a page of 5 MB can be made to need is less."""

OBJECTS_BETWEEN_COLLECTIONS: Final = 100_000
"""A page makes tens of thousands of objects and hardly a cycle: Python's own 700 look in vain."""

PRELOADED: Final = "crawler.extract.preloaded"
"""Loaded by the fork server where it is ours; who embeds a crawl may have started another."""

GRACE: Final = 10.0
"""Seconds after its deadline in which a worker is killed from outside, before it ends itself."""

Given = ParamSpec("Given")
Result = TypeVar("Result")


def set_up(niceness: int, begun: Semaphore) -> None:
    """Make a fresh process a worker: deaf to Ctrl-C, bounded in memory, silent, all loaded.

    `niceness` is by how much it stands back from the others (nice(2)); `begun` is told once it is
    ready. Ctrl-C reaches every process of the terminal, and the pages under way are to be finished.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A handler in Python would wait for the library that hangs; the pool would wait for it.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if niceness:
        _stand_back(niceness)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = ADDRESS_SPACE if hard == resource.RLIM_INFINITY else min(ADDRESS_SPACE, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    # The libraries complain of every odd page; the one that counts is told by its outcome.
    logging.disable(logging.CRITICAL)
    import_module(PRELOADED).load()
    begun.release()
    # What is loaded by now stays for ever and need not be looked through again and again.
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)


def _stand_back(niceness: int) -> None:
    # A sandbox may forbid either; a page is read all the same then.
    with suppress(OSError):
        os.nice(niceness)
    # Niceness alone lets such a process keep a core while all others share the rest: Linux counts
    # the core as busy. One that runs nothing but idle processes (sched(7)) it counts as free.
    with suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def ready() -> bool:
    """Answers once the process is set up."""
    return True


def run_within(
    seconds: float,
    patience: float,
    function: Callable[Given, Result],
    *args: Given.args,
    **kwargs: Given.kwargs,
) -> Result:
    """The result of `function`; the process ends itself where nobody is left to end it.

    It may be at work for `seconds`, and take `patience` times as long where others go first.
    The pool keeps the deadline. If the crawl is killed, a page that hangs would hang for ever:
    SIGALRM, left to its default, stops even a library that never comes back to Python.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds * patience + GRACE)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return function(*args, **kwargs)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def run(body: bytes, url: str, profile: str, declared: str) -> Extraction:
    """`extract`, by a name that both processes know, though only one loads the libraries."""
    from crawler.extract.text import extract  # noqa: PLC0415

    return extract(body, url, profile, declared)
