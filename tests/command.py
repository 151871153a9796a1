"""The command `heed` as a user runs it, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOOPBACK = ("--allow-net", "127.0.0.0/8")
QUICK = (*LOOPBACK, "--delay", "0", "--linger", "0.5", "-s", "HEED_EXTRACT_WORKERS=1")


@dataclass(frozen=True, slots=True)
class Run:
    """How a run of the command ended."""

    code: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, Any]:
        """What `--json` printed."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def environment(**more: str) -> dict[str, str]:
    """The test's own environment without an operator's identity, and `more`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HEED_")}
    return {**kept, **more}


def heed(
    *words: str | Path,
    stdin: str = "",
    seconds: float = 120,
    module: str = "crawler.cli",
    **env: str,
) -> Run:
    """Run `heed` with `words` to its end; `module` is what is run of it."""
    done = subprocess.run(  # noqa: S603 (our own command, with words the tests chose)
        [sys.executable, "-m", module, *map(str, words)],
        input=stdin.encode(),
        capture_output=True,
        timeout=seconds,
        env=environment(**env),
        check=False,
    )
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


@contextmanager
def heed_under_way(
    *words: str | Path, module: str = "crawler.cli"
) -> Iterator[subprocess.Popen[str]]:
    """`heed` with `words` as it runs; it is killed where the block ends before it does."""
    process = subprocess.Popen(  # noqa: S603 (our own command, with words the tests chose)
        [sys.executable, "-m", module, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
