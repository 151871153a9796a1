"""A machine that fails its operator: said in one sentence, with nothing lost and a way on."""

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.command import QUICK, Run, environment, heed, heed_under_way
from tests.crawls.corpus import Corpus
from tests.crawls.test_kills import HOSTS, PAGES_A_HOST, numbered
from tests.crawls.test_stops import Lane, reaches, routes
from tests.crawls.test_stops import words as lane_words
from tests.site import Site, served

pytestmark = pytest.mark.slow
DAY = 86_400
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system")


def words(sites: Sequence[Site], out: Path) -> tuple[str | Path, ...]:
    seeds = (f"{site.origin}/" for site in sites)
    return ("crawl", *seeds, "--out", out, "--job", "storage", "--json", *QUICK)


@contextmanager
def file_system(place: Path, size: str) -> Iterator[Path]:
    """A file system of its own, in memory."""
    place.mkdir()
    mounted = mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", place)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)  # noqa: S603, S607


def mount(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["mount", *words], capture_output=True, text=True, check=False)  # noqa: S603, S607


def assert_one_sentence(run: Run, *parts: str) -> None:
    """The run ended in exit code 2 and in one sentence that holds `parts`."""
    assert run.code == 2, run.err
    said = [line for line in run.err.splitlines() if line and " pages (" not in line]
    assert len(said) == 1, run.err
    assert said[0].startswith("heed: ")
    assert all(part in said[0] for part in parts), said


def assert_complete(sites: Sequence[Site], out: Path, run: Run) -> None:
    """After `run` everything was fetched and has one row."""
    assert run.code == 0, run.err
    corpus = Corpus(out)
    corpus.check()
    wanted = {f"{site.origin}/{number or ''}" for site in sites for number in range(PAGES_A_HOST)}
    assert Counter(row["url"] for row in corpus.rows()) == Counter(wanted)


@needs_root
@pytest.mark.parametrize("size", ["100k", "400k", "1m", "1300k"])
def test_a_full_disk_ends_the_crawl_and_room_lets_it_go_on(size: str, tmp_path: Path) -> None:
    with (
        served(*map(numbered, range(HOSTS))) as sites,
        file_system(tmp_path / "disk", size) as disk,
    ):
        out = disk / "out"
        assert_one_sentence(heed(*words(sites, out)), "run the same command again")
        assert mount("-o", "remount,size=100m", disk).returncode == 0
        assert_complete(sites, out, heed(*words(sites, out)))


def test_a_limit_of_file_size_ends_the_crawl_and_without_it_the_crawl_goes_on(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    with served(*map(numbered, range(HOSTS))) as sites:
        limited = [
            "sh",
            "-c",
            'ulimit -f 400; exec "$@"',
            "sh",
            sys.executable,
            "-m",
            "crawler.cli",
        ]
        done = subprocess.run(  # noqa: S603 (our own command)
            [*limited, *map(str, words(sites, out))],
            capture_output=True,
            text=True,
            env=environment(),
            check=False,
        )
        assert_one_sentence(Run(done.returncode, done.stdout, done.stderr), "again")
        assert_complete(sites, out, heed(*words(sites, out)))


@needs_root
def test_a_folder_that_may_only_be_read_is_told_of_before_anything_is_asked(
    tmp_path: Path,
) -> None:
    with served(*map(numbered, range(2))) as sites, file_system(tmp_path / "disk", "50m") as disk:
        out = disk / "out"
        started = heed(*words(sites, out), "--max-pages", "4")
        assert started.code == 0, started.err
        asked = sum(len(site.requests) for site in sites)
        assert mount("-o", "remount,ro", disk).returncode == 0
        assert_one_sentence(heed(*words(sites, out)), str(out))
        assert_one_sentence(heed(*words(sites, disk / "elsewhere")), "elsewhere")
        assert sum(len(site.requests) for site in sites) == asked
        assert mount("-o", "remount,rw", disk).returncode == 0
        assert_complete(sites, out, heed(*words(sites, out)))


@pytest.mark.parametrize(
    ("file", "change", "back"),
    [
        (
            "ledger.db",
            "UPDATE alembic_version SET version_num = '0099'",
            "UPDATE alembic_version SET version_num = '0001'",
        ),
        ("frontier-storage.db", "PRAGMA user_version = 99", "PRAGMA user_version = 1"),
    ],
)
def test_files_of_a_newer_heed_are_left_alone(
    file: str, change: str, back: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with served(*map(numbered, range(2))) as sites:
        assert heed(*words(sites, out), "--max-pages", "4").code == 0
        asked = sum(len(site.requests) for site in sites)
        execute(out / file, change)
        assert_one_sentence(heed(*words(sites, out)), file, "newer Heed")
        assert sum(len(site.requests) for site in sites) == asked
        execute(out / file, back)
        assert_complete(sites, out, heed(*words(sites, out)))


def execute(place: Path, statement: str) -> None:
    with closing(sqlite3.connect(place, isolation_level=None)) as database:
        database.execute(statement)


def test_a_second_process_on_a_job_is_turned_away_and_the_first_goes_on(tmp_path: Path) -> None:
    lane, out = Lane(), tmp_path / "out"
    with served(routes(lane)) as (site,):
        with heed_under_way(*lane_words(site, out)) as crawl:
            assert reaches(crawl, lane.reached)
            assert_one_sentence(heed(*lane_words(site, out)), "is being run by another process")
            lane.slow.set()
            _, said = crawl.communicate(timeout=120)
        assert crawl.returncode == 0, said
    corpus = Corpus(out)
    corpus.check()
    assert max(Counter(site.targets).values()) == 1
    assert max(Counter(row["url"] for row in corpus.rows()).values()) == 1


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_jumps_a_day_between_runs_loses_and_repeats_nothing(
    days: int, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with served(*map(numbered, range(2))) as sites:
        assert heed(*words(sites, out), "--max-pages", "7").code == 0
        again = heed(str(days * DAY), *words(sites, out), module="tests.crawls.shifted")
        assert_complete(sites, out, again)
        pages = Counter(
            site.origin + target
            for site in sites
            for target in site.targets
            if target == "/" or target[1:].isdecimal()
        )
    assert set(pages.values()) == {1}
