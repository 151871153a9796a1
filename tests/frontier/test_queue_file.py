"""What an operator is told of a queue that cannot be used."""

import sqlite3
from pathlib import Path

import pytest

from crawler.errors import StorageError
from crawler.frontier.protocol import Discovery
from crawler.frontier.queue import HostQueue


def filled(place: Path) -> Path:
    queue = HostQueue(place, now=1.0)
    urls = [f"http://a.example/{number}" for number in range(2000)]
    queue.put(Discovery(url, url, "a.example:80") for url in urls)
    queue.close()
    return place


def test_a_damaged_file_is_told_from_a_full_disk(tmp_path: Path) -> None:
    place = filled(tmp_path / "frontier.db")
    place.write_bytes(place.read_bytes()[:20_000] + b"\xa5" * 100_000)
    with pytest.raises(StorageError, match="the file is damaged: start the job anew with --fresh"):
        HostQueue(place, now=2.0).claim(1, 2.0)


def test_a_file_that_another_program_holds_is_said_to_be_held(tmp_path: Path) -> None:
    place = filled(tmp_path / "frontier.db")
    other = sqlite3.connect(place, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match="close the program that has it open"):
            HostQueue(place, now=2.0)
    finally:
        other.close()
