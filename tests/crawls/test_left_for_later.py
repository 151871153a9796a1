"""What a crawl leaves for later is listed, and how each answer was come by is on record."""

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator

from tests.command import QUICK, Run, heed
from tests.site import Answer, page, served, text

WORDS = "The pilot boat waits behind the breakwater until the light is green. " * 6
DEAD = "127.71.77.1:9"
"""Nobody listens there."""


def answer(target: str, _: Mapping[str, str]) -> Answer:
    """A page with a link to a redirect to a page that is not there."""
    if target == "/":
        return page("Harbour", WORDS, links=("/moved",))
    if target == "/moved":
        return Answer(b"", 302, (("Location", "/gone"),))
    return text("", 404)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Run, Path, str]]:
    """A crawl of a site and of a host that refuses every connection."""
    out = tmp_path_factory.mktemp("left") / "out"
    with served(answer) as (site,):
        dead = ("--allow-port", "9")
        run = heed("crawl", site.origin, f"http://{DEAD}/", "--out", out, "--json", *QUICK, *dead)
        yield run, out, site.origin


def test_a_host_whose_robots_txt_cannot_be_reached_is_listed_as_resting(
    crawl: tuple[Run, Path, str],
) -> None:
    run, *_ = crawl
    assert run.code == 0, run.err
    (resting,) = run.summary["resting"]
    assert resting["host"] == DEAD
    assert resting["reason"] == "robots.txt could not be read (connection)"


def metadata(out: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """URL and fields of each metadata record of redirects and errors."""
    for file in out.glob("crawl-data/*/segments/*/crawldiagnostics/*.warc.gz"):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False):
                if record.headers["WARC-Type"] == "metadata":
                    lines = record.reader.read().decode().split("\r\n")
                    fields = dict(line.split(": ", 1) for line in lines if line)
                    yield record.headers["WARC-Target-URI"], fields


def test_redirects_and_errors_are_on_record_with_their_way_and_decision(
    crawl: tuple[Run, Path, str],
) -> None:
    _, out, origin = crawl
    found = dict(metadata(out))
    ways = {url.removeprefix(origin): one["hopsFromSeed"] for url, one in found.items()}
    assert ways == {"/moved": "L", "/gone": "LR"}
    assert found[f"{origin}/gone"]["via"] == f"{origin}/moved"
    assert all('"crawl": "' in one["heed-states"] for one in found.values())


def test_a_corpus_without_rows_is_rechecked_to_no_removals(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with served({"/robots.txt": text("User-agent: *\nDisallow: /\n")}) as (site,):
        assert heed("crawl", site.origin, "--out", out, *QUICK).code == 0
    run = heed("recheck", out)
    assert run.code == 0, run.err
    assert "The corpus has no rows" in run.out
    (removals,) = out.glob("removals/*.jsonl.gz")
    assert gzip.decompress(removals.read_bytes()) == b""
    assert heed("recheck", out, "--json").summary["rows"] == 0
