"""What a command costs: seconds, processor time and memory of its whole tree of processes.

A crawl works in several processes, some of which outlive their parent (a fork server does). Linux
hands such orphans to a subreaper, so this process makes itself one, waits for them all and only
then asks what they took. Run: python -m crawler.bench.meter FILE COMMAND…; FILE gets the cost.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from crawler.clock import SystemClock

_SET_CHILD_SUBREAPER: Final = 36
_EVERY: Final = 0.25
"""Seconds between two looks at memory."""


class PeakMemory(threading.Thread):
    """Looks at the tree below this process until it is told to stop; `peak` is in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_EVERY):
            self.peak = max(self.peak, sum(map(proportional_memory, descendants(os.getpid()))))

    def stop(self) -> int:
        """The most that was seen at once."""
        self._over.set()
        self.join()
        return self.peak


def descendants(parent: int) -> Iterator[int]:
    """Processes below `parent`."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            below.setdefault(int(fields[1]), []).append(int(entry.name))
    waiting = [parent]
    while waiting:
        found = below.get(waiting.pop(), [])
        waiting += found
        yield from found


def _stat(process: int) -> list[str]:
    """The fields after the name of a process: the state, the parent and so on."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def cpu_seconds(process: int) -> float:
    """Processor time of one process that is still running."""
    fields = _stat(process)
    ticks = sum(map(int, fields[11:13])) if fields else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def proportional_memory(process: int) -> int:
    """Bytes of memory that a process holds; what it shares with others counts in part."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def measure(command: list[str]) -> dict[str, float]:
    """Run `command` and wait for all that it started; `code` is its exit code."""
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    memory, clock = PeakMemory(), SystemClock()
    memory.start()
    began = clock.now()
    with subprocess.Popen(command) as process:  # noqa: S603 (the bench's own commands)
        code = process.wait()
    took = clock.now() - began
    _wait_for_orphans()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "code": code,
        "seconds": took,
        "user": used.ru_utime,
        "system": used.ru_stime,
        "peak": memory.stop(),
    }


def _wait_for_orphans() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def main() -> None:
    """Measure the command, and end as it ended."""
    place, *command = sys.argv[1:]
    cost = measure(command)
    Path(place).write_text(json.dumps(cost), encoding="utf-8")
    sys.exit(int(cost["code"]))


if __name__ == "__main__":
    main()
