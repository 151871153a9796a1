"""Pages built to hang or blow up the extractor, in a whole crawl: each costs its own text only."""

import gzip
import json
from pathlib import Path

import pytest

from tests.command import QUICK, Run, heed
from tests.site import Answer, page, served

pytestmark = pytest.mark.slow

SIZE = 4_000_000
WORDS = b"a line of text that is long enough to be kept, says the page, and goes on for a while"
HOSTILE = {
    "/paragraphs": b"<html><body>" + b"".join(
        b"<p>%d %s</p>" % (at, WORDS) for at in range(SIZE // 100)
    ),
    "/nested": b"<html><body>" + b"<ul><li>an item of a list " * (SIZE // 26),
    "/one-line": b"<html><body><p>" + b"word " * (SIZE // 5),
    "/attributes": b"<html><body><p " + b" ".join(b"a%d=1" % at for at in range(SIZE // 9)) + b">w",
    "/entities": b"<html><body><p>" + b"&amp;&lt;&#x20;&NotGreaterFullEqual; " * (SIZE // 36),
}  # fmt: skip
SURE = "/attributes"
"""The parser compares each of its 400,000 attributes with all before: minutes on any machine."""
ORDINARY = 12


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, dict[str, str]]:
    """The run, and the text of every row by path."""
    out = tmp_path_factory.mktemp("hostile") / "out"
    bad = {path: Answer(body) for path, body in HOSTILE.items()}
    good = {
        f"/{at}": page(f"Story {at}", f"The harbour wakes early, day {at}. " * 20)
        for at in range(ORDINARY)
    }
    with served(bad, good) as (hostile, ordinary):
        seeds = [hostile.origin + path for path in bad] + [ordinary.origin + path for path in good]
        run = heed(
            "crawl", *seeds, "--out", out, "--scope", "seeds", "--json", *QUICK,
            "-s", "HEED_EXTRACT_DEADLINE=2", "-s", "HEED_EXTRACT_WORKERS=2", seconds=300,
        )  # fmt: skip
    texts = {}
    for file in out.glob("documents/*/*.jsonl.gz"):
        for line in gzip.decompress(file.read_bytes()).splitlines():
            row = json.loads(line)
            texts["/" + row["url"].rsplit("/", 1)[1]] = row["text"]
    _forget(out)
    return run, texts


def _forget(out: Path) -> None:
    for file in out.rglob("*.warc.gz"):
        file.unlink()


def test_a_page_that_takes_too_long_is_kept_and_recorded_without_a_text(
    crawl: tuple[Run, dict[str, str]],
) -> None:
    run, texts = crawl
    assert run.code == 0, run.err
    assert run.summary["pages_kept"] == len(HOSTILE) + ORDINARY
    assert SURE not in texts
    skipped = run.summary["rows_skipped"]
    assert skipped["extraction_failed"] >= 1
    assert len(texts) + sum(skipped.values()) == run.summary["pages_kept"]


def test_no_other_page_loses_its_text(crawl: tuple[Run, dict[str, str]]) -> None:
    _, texts = crawl
    for at in range(ORDINARY):
        assert f"The harbour wakes early, day {at}." in texts[f"/{at}"]
