"""Pages that hang, grow or crash cost their worker and nobody else anything."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from textwrap import dedent
from threading import Event

import pytest

from crawler.extract.pool import ExtractionError, ExtractionPool
from crawler.extract.worker import ADDRESS_SPACE, run
from tests.extract.test_text import PAGE, URL
from tests.shared import ROOT


@pytest.fixture
async def pool() -> AsyncIterator[ExtractionPool]:
    opened = ExtractionPool(workers=1, deadline=3)
    yield opened
    await opened.close()


async def read(pool: ExtractionPool, body: bytes = PAGE.encode(), profile: str = "fast") -> str:
    return (await pool.run(run, body, URL, profile, "")).text


def hang() -> None:
    Event().wait()


async def test_a_page_that_hangs_is_given_up_and_the_next_is_read(pool: ExtractionPool) -> None:
    with pytest.raises(ExtractionError, match="timeout: no result within 3 seconds"):
        await pool.run(hang)
    assert "the boats lay still" in await read(pool)


async def test_a_page_that_crashes_its_worker_fails_alone(pool: ExtractionPool) -> None:
    with pytest.raises(ExtractionError, match="died"):
        await pool.run(os.abort)
    assert "the boats lay still" in await read(pool)


async def test_a_page_that_wants_all_memory_fails_alone(pool: ExtractionPool) -> None:
    with pytest.raises(ExtractionError, match="MemoryError"):
        await pool.run(bytes, 2 * ADDRESS_SPACE)
    assert "the boats lay still" in await read(pool)


async def test_what_a_library_raises_is_the_failure_of_its_page(pool: ExtractionPool) -> None:
    with pytest.raises(ExtractionError, match="KeyError: 'no such profile'"):
        await read(pool, profile="no such profile")
    assert "the boats lay still" in await read(pool)


async def test_workers_that_are_killed_from_outside_are_replaced(pool: ExtractionPool) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        os.kill(await pool.run(os.getpid), number)
        assert "the boats lay still" in await read(pool)


@pytest.mark.parametrize("profile", ["accurate", "fast", "bulk"])
@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>" + b"<div>" * 200_000 + b"deep",
        b"<html><body><p " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">wide</p>",
        b'<html><body><p title="' + b"x" * 1_000_000 + b'">long</p>',
        b"<html><body>" + b"<table><tr><td>" * 20_000,
        b"<html><body>" + b"<a href='/x'><b><i>" * 50_000,
    ],
    ids=["deep", "wide", "long", "tables", "unclosed"],
)
async def test_hostile_pages_end_within_the_deadline(
    pool: ExtractionPool, body: bytes, profile: str
) -> None:
    try:
        await read(pool, body, profile)
    except ExtractionError as error:
        assert error.reason in {"timeout", "died", "RecursionError", "MemoryError"}  # noqa: PT017 (either way is right)
    assert "the boats lay still" in await read(pool)


async def test_many_pages_at_once_all_come_back(pool: ExtractionPool) -> None:
    bodies = [PAGE.replace("harbour", f"harbour{n}").encode() for n in range(30)]
    texts = await asyncio.gather(*(read(pool, body) for body in bodies))
    assert all(f"harbour{n}" in text for n, text in enumerate(texts))


INTERRUPTED = dedent(
    """
    import asyncio, os, signal
    from threading import Event
    from crawler.extract.pool import ExtractionPool

    def linger() -> str:
        os.write(1, b"under way\\n")
        Event().wait(1.5)
        return "finished"

    async def main() -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: None)
        pool = ExtractionPool(1, 30)
        print(await pool.run(linger), flush=True)
        await pool.close()

    if __name__ == "__main__":
        asyncio.run(main())
    """
)


def test_ctrl_c_lets_pages_under_way_end(tmp_path: Path) -> None:
    script = tmp_path / "crawl.py"
    script.write_text(INTERRUPTED, "utf-8")
    crawl = subprocess.Popen(  # noqa: S603 (our own script)
        [sys.executable, script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with crawl:
        assert crawl.stdout is not None
        assert crawl.stdout.readline() == "under way\n"
        os.killpg(crawl.pid, signal.SIGINT)
        assert crawl.stdout.readline() == "finished\n"
        assert crawl.wait() == 0
