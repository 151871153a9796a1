"""Seeds that a crawl does not take in: each is named with its reason, whatever that is."""

from pathlib import Path

import pytest

from tests.command import QUICK, heed
from tests.site import page, served

WORDS = "The ferryman counts the crossings of the day in a narrow book. " * 4
LONG = "p/" + "a" * 3000
REASONS = {
    LONG: "longer than 2083 bytes",
    "a" * 20_000: "longer than 2083 bytes",
    "a/%2e%2e%2f%2e%2e%2fb": "behind escapes",
}


@pytest.mark.parametrize("path", REASONS)
def test_a_run_whose_only_seed_is_left_out_says_so_and_ends_with_two(
    path: str, tmp_path: Path
) -> None:
    with served({"/": page("Front", WORDS)}) as (site,):
        seed = f"{site.origin}/{path}"
        run = heed("crawl", seed, "--out", tmp_path / "out", *QUICK)
        assert run.code == 2
        assert f"seed refused: {seed[:100]}" in run.out
        assert REASONS[path] in run.out
        assert "nothing was due" not in run.out
        assert max(map(len, run.out.splitlines())) < 500
        assert heed("crawl", seed, "--out", tmp_path / "out", "--json", *QUICK).code == 2
    assert site.requests == []


def test_a_seed_that_is_left_out_among_others_is_listed_and_the_rest_go_on(tmp_path: Path) -> None:
    with served({"/": page("Front", WORDS), "/two": page("Two", WORDS + "two")}) as (site,):
        long, with_password = f"{site.origin}/{LONG}", site.origin.replace("//", "//me:secret@")
        seeds = (long, site.origin, f"{site.origin}/two", with_password)
        budget = ("--scope", "seeds", "-s", "HEED_HOST_BUDGET=1")
        run = heed("crawl", *seeds, "--out", tmp_path / "out", "--json", *budget, *QUICK)
    assert run.code == 0, run.err
    refused = run.summary["seeds_refused"]
    assert set(refused) == {long, f"{site.origin}/two", with_password}
    assert "HEED_HOST_BUDGET" in refused[f"{site.origin}/two"]
    assert "user name" in refused[with_password]
    assert run.summary["pages_kept"] == 1


def test_a_site_whose_sitemap_may_not_be_asked_for_is_a_refused_seed(tmp_path: Path) -> None:
    with served({"/": page("Front", WORDS)}) as (site,):
        words = ("--spider", "sitemaps", "--out", tmp_path, "--linger", "0.5", "--json")
        run = heed("crawl", site.origin, f"{site.origin.upper()}/other.xml", *words)
    assert run.code == 2, run.out
    assert len(run.summary["seeds_refused"]) == 2
    assert "--allow-net" in run.summary["seeds_refused"][site.origin]
