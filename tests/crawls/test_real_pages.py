"""Real pages, crawled from real servers: kept byte for byte, or refused for words that they say."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.checker import Checker

from tests.command import QUICK, Run, heed
from tests.shared import SHARED, needs_shared
from tests.site import Answer, served

pytestmark = pytest.mark.slow

PAGES = SHARED / "data" / "pages"
PAGES_A_SITE = 3
REFUSED = {
    "aeb/042bb7b5fedab6eac7db576522b89b93904c237d344bcbe14a6a5ab7f7335856": b"noarchive,noodp",
    "aeb/702d1da63b8e064cb70617620e45c2d116b4912c9bc9d518dcf5ce54bb8057ed": b"noarchive",
    "aeb/7ab16ade32386ece353b8d31fc3bb7e660189efd5bf3c8549aaba101ad3f5ef5": b"noarchive,noodp",
    "wcxb/4078": b"max-image-preview:large, noarchive",
}
"""Pages that refuse to be archived, by the words they say it with (everybody's, not a peer's)."""

WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Crawl:
    """The crawl of all pages: what was served where, and what came of it."""

    run: Run
    out: Path
    files: dict[str, str]
    bodies: dict[str, bytes]
    """The page's file and body by URL."""

    def rows(self) -> Iterator[dict[str, Any]]:
        for file in self.out.glob("documents/*/*.jsonl.gz"):
            with gzip.open(file, "rb") as lines:
                yield from map(json.loads, lines)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    out = tmp_path_factory.mktemp("real") / "out"
    names = sorted(path.relative_to(PAGES) for path in PAGES.glob("*/*.html.gz"))
    groups = [names[at : at + PAGES_A_SITE] for at in range(0, len(names), PAGES_A_SITE)]
    html = (("Content-Type", "text/html"),)
    routes = [
        {
            f"/{name}": Answer(gzip.decompress((PAGES / name).read_bytes()), 200, html)
            for name in group
        }
        for group in groups
    ]
    with served(*routes) as sites:
        bodies = {
            site.origin + target: answer.body
            for site, answers in zip(sites, routes, strict=True)
            for target, answer in answers.items()
        }
        files = {url: url.split("/", 3)[3].removesuffix(".html.gz") for url in bodies}
        seeds = out.parent / "seeds.txt"
        seeds.write_text("\n".join(bodies) + "\n")
        run = heed(
            "crawl", "--seeds", seeds, "--out", out, "--scope", "seeds", "--use", "archive",
            "--profile", "literal", "--json", *QUICK, "-s", "HEED_EXTRACT_WORKERS=0", seconds=400,
        )  # fmt: skip
    return Crawl(run, out, files, bodies)


@needs_shared
def test_every_page_is_kept_or_refused_for_words_that_stand_in_it(crawl: Crawl) -> None:
    assert crawl.run.code == 0, crawl.run.err
    kept = set(_payloads(crawl.out))
    refused = {crawl.files[url] for url in crawl.bodies if url not in kept}
    assert refused == set(REFUSED)
    assert crawl.run.summary["refused"] == {"robots_meta": len(REFUSED)}
    for url, body in crawl.bodies.items():
        if crawl.files[url] in REFUSED:
            assert REFUSED[crawl.files[url]] in body


@needs_shared
def test_every_kept_page_is_in_the_warc_byte_for_byte(crawl: Crawl) -> None:
    payloads = _payloads(crawl.out)
    assert len(payloads) == len(crawl.bodies) - len(REFUSED)
    assert all(payload == crawl.bodies[url] for url, payload in payloads.items())


@needs_shared
def test_every_kept_page_has_one_row_that_points_at_its_record(crawl: Crawl) -> None:
    rows = list(crawl.rows())
    counts = Counter(row["url"] for row in rows)
    summary = crawl.run.summary
    assert max(counts.values()) == 1
    assert len(rows) + sum(summary["rows_skipped"].values()) == summary["pages_kept"]
    for row in rows:
        warc = (crawl.out / row["file_path"]).read_bytes()
        offset, length = row["metadata"]["warc_offset"], row["metadata"]["warc_length"]
        record = gzip.decompress(warc[offset : offset + length])
        assert f"WARC-Record-ID: {row['id']}".encode() in record
        assert record.rstrip(b"\r\n").endswith(crawl.bodies[row["url"]].rstrip(b"\r\n"))


@needs_shared
def test_the_warcs_pass_the_checkers(crawl: Crawl) -> None:
    warcs = sorted(crawl.out.rglob("*.warc.gz"))
    assert warcs
    assert Checker(_CheckerArguments([str(warc) for warc in warcs])).process_all() == 0
    for warc in warcs:
        with warc.open("rb") as stream:
            records = ArchiveIterator(stream, parse_http=False)
            assert all(record.verify_block_digest() for record in records)


@needs_shared
def test_the_text_scores_as_well_as_the_extractor_can(crawl: Crawl) -> None:
    gold = {
        line["file"].removesuffix(".html.gz"): line["gold_text"]
        for line in map(json.loads, (PAGES / "gold.jsonl").read_bytes().splitlines())
    }
    texts = {crawl.files[row["url"]]: row["text"] for row in crawl.rows()}
    scores: dict[str, list[float]] = {"aeb": [], "wcxb": []}
    for name in set(crawl.files.values()) - set(REFUSED):
        kind = name.split("/")[0]
        bag = _shingles if kind == "aeb" else _words
        scores[kind].append(_f1(bag(texts.get(name, "")), bag(gold[name])))
    assert mean(scores["aeb"]) >= 0.945
    assert mean(scores["wcxb"]) >= 0.855


@dataclass(frozen=True)
class _CheckerArguments:
    inputs: list[str]
    verbose: bool = False


def _payloads(out: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for warc in out.glob("crawl-data/*/segments/*/warc/*.warc.gz"):
        with warc.open("rb") as stream:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
                url = record.headers["WARC-Target-URI"]
                assert url not in found
                found[url] = record.reader.read()
    return found


def _words(text: str) -> Counter[Any]:
    return Counter(WORD.findall(text.lower()))


def _shingles(text: str) -> Counter[Any]:
    words = WORD.findall(text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(len(words) - 3, 1)))


def _f1(found: Counter[Any], wanted: Counter[Any]) -> float:
    shared = (found & wanted).total()
    if not shared:
        return 1.0 if not found and not wanted else 0.0
    precision, recall = shared / found.total(), shared / wanted.total()
    return 2 * precision * recall / (precision + recall)
