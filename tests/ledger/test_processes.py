"""Ledgers under several processes, and under processes that are killed while they write."""

import subprocess
import sys
from textwrap import dedent
from typing import IO

from sqlalchemy import func, select

from crawler.ledger.schema import bodies, observations, pages
from crawler.ledger.store import SqlLedger
from tests.shared import ROOT

ROUNDS = 40

WRITER = dedent(
    """
    import sys
    from datetime import timedelta
    from crawler.ledger.store import SqlLedger
    from tests.ledger.samples import ORIGIN, START, robots

    place, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    ledger = SqlLedger(place)
    for number in range(rounds):
        body = f"# {number}".encode()
        at = START + timedelta(seconds=number)
        ledger.record_site_file(f"{ORIGIN}/{name}", "/robots.txt", robots(body, at))
        ledger.first_seen(f"{ORIGIN}/{name}/{number}", START)
        ledger.first_seen(f"{ORIGIN}/shared/{number}", START)
        ledger.set_marks(name, {f"{name}-file": number + 1})
        ledger.commit()
        print(number, flush=True)
    """
)


def start_writer(place: str, name: str, rounds: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, place, name, str(rounds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 (our own script)


def test_two_processes_write_into_one_ledger(place: str) -> None:
    writers = [start_writer(place, name, ROUNDS) for name in ("first", "second")]
    assert [writer.wait() for writer in writers] == [0, 0]
    for writer in writers:
        close(writer.stdout)
    ledger = SqlLedger(place)
    with ledger.engine.connect() as connection:
        counted = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (observations, bodies, pages)
        ]
    assert counted == [2 * ROUNDS, ROUNDS, 3 * ROUNDS]
    assert [ledger.marks()[f"{name}-file"] for name in ("first", "second")] == [ROUNDS, ROUNDS]
    ledger.close()


def test_what_was_committed_before_a_kill_is_there_and_whole(place: str) -> None:
    committed = 0
    for kill in range(3):
        writer = start_writer(place, f"run-{kill}", 10_000)
        assert writer.stdout is not None
        for _ in range(5 + 7 * kill):
            committed = int(writer.stdout.readline()) + 1
        writer.kill()
        rest = writer.stdout.read().split()
        committed = int(rest[-1]) + 1 if rest else committed
        writer.wait()
        writer.stdout.close()
        ledger = SqlLedger(place)
        mark = ledger.marks()[f"run-{kill}-file"]
        state = ledger.site_file(f"https://site.example/run-{kill}", "/robots.txt")
        ledger.close()
        assert mark in (committed, committed + 1)
        assert state is not None
        assert state.latest.body == f"# {mark - 1}".encode(), "all of a commit or nothing"


def close(stream: IO[str] | None) -> None:
    if stream is not None:
        stream.close()
