"""A site that answers 200 for pages it does not have is asked once, and found out."""

from collections.abc import Mapping
from pathlib import Path

from crawler.capture.soft_errors import SUSPECT, probe_url
from tests.command import QUICK, heed
from tests.crawls.corpus import Corpus
from tests.site import Answer, page, served, text

GONE = SUSPECT + 10
SORRY = "We are sorry, but the page that you asked for has sailed with the evening tide. " * 3
REAL = "The chandler sells rope, tar and lamp oil on the quay until the lamps are lit. " * 3


def answer(target: str, _: Mapping[str, str]) -> Answer:
    if target.count("/") > 1 or target.endswith(".txt"):
        return text("", 404)
    links = tuple(f"/gone-{number}" for number in range(GONE))
    if target == "/":
        return page("Quay", REAL, links=("/short", *links))
    if target == "/short":
        return page("Short", "Closed.")
    # The same words for all of them, though no two are the same bytes.
    return page("Sorry", SORRY, head=f'<meta name="asked" content="{target}">')


def honest(target: str, asked: Mapping[str, str]) -> Answer:
    """The same site, which says 404 for what it does not have."""
    known = target in ("/", "/short") or target.startswith("/gone-")
    return answer(target, asked) if known else text("", 404)


def test_a_site_that_has_a_page_for_everything_is_found_out(tmp_path: Path) -> None:
    runs, corpora = [], []
    with served(answer, honest) as sites:
        for number, site in enumerate(sites):
            corpora.append(Corpus(tmp_path / str(number)))
            words = ("crawl", site.origin, "--out", corpora[-1].root, "--json", *QUICK)
            runs.append(heed(*words))
        probes = [site.targets.count(probe_url(site.origin)[len(site.origin) :]) for site in sites]
    assert [run.code for run in runs] == [0, 0], [run.err for run in runs]
    assert probes == [1, 1]
    lying, telling = (run.summary for run in runs)
    assert telling["rows_written"] == GONE + 2
    assert telling["rows_noticed"] == {"near_empty": 1, "soft_errors": 0}
    # What was kept before the site was found out stands; no row ever comes of the probe.
    assert SUSPECT <= lying["rows_written"] - 2 < GONE
    assert lying["rows_noticed"]["soft_errors"] == lying["rows_skipped"]["duplicate"]
    assert lying["rows_written"] + lying["rows_skipped"]["duplicate"] == GONE + 2
    assert len([one for one in corpora[0].held() if one.kind == "response"]) == GONE + 3
    for corpus in corpora:
        corpus.check()
