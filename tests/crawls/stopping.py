"""The command `heed` in a process that is killed exactly between two steps.

Run as `-m tests.crawls.stopping STEP COUNT WORDS…`: SIGKILL comes when the step `STEP` of `STEPS`
is over for the COUNTth time. No code of Heed is changed but for that.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, Final

from crawler.capture import repair
from crawler.capture.corpus import Corpus
from crawler.capture.documents import DocumentFiles
from crawler.capture.warc import WarcFiles
from crawler.cli import main
from crawler.frontier.queue import HostQueue
from crawler.ledger.store import SqlLedger

STEPS: Final[Mapping[str, tuple[object, str]]] = {
    "a page's records": (WarcFiles, "write_page"),
    "a page's row": (DocumentFiles, "write"),
    "a tail cut off": (os, "ftruncate"),
    "a page's text": (WarcFiles, "write_conversion"),
    "files on disk": (Corpus, "_checkpoint"),
    "a file mended": (repair, "_finish"),
    "marks set": (SqlLedger, "set_marks"),
    "ledger committed": (SqlLedger, "commit"),
    "a file renamed": (Path, "rename"),
    "frontier acknowledged": (HostQueue, "acknowledge"),
    "claims handed out": (HostQueue, "claim"),
    "WARC files closed": (WarcFiles, "close"),
    "rows closed": (DocumentFiles, "close"),
    "a file indexed and listed": (Corpus, "_index_and_publish"),
}
"""In an order in which each finds what it needs: files that the one before it left open."""


def stop_after(owner: object, name: str, count: int) -> None:
    """Kill this process when `name` of `owner` has returned for the `count`th time."""
    step: Callable[..., Any] = getattr(owner, name)
    left = iter(range(count - 1, -1, -1))

    @wraps(step)
    def done(*words: Any, **named: Any) -> Any:  # noqa: ANN401 (whatever the step takes)
        result = step(*words, **named)
        if next(left, -1) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, done)


if __name__ == "__main__":
    stop_after(*STEPS[sys.argv.pop(1)], int(sys.argv.pop(1)))
    main()
