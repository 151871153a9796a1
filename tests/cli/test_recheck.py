"""`heed recheck` as typed: exit codes, sentences, and what the summary says."""

import gzip
import json
import signal
from pathlib import Path

import pytest

from tests.command import LOOPBACK, QUICK, Run, heed, heed_under_way
from tests.crawls.test_stops import Lane, reaches, routes
from tests.curation.village import village
from tests.site import served

pytestmark = pytest.mark.slow

FIRST = 2100
AFRESH = ("--audit", *LOOPBACK, "--delay", "0")


def crawl(out: Path, *seeds: str) -> None:
    run = heed("crawl", *seeds, "--out", out, *QUICK)
    assert run.code == 0, run.err


def test_a_finding_is_exit_1_only_where_it_was_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with village(FIRST, "robots") as found:
        crawl(out, *found.seeds)
        assert heed("recheck", out, "--fail-on-removals").code == 0
        found.close()
        plain = heed("recheck", out, *AFRESH, "--json")
        assert heed("recheck", out, "--fail-on-removals").code == 1
    assert plain.code == 0, plain.err
    assert plain.summary["rows"] == plain.summary["removed"] == 4
    assert plain.summary["by_signal"] == {"robots": 4}
    assert plain.summary["removals"].startswith("removals/20")
    # Where robots.txt refuses everything nothing else is asked for.
    assert plain.summary["pages_asked"] == 0


def test_pages_are_asked_for_in_the_crawls_own_name(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with village(FIRST + 20, "open") as found:
        run = heed("crawl", *found.seeds, "--out", out, *QUICK, "--product-token", "Testbot")
        assert run.code == 0, run.err
        before = len(found.houses["open"].asked)
        assert heed("recheck", out, *AFRESH).code == 0
        agents = found.houses["open"].asked[before:]
    assert agents
    assert all(agent.startswith("Testbot/") for agent in agents)


def test_a_corpus_that_is_none_is_named(tmp_path: Path) -> None:
    assert_sentence(heed("recheck", tmp_path / "nowhere"), str(tmp_path / "nowhere"))
    assert_sentence(heed("recheck", tmp_path), "is no corpus")


def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    rows(tmp_path, b"")
    assert_sentence(heed("recheck", tmp_path, "--ledger", tmp_path / "no.db"), "no.db")
    assert not (tmp_path / "no.db").exists()


@pytest.mark.parametrize(
    ("line", "where"),
    [(b"no row\n", "line 1"), (b"{}\n", "line 1"), (b"[]\n", "line 1"), (b"\xff\n", "line 1")],
)
def test_a_line_that_is_no_row_is_named(line: bytes, where: str, tmp_path: Path) -> None:
    rows(tmp_path, line)
    heed("import", tmp_path, "--ledger", tmp_path / "ledger.db")
    assert_sentence(heed("recheck", tmp_path), where)
    assert not list(tmp_path.glob("removals/*"))


def test_a_file_that_was_torn_is_named(tmp_path: Path) -> None:
    rows(tmp_path, b'{"id": 1}\n' * 100)
    file = next(tmp_path.glob("documents/*/*"))
    file.write_bytes(file.read_bytes()[:-12])
    heed("import", tmp_path, "--ledger", tmp_path / "ledger.db")
    assert_sentence(heed("recheck", tmp_path), file.name)


def test_beyond_loopback_asking_afresh_needs_a_contact(tmp_path: Path) -> None:
    metadata = {"rights_decision": "unknown", "rights_policy": "strict/1"}
    row = {"id": "a", "url": "http://site.example/", "text": "a", "date": "2026-01-01T00:00:00Z"}
    line = json.dumps({**row, "file_path": "none", "metadata": metadata})
    rows(tmp_path, line.encode() + b"\n")
    heed("import", tmp_path, "--ledger", tmp_path / "ledger.db")
    assert_sentence(heed("recheck", tmp_path, "--audit"), "contact")


def rows(root: Path, content: bytes) -> None:
    folder = root / "documents" / "C"
    folder.mkdir(parents=True)
    (folder / "C-00000.jsonl.gz").write_bytes(gzip.compress(content))


def assert_sentence(run: Run, named: str) -> None:
    assert run.code == 2
    assert named in run.err
    assert run.err.startswith("heed: ")
    assert run.err.count("\n") == 1


def test_who_interrupts_a_recheck_is_told_that_it_can_be_run_again(tmp_path: Path) -> None:
    lane, out = Lane(), tmp_path / "out"
    lane.slow.set()
    with served(routes(lane)) as (site,):
        crawl(out, site.origin)
        lane.slow.clear()
        lane.reached.clear()
        with heed_under_way("recheck", out, *AFRESH) as recheck:
            assert reaches(recheck, lane.reached)
            recheck.send_signal(signal.SIGINT)
            printed, said = recheck.communicate(timeout=60)
            lane.slow.set()
    assert (recheck.returncode, printed) == (130, "")
    (sentence,) = said.splitlines()
    assert sentence.startswith("heed: The recheck was ended before all rows were judged")
    assert "run the same command again" in sentence
    assert not list(out.glob("removals/*"))
