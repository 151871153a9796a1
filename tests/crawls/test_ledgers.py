"""Ledgers and frontiers that are busy, lost, damaged or another's: said, and nothing doubled."""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.command import heed, heed_under_way
from tests.crawls.corpus import Corpus
from tests.crawls.test_kills import HOSTS, numbered
from tests.crawls.test_stops import PAGES, Lane, reaches
from tests.crawls.test_stops import words as lane_words
from tests.crawls.test_storage import assert_complete, assert_one_sentence, words
from tests.site import served

pytestmark = pytest.mark.slow
FEW = 3
assert FEW < HOSTS


@pytest.mark.parametrize("patience", [2.0, 60.0])
def test_a_crawl_says_that_its_ledger_is_busy_and_waits_but_not_for_ever(
    patience: float, tmp_path: Path
) -> None:
    lane, out = Lane(), tmp_path / "out"
    with served(lane.answer) as (site,):
        with heed_under_way(
            str(patience), *lane_words(site, out), module="tests.crawls.impatient"
        ) as crawl:
            assert reaches(crawl, lane.reached)
            with closing(sqlite3.connect(out / "ledger.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                lane.slow.set()
                assert crawl.stderr is not None
                said = next(line for line in crawl.stderr if "The crawl waits for it" in line)
                if patience < 60:
                    crawl.wait(timeout=60)
                other.execute("ROLLBACK")
            _, rest = crawl.communicate(timeout=120)
        assert "ledger.db is held by another process" in said
        assert crawl.returncode == (2 if patience < 60 else 0), rest
        if patience < 60:
            (last,) = [line for line in rest.splitlines() if line.startswith("heed: ")]
            assert "ledger.db is held by another process for too long" in last
            assert heed(*lane_words(site, out)).code == 0
    corpus = Corpus(out)
    corpus.check()
    rows = Counter(row["url"] for row in corpus.rows())
    assert len(rows) == PAGES + 1
    assert max(rows.values()) == 1


def test_a_corpus_is_written_with_its_own_ledger_only(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with served(*map(numbered, range(FEW))) as sites:
        assert heed(*words(sites, out), "--max-pages", "9").code == 0
        asked = sum(len(site.requests) for site in sites)
        other = heed(*words(sites, out), "--ledger", tmp_path / "other" / "ledger.db")
        assert_one_sentence(other, "another ledger", str(out), "--ledger")
        assert sum(len(site.requests) for site in sites) == asked
        moved = tmp_path / "moved"
        out.rename(moved)
        assert_complete(sites, moved, heed(*words(sites, moved)))


def test_a_job_keeps_its_pages_in_one_corpus(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    ledger = ("--ledger", tmp_path / "ledger.db")
    with served(*map(numbered, range(FEW))) as sites:
        assert heed(*words(sites, first), *ledger).code == 0
        asked = sum(len(site.requests) for site in sites)
        for more in ((), ("--recrawl",), ("--fresh",)):
            other = heed(*words(sites, second), *ledger, *more)
            assert_one_sentence(other, str(first), str(second), "--job")
        assert sum(len(site.requests) for site in sites) == asked
        first.rename(tmp_path / "moved")
        again = heed(*words(sites, tmp_path / "moved"), *ledger, "--recrawl")
        assert (again.code, heed("verify", tmp_path / "moved").code) == (0, 0), again.err
        assert heed(*words(sites, second), *ledger, "--job", "another").code == 0
    assert len([*Corpus(second).rows()]) == len([*Corpus(tmp_path / "moved").rows()])
    assert heed("verify", second).code == 0


def test_a_job_with_nothing_due_says_so(tmp_path: Path) -> None:
    with served(numbered(0)) as sites:
        said = [word for word in words(sites, tmp_path / "out") if word != "--json"]
        assert "written below" in heed(*said).out
        again = heed(*said)
    assert (again.code, "nothing was due: job storage" in again.out) == (0, True), again.out


def test_a_lost_frontier_is_told_of_and_its_pages_get_no_second_row(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with served(*map(numbered, range(FEW))) as sites:
        assert heed(*words(sites, out)).code == 0
        for file in out.glob("frontier-*"):
            file.unlink()
        again = heed(*words(sites, out))
        assert "The frontier of job storage is gone" in again.err
        assert again.summary["rows_written"] == 0
        assert_complete(sites, out, again)
        fresh = heed(*words(sites, out), "--fresh")
        assert "is gone" not in fresh.err
        assert_complete(sites, out, fresh)


@pytest.mark.parametrize("damage", ["cut", "overwritten"])
def test_a_damaged_frontier_is_told_of_and_left_as_it_is(damage: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with served(*map(numbered, range(FEW))) as sites:
        assert heed(*words(sites, out), "--max-pages", "9").code == 0
        file = out / "frontier-storage.db"
        whole = file.read_bytes()
        spoilt = whole[:5000] if damage == "cut" else whole[:100] + bytes(len(whole) - 100)
        file.write_bytes(spoilt)
        asked = sum(len(site.requests) for site in sites)
        assert_one_sentence(heed(*words(sites, out)), file.name, "--fresh")
        assert sum(len(site.requests) for site in sites) == asked
        assert_complete(sites, out, heed(*words(sites, out), "--fresh"))


def test_a_damaged_ledger_is_told_of_before_anything_is_asked(tmp_path: Path) -> None:
    out, kept = tmp_path / "out", tmp_path / "kept"
    with served(*map(numbered, range(FEW))) as sites:
        assert heed(*words(sites, out), "--max-pages", "9").code == 0
        shutil.copytree(out, kept)
        ledger = out / "ledger.db"
        ledger.write_bytes(ledger.read_bytes()[:6000])
        asked = sum(len(site.requests) for site in sites)
        assert_one_sentence(heed(*words(sites, out)), "ledger.db", "damaged")
        assert sum(len(site.requests) for site in sites) == asked
        assert_complete(sites, kept, heed(*words(sites, kept)))
