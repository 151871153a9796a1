"""`heed crawl` as typed: a bad word ends in one sentence and exit 2, and nobody is asked."""

import gzip
import json
from pathlib import Path

import pytest

from crawler.cli.seeds import ports_named, read_seeds
from tests.command import LOOPBACK, QUICK, Run, heed
from tests.site import page, served

pytestmark = pytest.mark.slow

SEED = "http://127.71.9.9/"
WORDS = "The ferry leaves at nine and comes back with the evening tide, weather permitting. " * 8

BAD_WORDS = {
    "no seed": ([], "No seed"),
    "seed that is no URL": (["not a url"], "'not a url'"),
    "seed of another scheme": (["ftp://example.org/"], "'ftp://example.org/'"),
    "port that is none": (["http://example.org:99999/"], "http://example.org:99999/"),
    "unknown use": ([SEED, "--use", "train"], "'train'"),
    "unknown profile": ([SEED, "--profile", "lax"], "'lax'"),
    "unknown scope": ([SEED, "--scope", "web"], "'web'"),
    "unknown spider": ([SEED, "--spider", "tarantula"], "'tarantula'"),
    "unknown extractor": ([SEED, "--extract", "best"], "HEED_EXTRACT = 'best'"),
    "setting without a value": ([SEED, "-s", "HEED_MAX_BODY"], "HEED_MAX_BODY"),
    "unknown setting": ([SEED, "-s", "HEED_OBEY=no"], "HEED_OBEY"),
    "setting that is no number": ([SEED, "-s", "HEED_MAX_BODY=big"], "HEED_MAX_BODY = 'big'"),
    "setting out of bounds": ([SEED, "-s", "HEED_ROBOTS_TTL=999999"], "HEED_ROBOTS_TTL"),
    "network that is none": ([SEED, "--allow-net", "127/8/8"], "HEED_ALLOW_NET"),
    "port beyond the last": ([SEED, "--allow-port", "65536"], "HEED_ALLOW_PORTS"),
    "name that is no folder's": ([SEED, "--name", "a/b"], "HEED_CRAWL_NAME = 'a/b'"),
    "negative delay": ([SEED, "--delay", "-1"], "HEED_DELAY"),
    "somebody else's token": ([SEED, "--product-token", "GPTBot"], "'GPTBot'"),
    "a browser's name": ([SEED, "--product-token", "Mozilla"], "'Mozilla'"),
    "a token with a version": ([SEED, "--product-token", "My/1.0"], "'My/1.0'"),
    "contact that is no URL": ([SEED, "--contact", "me"], "'me'"),
    "mailbox that is none": ([SEED, "--from", "me"], "'me'"),
    "missing seed file": (["--seeds", "/nowhere/seeds.txt"], "/nowhere/seeds.txt"),
}


@pytest.mark.parametrize("name", BAD_WORDS)
def test_a_bad_word_ends_in_one_sentence_that_names_it(name: str, tmp_path: Path) -> None:
    words, named = BAD_WORDS[name]
    run = heed("crawl", *words, "--out", tmp_path / "out")
    assert run.code == 2
    assert named in run.err
    assert _is_one_sentence(run)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("body", "named"),
    [(b"", "holds no URL"), (b"# only words\n", "holds no URL"), (b"\xff\xfe\x00", "not UTF-8"),
     (b"http://127.71.9.9/\nnonsense\n", "line 2")],
)  # fmt: skip
def test_a_seed_file_without_seeds_is_refused(body: bytes, named: str, tmp_path: Path) -> None:
    file = tmp_path / "seeds.txt"
    file.write_bytes(body)
    run = heed("crawl", "--seeds", file, "--out", tmp_path / "out")
    assert run.code == 2
    assert named in run.err
    assert _is_one_sentence(run)


def test_beyond_loopback_a_contact_is_needed(tmp_path: Path) -> None:
    run = heed("crawl", "https://site.example/", "--out", tmp_path / "out")
    assert run.code == 2
    assert "contact" in run.err
    assert _is_one_sentence(run)


def test_a_run_whose_every_seed_is_refused_ends_with_two_and_its_remedy_helps(
    tmp_path: Path,
) -> None:
    words = ("--out", tmp_path / "out", "--linger", "0.2", "--json")
    with served({"/": page("Front", WORDS)}) as (site,):
        run = heed("crawl", site.origin, *words)
        assert run.code == 2
        assert site.requests == []
        assert "--allow-net" in run.summary["seeds_refused"][site.origin]
        again = heed("crawl", site.origin, *words, *LOOPBACK, "--delay", "0")
    assert again.code == 0, again.err
    assert again.summary["rows_written"] == 1
    (file,) = (tmp_path / "out" / "documents").rglob("*.jsonl.gz")
    (row,) = map(json.loads, gzip.decompress(file.read_bytes()).splitlines())
    assert row["metadata"]["first_seen"] == row["metadata"]["last_seen"] == row["date"]


def test_white_space_beyond_ascii_is_text_of_a_seed_and_hosts_have_their_canonical_port() -> None:
    assert read_seeds(["http://a.example/p\u2028q"], None) == ("http://a.example/p\u2028q",)
    named = ports_named(["http://b\u00fccher.example:8080/", "http://a.example.:81/"])
    assert named == {"xn--bcher-kva.example": (8080,), "a.example": (81,)}


def test_one_refused_seed_among_others_is_listed_and_the_rest_go_on(tmp_path: Path) -> None:
    with served({"/": page("Front", WORDS)}) as (site,):
        run = heed(
            "crawl", site.origin, "http://10.0.0.1/", "--contact", "https://bot.example/",
            "--product-token", "Testbot", "--out", tmp_path / "out", "--json", *QUICK,
        )  # fmt: skip
    assert run.code == 0, run.err
    assert set(run.summary["seeds_refused"]) == {"http://10.0.0.1/"}
    assert run.summary["pages_kept"] == 1


def test_an_output_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    run = heed("crawl", SEED, *LOOPBACK, "--out", tmp_path / "file" / "out")
    assert run.code == 2
    assert str(tmp_path / "file") in run.err
    assert _is_one_sentence(run)


def test_a_frontier_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    long = tmp_path / ("a" * 400)
    run = heed("crawl", SEED, *QUICK, "--out", tmp_path / "out", "--frontier", long)
    assert run.code == 2
    assert f"The frontier '{long}' cannot be opened: File name too long" in run.err
    assert _is_one_sentence(run)


def test_a_job_may_be_named_by_a_host_that_is_long(tmp_path: Path) -> None:
    host = ".".join(["b" * 60] * 4) + ".example"
    me = ("--product-token", "Testbot", "--contact", "https://bot.example/")
    run = heed("crawl", f"http://{host}/", *me, "--out", tmp_path, "--json", *QUICK)
    assert run.code == 0, run.err
    assert run.summary["job"].startswith("crawl-")


def test_max_pages_counts_pages_fetched(tmp_path: Path) -> None:
    links = tuple(f"/{number}" for number in range(20))
    routes = {"/": page("Front", WORDS, links=links)} | {
        link: page(link, WORDS + link) for link in links
    }
    with served(routes) as (site,):
        run = heed("crawl", site.origin, "--out", tmp_path, "--max-pages", "5", "--json", *QUICK)
    assert run.code == 0, run.err
    assert run.summary["pages_fetched"] == 5
    assert run.summary["ended"] == "max_pages"


def test_the_summary_says_what_was_refused_and_why(tmp_path: Path) -> None:
    routes = {"/": page("Front", WORDS, head='<meta name="robots" content="noai">')}
    with served(routes) as (site,):
        run = heed("crawl", site.origin, "--out", tmp_path / "out", *QUICK)
    assert run.code == 0, run.err
    assert "1 pages crawled" in run.out
    assert "1 refused" in run.out
    assert "robots_meta" in run.out
    assert "noai" in run.out


def _is_one_sentence(run: Run) -> bool:
    return (
        run.err.startswith("heed: ")
        and run.err.count("\n") == 1
        and run.err.rstrip().endswith(".")
        and "Traceback" not in run.err
    )
