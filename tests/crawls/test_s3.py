"""Whole crawls into a bucket on a real S3 server, which goes away, comes back, or says no."""

import io
import re
import threading
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from crawler.stores.opening import open_tree
from tests.command import QUICK, Run, heed, heed_under_way
from tests.site import Answer, Site, page, served, text
from tests.stores.servers import (
    free_port,
    make_bucket,
    moto,
    objects,
    rclone,
    speak_to,
)

pytestmark = pytest.mark.slow

PAGES = 18
GATES = (6, 12)
WORDS = "The ferry leaves when the tide has turned and the last crate is aboard. "


class Gated:
    """A chain of pages; some wait until the test lets them go."""

    def __init__(self) -> None:
        self.reached = {number: threading.Event() for number in GATES}
        self.open = {number: threading.Event() for number in GATES}

    def answer(self, target: str, _: Mapping[str, str]) -> Answer:
        """Page by number."""
        name = target.strip("/") or "0"
        if not name.isdecimal():
            return text("", 404)
        number = int(name)
        if number in GATES:
            self.reached[number].set()
            self.open[number].wait(60)
        after = (f"/{number + 1}",) if number + 1 < PAGES else ()
        return page(f"Page {number}", WORDS * 3 + f"number {number}", links=after)

    def let_all_go(self) -> None:
        """From now on nothing waits."""
        for gate in self.open.values():
            gate.set()


def words(site: Site, target: str, here: Path, *more: str) -> tuple[str | Path, ...]:
    rolling = ("-s", "HEED_ROLL_SECONDS=0.5")
    return (
        "crawl", f"{site.origin}/", "--out", target, "--ledger", here / "ledger.db",
        "--job", "s3", "--name", "C", "--json", *QUICK, *rolling, *more,
    )  # fmt: skip


def is_whole(target: str) -> bool:
    run = heed("verify", target, "--json")
    if run.code:
        print(run.out, run.err)  # noqa: T201 (for whoever reads the failure)
    return run.code == 0 and run.summary["rows"] == PAGES


def assert_one_sentence(run: Run, *parts: str) -> None:
    said = [line for line in run.err.splitlines() if line and " pages (" not in line]
    assert run.code == 2, run.err
    assert len(said) == 1, run.err
    assert all(part in said[0] for part in parts), said


def nothing_waits(here: Path) -> bool:
    """Whether the spool has given everything away."""
    spool = here / "spool"
    return not [one for one in spool.rglob("*") if one.is_file() and one.stat().st_size]


def test_a_crawl_into_a_bucket_that_goes_away_and_comes_back_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated, port, disk = Gated(), free_port(), tmp_path / "disk"
    disk.mkdir()
    speak_to(f"http://127.0.0.1:{port}", monkeypatch)
    target = "s3://corpora/of/ours"
    with served(gated.answer) as (site,), ExitStack() as second:
        with ExitStack() as first:
            first.enter_context(rclone(disk, port))
            make_bucket("corpora")
            crawl = second.enter_context(heed_under_way(*words(site, target, tmp_path)))
            assert gated.reached[GATES[0]].wait(60)
        gated.open[GATES[0]].set()  # the server was killed just now
        assert gated.reached[GATES[1]].wait(60)
        second.enter_context(rclone(disk, port))
        gated.let_all_go()
        out, said = crawl.communicate(timeout=90)
        assert crawl.returncode == 0, said
        assert f'"rows_written": {PAGES}' in out
        assert is_whole(target)
        assert nothing_waits(tmp_path)


def test_a_killed_crawl_goes_on_into_the_same_bucket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated = Gated()
    with served(gated.answer) as (site,), moto() as url:
        speak_to(url, monkeypatch)
        make_bucket("corpora")
        given = words(site, "s3://corpora", tmp_path)
        with heed_under_way(*given) as crawl:
            assert gated.reached[GATES[0]].wait(60)
            crawl.kill()
        gated.let_all_go()
        run = heed(*given)
        assert run.code == 0, run.err
        assert is_whole("s3://corpora")
        assert nothing_waits(tmp_path)
        assert any(path.startswith("crawl-data/C/") for path in objects("corpora"))


def test_damage_in_a_bucket_is_found_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gated = Gated()
    gated.let_all_go()
    with served(gated.answer) as (site,), moto() as url:
        speak_to(url, monkeypatch)
        make_bucket("corpora")
        target = "s3://corpora/x"
        theirs = b"# A bucket of ours\n"
        store = open_tree(target)
        store.put(theirs, "README.md")
        store.put(b"not of a corpus", "notes.txt")
        crawl = heed(*words(site, target, tmp_path, "--wacz"))
        assert crawl.code == 0, crawl.err
        packed = store.read(crawl.summary["wacz"])
        assert packed is not None
        with zipfile.ZipFile(io.BytesIO(packed)) as wacz:
            assert wacz.testzip() is None
            pages = wacz.read("pages/pages.jsonl").splitlines()
        assert len(pages) == 1 + PAGES
        assert is_whole(target)
        assert (store.read("README.md") or b"").endswith(theirs)
        assert store.read("notes.txt") == b"not of a corpus"
        assert heed("export", target, "--parquet-index", "--wacz").code == 0
        assert is_whole(target)
        victim = next(key for key in store.list("crawl-data/") if "/wet/" in key)
        content = bytearray(store.read(victim) or b"")
        content[len(content) // 2] ^= 4
        store.put(bytes(content), victim)
        run = heed("verify", target)
        assert run.code == 1
        assert victim in run.out


def test_what_a_store_will_never_take_ends_the_crawl_before_a_page_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated, disk = Gated(), tmp_path / "disk"
    disk.mkdir()
    with served(gated.answer) as (site,), rclone(disk) as url:
        speak_to(url, monkeypatch)
        absent = heed(*words(site, "s3://absent/x", tmp_path / "1"))
        assert_one_sentence(absent, "absent", "there is no such bucket", "make it")
        make_bucket("corpora")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        wrong = heed(*words(site, "s3://corpora/x", tmp_path / "2"))
        assert_one_sentence(wrong, "corpora", "credentials")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        none = heed(*words(site, "s3://corpora/x", tmp_path / "3"))
        assert_one_sentence(none, "corpora", "credentials")
        assert_one_sentence(heed("verify", "s3://corpora/x"), "corpora", "credentials")
        assert site.requests == []


def test_a_full_spool_ends_the_crawl_in_order_and_the_next_run_publishes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated, port, disk = Gated(), free_port(), tmp_path / "disk"
    gated.let_all_go()
    disk.mkdir()
    speak_to(f"http://127.0.0.1:{port}", monkeypatch)
    with served(gated.answer) as (site,):
        given = words(site, "s3://corpora/x", tmp_path)
        full = heed(*given, "-s", "HEED_SPOOL_LIMIT=1")
        assert full.code == 2
        last = [line for line in full.err.splitlines() if line.startswith("heed: ")]
        assert len(last) == 1
        assert re.search(r"\d+ bytes wait in .*HEED_SPOOL_LIMIT .*run the same command", last[0])
        assert "Traceback" not in full.err
        with rclone(disk, port):
            make_bucket("corpora")
            again = heed(*given)
            assert again.code == 0, again.err
            assert is_whole("s3://corpora/x")
            assert nothing_waits(tmp_path)
