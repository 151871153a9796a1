"""`heed verify` beside a job at work, after its kill, and once it came to its end."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from crawler.corpus.faults import Fault
from crawler.corpus.verification import Counts, verify
from tests.command import LOOPBACK, environment, heed
from tests.site import Answer, page, served, text

PAGES = 60
LOOKS = 8
WORDS = "The night ferry carries mail, bicycles and a dozen sleepy passengers across the sound. "


def answer(target: str, _: Mapping[str, str]) -> Answer:
    """Pages that the first one links, each with a text of its own."""
    name = target.removeprefix("/")
    if name and not name.isdecimal():
        return text("", 404)
    links = tuple(f"/{number}" for number in range(PAGES)) if not name else ()
    return page(f"Crossing {name}", *(f"{WORDS} {name}, {part}." for part in range(4)), links=links)


@contextmanager
def running(words: tuple[str | Path, ...]) -> Iterator[subprocess.Popen[bytes]]:
    """A crawl at work, killed after the block."""
    command = [sys.executable, "-m", "crawler.cli", *map(str, words), "--delay", "0.5"]
    job = subprocess.Popen(  # noqa: S603 (our own command)
        command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield job
        assert job.poll() is None, "it was to be killed at work"
    finally:
        job.kill()
        job.wait()


def looked_at(out: Path) -> list[Fault]:
    return list(verify(str(out), Counts(), running=True))


def test_a_job_at_work_is_no_fault_nor_is_its_kill_and_its_end_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with served(answer) as (site,):
        words = (
            "crawl", f"{site.origin}/", "--out", out, "--job", "one", "--linger", "0.5",
            "-s", "HEED_ROLL_SECONDS=1", *LOOPBACK,
        )  # fmt: skip
        seen: list[Fault] = []
        with running(words) as job:
            while not any(out.glob("documents/*/*.jsonl.gz")) and job.poll() is None:
                Event().wait(0.05)
            for _ in range(LOOKS):
                seen += looked_at(out)
                Event().wait(0.1)
        seen += looked_at(out)
        assert seen
        assert [str(fault) for fault in seen if not fault.incomplete] == []
        assert heed("verify", out, "--running").code == 0
        left = heed("verify", out)
        assert left.code == 1
        assert left.out.startswith("incomplete: ")
        assert heed(*words, "--delay", "0").code == 0
    run = heed("verify", out, "--json")
    assert run.code == 0, run.out
    assert run.summary["rows"] == PAGES + 1
