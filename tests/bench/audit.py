"""How fast and how flat an audit is, on a fleet of loopback sites of every outcome.

Prints numbers, and ends in 1 where an outcome is not the one that its site was made for.
Run: python -m tests.bench.audit [SITES …]
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from os import wait4
from pathlib import Path

from crawler.ledger.opening import open_engine
from crawler.reports.queries import Selection, read_observed
from tests.cli.test_audit import QUICKLY
from tests.command import environment

SIZES = (500, 2_000, 8_000)


@contextmanager
def fleet(count: int, listed: Path) -> Iterator[None]:
    """`count` sites in a process of their own, whose list is in `listed`."""
    command = [sys.executable, "-m", "tests.fleet", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 (our own)
        assert process.stdout is not None
        listed.write_bytes(b"".join(iter(process.stdout.readline, b"\n")))
        try:
            yield
        finally:
            process.kill()


def measure(count: int, folder: Path) -> None:
    """Audit `count` sites once."""
    listed, ledger = folder / f"{count}.jsonl", folder / f"{count}.db"
    with fleet(count, listed):
        words = ["audit", "--sites", str(listed), "--ledger", str(ledger), "--json", *QUICKLY]
        began = time.perf_counter()
        with subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, "-m", "crawler.cli", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        ) as process:
            assert process.stdout is not None
            told = process.stdout.read()
            _, _, used = wait4(process.pid, 0)
            process.returncode = 0
    summary = json.loads(told)
    cpu = used.ru_utime + used.ru_stime
    print(
        f"{count:>6} sites  {summary['audited'] / summary['seconds']:7.1f} sites/s  "
        f"{time.perf_counter() - began:6.1f} s in all  {1000 * cpu / count:5.2f} ms CPU a site  "
        f"{used.ru_maxrss / 1024:6.0f} MiB at most  {summary['outcomes']}"
    )
    wrong = find_wrong(listed, ledger)
    if wrong:
        sys.exit(f"Of {count} sites {len(wrong)} ended otherwise than they should: {wrong[:5]}")
    print(f"{count:>6} sites  each ended in its outcome, and was asked once")


def find_wrong(listed: Path, ledger: Path) -> list[tuple[str, list[str]]]:
    """Sites and the outcomes of their robots.txt, where they are not the one expected."""
    found = defaultdict(list)
    for one in read_observed(open_engine(str(ledger)), Selection()):
        found[one.site].append(one.outcome.value)
    rows = map(json.loads, listed.read_text("utf-8").splitlines())
    expected = {
        row["site"].partition("://")[2]: row["category"].split(" ")[0].rstrip(",") for row in rows
    }
    return [(site, found[site]) for site, kind in expected.items() if found[site] != [kind]]


def main() -> None:
    """Measure each size."""
    with tempfile.TemporaryDirectory() as folder:
        for count in [int(word) for word in sys.argv[1:]] or SIZES:
            measure(count, Path(folder))


if __name__ == "__main__":
    main()
