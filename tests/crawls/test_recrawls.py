"""A second visit asks only for what changed, keeps only what is new, and says what it cost.

`HEED_FULL_BARS=1` runs the full bar: 500 pages, 10 of them changed.
"""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from tests.command import QUICK, Run, heed
from tests.crawls.corpus import Corpus
from tests.site import Answer, Routes, page, served, text

FULL = bool(os.environ.get("HEED_FULL_BARS"))
PAGES = 500 if FULL else 20
CHANGED = 10 if FULL else 2
WORDS = "The mill by the weir grinds when the river is high and sleeps when it is low. "
DAY = 86_400
OLD, NEW = "Mon, 02 Nov 2026 10:00:00 GMT", "Fri, 20 Nov 2026 10:00:00 GMT"


@dataclass
class Mill:
    """A site of pages, all linked from the first, some of which change once."""

    validator: str
    changed: frozenset[int] = field(default_factory=frozenset)

    def answer(self, target: str, asked: Mapping[str, str]) -> Answer:
        """Pages by number."""
        name = target.strip("/") or "0"
        if not name.isdecimal():
            return text("", 404)
        number = int(name)
        links = tuple(f"/{other}" for other in range(1, PAGES)) if number == 0 else ()
        told = "told anew" if number in self.changed else "as ever"
        # A text that differs by the page's own address alone would look like a soft error.
        own = sha256(name.encode()).hexdigest()
        words = f"{WORDS * 8} {own} of {self.validator}, {told}."
        found = page(f"Page {number}", words, links=links)
        return self._conditional(found, asked, new=number in self.changed)

    def _conditional(self, found: Answer, asked: Mapping[str, str], *, new: bool) -> Answer:
        tag = f'"{sha256(found.body).hexdigest()[:16]}"'
        field, value, condition = {
            "etag": ("ETag", tag, "if-none-match"),
            "last-modified": ("Last-Modified", NEW if new else OLD, "if-modified-since"),
            "nothing": ("X-Nothing", "", ""),
        }[self.validator]
        if asked.get(condition) == value:
            return Answer(b"", 304, ((field, value),))
        return Answer(found.body, 200, (*found.headers, (field, value)))


def routes(mill: Mill) -> Routes:
    return mill.answer


def revisits(corpus: Corpus) -> Counter[str]:
    return Counter(one.profile for one in corpus.held() if one.kind == "revisit")


def texts(corpus: Corpus) -> int:
    """How many pages were extracted and had a text."""
    found = 0
    for file in corpus.root.glob("crawl-data/*/segments/*/wet/*.warc.gz"):
        with file.open("rb") as stream:
            found += sum(1 for _ in ArchiveIterator(stream, record_types=WarcRecordType.conversion))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("validator", "profile"),
    [
        ("etag", "server-not-modified"),
        ("last-modified", "server-not-modified"),
        ("nothing", "identical-payload-digest"),
    ],
)
def test_a_recrawl_keeps_what_changed_and_notes_what_did_not(
    validator: str, profile: str, tmp_path: Path
) -> None:
    mill, corpus = Mill(validator), Corpus(tmp_path / "out")
    with served(routes(mill)) as (site,):
        words = ("crawl", site.origin, "--out", corpus.root, "--json", *QUICK)
        first = heed(*words, seconds=600)
        asked = len(site.requests)
        mill.changed = frozenset(range(3, 3 + CHANGED))
        second = heed(*words, "--recrawl", seconds=600)
        again = Counter(target for target in site.targets[asked:] if target[1:].isdecimal())
    assert (first.code, second.code) == (0, 0), second.err
    assert first.summary["rows_written"] == PAGES
    assert len(again) == again.total() == PAGES - 1
    assert second.summary["rows_written"] == CHANGED
    assert second.summary["rows_skipped"]["revisit"] == PAGES - CHANGED
    assert revisits(corpus) == {profile: PAGES - CHANGED}
    assert texts(corpus) == PAGES + CHANGED
    if validator != "nothing":
        assert second.summary["bytes"] < first.summary["bytes"]
    corpus.check()


@pytest.mark.slow
def test_a_job_that_is_run_again_fetches_what_is_due_again_and_nothing_else(tmp_path: Path) -> None:
    mill, corpus = Mill("etag"), Corpus(tmp_path / "out")
    with served(routes(mill)) as (site,):
        words = ("crawl", site.origin, "--out", corpus.root, "--json", *QUICK)
        runs = [heed(*words)]
        runs += [
            heed(str(days * DAY), *words, module="tests.crawls.shifted") for days in (6, 8, 7, 22)
        ]
    assert [run.code for run in runs] == [0] * 5, [run.err for run in runs]
    # First after a week, then, since nothing changed, after half as long again; a clock that is
    # put back makes nothing due.
    assert pages_fetched(runs) == [PAGES, 0, PAGES, 0, PAGES]
    corpus.check()


def pages_fetched(runs: list[Run]) -> list[int]:
    return [run.summary["pages_fetched"] for run in runs]
