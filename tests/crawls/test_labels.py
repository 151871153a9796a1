"""What pages say of their licence and of AI in their making, and who read them, in the rows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from crawler.extract.text import EXTRACTORS
from tests.capture.reading import read_records
from tests.command import QUICK, heed
from tests.crawls.corpus import Corpus
from tests.site import Answer, page, served

DEED = "https://creativecommons.org/licenses/by-sa/4.0/deed.de"
WORDS = (
    "The harbour master keeps a ledger of every boat that has ever wintered in the inner basin.",
    "Its pages smell of tar, and its oldest entry is a barge that carried salt and lamp oil.",
    "Nobody remembers who began it, but everybody signs it when the ice comes in December.",
) * 3
HEADS = {
    "/": "",
    "/licensed": f'<link rel="license" href="{DEED}">',
    "/generated": '<meta name="ai-disclosure" content="ai-generated">',
    "/human": "",
}
SITE = {
    path: page(path, *WORDS, path, links=tuple(HEADS), head=head) for path, head in HEADS.items()
}
SITE["/human"] = Answer(
    SITE["/human"].body, 200, (*SITE["/human"].headers, ("AI-Disclosure", "mode=none"))
)


class Read(NamedTuple):
    """A crawl: its rows by path, its profile of extraction, its folder."""

    rows: dict[str, dict[str, Any]]
    profile: str
    out: Path


@pytest.fixture(scope="module", params=["fast", "bulk"])
def read(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Read:
    """The site as each profile reads it."""
    out = tmp_path_factory.mktemp("labels") / "out"
    with served(SITE, first=1900) as (site,):
        words = ("crawl", f"{site.origin}/", "--out", out, "--extract", request.param, *QUICK)
        run = heed(*words, "--wacz", "--name", "C", "--profile", "standard")
    assert run.code == 0, run.err
    assert run.out.endswith("\nwacz/C/C.wacz\n")
    rows = {row["url"].removeprefix(site.origin): row for row in Corpus(out).rows()}
    return Read(rows, request.param, out)


def test_a_row_names_the_extractor_of_its_profile(read: Read) -> None:
    rows, profile, _ = read
    assert rows.keys() == HEADS.keys()
    assert {row["metadata"]["extractor"] for row in rows.values()} == {EXTRACTORS[profile]}
    assert EXTRACTORS[profile].endswith(f" {profile}")


def test_a_row_has_the_licence_that_its_page_links(read: Read) -> None:
    found = {path: licence_of(row) for path, row in read.rows.items()}
    assert found.pop("/licensed") == ("by-sa", "4.0", "link_tag")
    assert set(found.values()) == {("", "", "")}


def licence_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    metadata = row["metadata"]
    return tuple(metadata[f"license_{part}"] for part in ("abbr", "version", "location"))


def test_a_row_has_what_its_page_says_of_ai_in_its_making(read: Read) -> None:
    labels = {path: row["metadata"]["ai_provenance"] for path, row in read.rows.items()}
    assert labels == {"/": "", "/licensed": "", "/generated": "ai-generated", "/human": "none"}


def test_a_text_in_wet_has_the_language_of_its_row(read: Read) -> None:
    rows, _, out = read
    (wet,) = out.glob("crawl-data/*/segments/*/wet/*.warc.gz")
    told = {
        record["WARC-Refers-To"]: record["WARC-Identified-Content-Language"]
        for record in read_records(wet)
        if record.kind == "conversion"
    }
    assert told == {row["id"]: row["language"] for row in rows.values()}


def test_a_crawl_that_packed_itself_is_whole(read: Read) -> None:
    out = read.out
    assert (out / "wacz" / "C" / "C.wacz").exists()
    run = heed("verify", out)
    assert run.code == 0, run.out
