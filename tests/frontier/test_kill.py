"""Real processes, really killed."""

import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from crawler.errors import StorageError
from crawler.frontier.protocol import Discovery
from crawler.frontier.queue import HostQueue
from tests.frontier.worker import AT_ONCE

URLS = 4000
KILLS = 8


def start(path: Path, log: Path, urls: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.frontier.worker", str(path), str(log), str(urls)]
    return subprocess.Popen(command)  # noqa: S603 (our own worker)


def wait_and_kill(worker: subprocess.Popen[bytes], log: Path, more: int) -> None:
    """Kill the worker once the log is `more` bytes longer, wherever that finds it."""
    until = (log.stat().st_size if log.exists() else 0) + more
    pause = threading.Event()
    while worker.poll() is None and (not log.exists() or log.stat().st_size < until):
        pause.wait(0.001)
    worker.kill()
    assert worker.wait() == -signal.SIGKILL


def logged(log: Path, word: str) -> Counter[str]:
    lines = log.read_text().split("\n") if log.exists() else []
    return Counter(line.partition(" ")[2] for line in lines if line.startswith(word))


def test_kills_at_any_moment_lose_nothing_and_repeat_only_what_was_out(tmp_path: Path) -> None:
    path, log = tmp_path / "frontier.db", tmp_path / "log"
    moments = random.Random(7)
    for _ in range(KILLS):
        wait_and_kill(start(path, log, URLS), log, moments.randint(2_000, 12_000))
    worker = start(path, log, URLS)
    assert worker.wait(timeout=60) == 0
    claimed, ended = logged(log, "claimed"), logged(log, "ended")
    assert len(claimed) == URLS
    assert sum(claimed.values()) - URLS <= KILLS * AT_ONCE
    assert set(ended) <= set(claimed)
    queue = HostQueue(path, now=1.0)
    counts = queue.counts(1.0)
    queue.close()
    assert (counts.queued, counts.in_flight, dict(counts.done)) == (0, 0, {"kept": URLS})


def test_a_job_that_runs_cannot_be_opened_by_another_process(tmp_path: Path) -> None:
    path = tmp_path / "frontier.db"
    queue = HostQueue(path, now=1.0)
    queue.put([Discovery("http://a.example/", "http://a.example/", "a.example:80")])
    other = subprocess.run(  # noqa: S603 (our own worker)
        [sys.executable, "-m", "tests.frontier.worker", str(path), str(tmp_path / "log"), "9"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    queue.close()
    assert other.returncode != 0
    assert "is being run by another process" in other.stderr


def test_two_openings_in_one_process_are_told_apart_too(tmp_path: Path) -> None:
    queue = HostQueue(tmp_path / "frontier.db", now=1.0)
    with pytest.raises(StorageError, match="another process: wait for it to end"):
        HostQueue(tmp_path / "frontier.db", now=1.0)
    queue.close()
    HostQueue(tmp_path / "frontier.db", now=1.0).close()
