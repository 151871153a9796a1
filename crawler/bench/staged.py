"""Heed's own command line, with the processor time of each stage written down beside it.

The functions at which a stage begins are wrapped; time counts for the innermost stage only, on
each thread for itself, and what a coroutine waits for does not count. What is left of the process
is Scrapy's engine, the event loop and the start. Run: python -m crawler.bench.staged FILE WORDS…
"""

import atexit
import json
import os
import runpy
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Generator
from functools import wraps
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, Final

STAGES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "fetch": {
        "crawler.fetch.handler:HeedDownloadHandler": ("download_request",),
        "crawler.fetch.fetcher:HttpFetcher": ("fetch", "_exchange"),
        "crawler.fetch.wire:Wire": ("data_received",),
    },
    "gates": {
        "crawler.gates.policy_gate:PolicyGate": (
            "process_request", "headers_received", "process_response",
        ),
    },
    "site files": {"crawler.gates.site_files:SiteFileKeeper": ("_ask",)},
    "frontier": {
        "crawler.frontier.scheduler:FrontierScheduler": (
            "next_request", "enqueue_request", "has_pending_requests",
        ),
        "crawler.frontier.queue:HostQueue": ("put", "claim", "acknowledge", "counts"),
        "crawler.frontier.settlement:ReceiptMiddleware": ("item_scraped",),
    },
    "ledger": {
        "crawler.ledger.store:SqlLedger": (
            "commit", "record_decision", "record_site_file", "site_file", "first_seen",
            "find_payload", "save_host_pace",
        ),
    },
    "WARC": {
        "crawler.capture.pipeline:WarcPipeline": ("process_item",),
        "crawler.capture.warc:WarcFiles": ("write_page", "write_revisit", "write_exchange"),
        "crawler.capture.cdxj:": ("write_indexes",),
    },
    "rows": {
        "crawler.capture.pipeline:DocumentPipeline": ("process_item",),
        "crawler.capture.documents:DocumentFiles": ("write", "checkpoint"),
        "crawler.capture.warc:WarcFiles": ("write_conversion",),
    },
    "text": {"crawler.extract.pipeline:TextPipeline": ("process_item",)},
}  # fmt: skip
"""Where each stage begins: "module:class" and the names of its methods."""


FIRST: Final = "fetch"
START: Final = "start"


class StageClock(threading.local):
    """Whose turn it is on this thread; `spent` is shared by all threads."""

    spent: Final = defaultdict[str, float](float)

    def __init__(self) -> None:
        self._stack: list[str] = []
        self._since = time.thread_time()

    def enter(self, stage: str) -> None:
        """From here on it is `stage` whose time is spent; the first fetch ends the start."""
        if stage == FIRST and START not in self.spent:
            self.spent[START] = time.process_time() - sum(self.spent.values())
        self._book()
        self._stack.append(stage)

    def leave(self) -> None:
        """Back to the stage that was interrupted, if any."""
        self._book()
        self._stack.pop()

    def _book(self) -> None:
        now = time.thread_time()
        if self._stack:
            self.spent[self._stack[-1]] += now - self._since
        self._since = now


CLOCK: Final = StageClock()


Wrapped = Callable[..., Any]


class _Steps:
    """A coroutine whose every step counts for a stage."""

    def __init__(self, work: Coroutine[Any, Any, Any], stage: str) -> None:
        self._work = work
        self._stage = stage

    def __await__(self) -> Generator[Any, Any, Any]:
        step, given = self._work.send, None
        while True:
            CLOCK.enter(self._stage)
            try:
                awaited = step(given)
            except StopIteration as end:
                return end.value
            finally:
                CLOCK.leave()
            try:
                step, given = self._work.send, (yield awaited)
            except BaseException as error:  # noqa: BLE001 (handed on to whoever awaits)
                step, given = self._work.throw, error


def count(function: Wrapped, stage: str) -> Wrapped:
    """`function`, its time counted for `stage`."""
    if iscoroutinefunction(function):

        @wraps(function)
        async def stepped(*args: object, **kwargs: object) -> object:
            return await _Steps(function(*args, **kwargs), stage)

        return stepped

    @wraps(function)
    def counted(*args: object, **kwargs: object) -> object:
        CLOCK.enter(stage)
        try:
            return function(*args, **kwargs)
        finally:
            CLOCK.leave()

    return counted


def install() -> None:
    """Wrap every function of `STAGES`."""
    for stage, places in STAGES.items():
        for place, names in places.items():
            module, _, kind = place.partition(":")
            owner: Any = import_module(module)
            owner = getattr(owner, kind) if kind else owner
            for name in names:
                setattr(owner, name, count(getattr(owner, name), stage))


def _write(place: Path, owner: int) -> None:
    if os.getpid() == owner:
        spent = {**CLOCK.spent, "process": time.process_time()}
        place.write_text(json.dumps(spent), encoding="utf-8")


def main() -> None:
    """Run the command line that follows the file's name."""
    place, *words = sys.argv[1:]
    atexit.register(_write, Path(place), os.getpid())
    install()
    sys.argv = ["heed", *words]
    # By its name: no room below the command line may import it.
    runpy.run_module("crawler.cli", run_name="__main__")


if __name__ == "__main__":
    main()
