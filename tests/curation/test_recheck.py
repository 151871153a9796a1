"""Sites say no after they were crawled: exactly their rows are named, by rule and date."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawler.clock import SystemClock, iso_milliseconds, moment
from crawler.curation.declaration import Declaration, Declarations
from crawler.curation.recheck import Recheck
from crawler.ledger.store import SqlLedger
from crawler.policy.model import TRAIN_USES, Outcome, Profile, Resource
from crawler.stores.local import LocalStore
from crawler.stores.opening import open_tree
from tests.command import LOOPBACK, QUICK, heed
from tests.crawls.corpus import Corpus
from tests.curation.village import Village, village
from tests.stores.servers import make_bucket, moto, speak_to

pytestmark = pytest.mark.slow

AFRESH = ("--audit", *LOOPBACK, "--delay", "0")
FIRST = 2200

WORDS_OF = {
    "robots": ("robots.txt line 2", "Disallow: /", "robots", ["*"]),
    "robots path": ("robots.txt line 3", "Disallow: /p/1", "robots", ["*"]),
    "peer": ("robots.txt line 3", "Disallow: /", "robots_ai_tokens", ["GPTBot", "CCBot"]),
    "tdmrep": ("tdmrep.json byte", "tdm-reservation", "tdmrep", ["*"]),
    "forbidden": ("robots.txt status", "HTTP 403", "robots", ["*"]),
    "header": ("header X-Robots-Tag", "noai", "robots_meta", ["*"]),
    "tdm header": ("header tdm-reservation", "1", "tdmrep", ["*"]),
    "one page": ("header X-Robots-Tag", "noai", "robots_meta", ["*"]),
    "meta": ("html byte", "noai", "robots_meta", ["*"]),
}
"""Place, words, signal and addressees by the kind of site."""


def read_lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rb") as file:
        return [json.loads(line) for line in file]


def removals(root: Path) -> list[dict[str, Any]]:
    (file,) = root.glob("removals/*.jsonl.gz")
    return read_lines(file)


@dataclass(frozen=True)
class Case:
    """A village that was crawled while it was open, and the folder of that."""

    village: Village
    root: Path
    closed_at: datetime

    @property
    def ledger(self) -> Path:
        return self.root / "ledger.db"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """The sites have said no and were asked afresh."""
    root = tmp_path_factory.mktemp("closed") / "out"
    with village(FIRST) as found:
        run = heed("crawl", *found.seeds, "--out", root, *QUICK)
        assert run.code == 0, run.err
        found.close()
        at = moment(SystemClock().now())
        run = heed("recheck", root, *AFRESH)
        assert run.code == 0, run.err
        yield Case(found, root, at.replace(microsecond=0))


def test_exactly_the_rows_of_sites_that_said_no_are_removed(closed: Case) -> None:
    rows = list(Corpus(closed.root).rows())
    assert len(rows) == 4 * len(closed.village.sites)
    found = removals(closed.root)
    assert {one["url"] for one in found} == closed.village.refused()
    assert {one["id"] for one in found} == {
        row["id"] for row in rows if row["url"] in closed.village.refused()
    }
    assert len(found) == len(closed.village.refused())


def test_a_removal_names_rule_addressees_and_date(closed: Case) -> None:
    found = {one["url"]: one for one in removals(closed.root)}
    for kind, (where, words, signal, agents) in WORDS_OF.items():
        site = closed.village.sites[kind]
        one = found[f"{site.origin}/p/1"]
        assert one["host"] == f"{site.address}:{site.port}"
        assert one["uses"] == ["train-genai", "train-other"]
        assert one["user_agents"] == agents
        assert where in one["reason"]
        assert words in one["reason"]
        assert signal in one["reason"]
        evidence = json.loads(one["evidence"])
        assert all(statement["state"] == "disallow" for statement in evidence)
        since = datetime.fromisoformat(one["effective_from"])
        assert closed.closed_at <= since <= moment(SystemClock().now())
        assert (one["rights_then"], one["rights_now"]) == ("unknown", "disallow")


def test_a_site_that_cannot_be_read_now_keeps_its_rows_and_is_reported(closed: Case) -> None:
    run = heed("recheck", closed.root, "--json")
    site = closed.village.sites["unreachable"]
    assert run.summary["unread"] == {f"{site.address}:{site.port}": 4}


def test_attributes_stand_row_by_row_beside_the_documents(closed: Case) -> None:
    files = sorted(closed.root.glob("documents/*/*.jsonl.gz"))
    assert files
    for file in files:
        beside = closed.root / "attributes" / "heed_rights" / file.parent.name / file.name
        for row, line in zip(read_lines(file), read_lines(beside), strict=True):
            assert line["id"] == row["id"]
            refused = float(row["url"] in closed.village.refused())
            attributes = line["attributes"]
            assert attributes["heed_rights__removed"] == [[0, len(row["text"]), refused]]
            assert attributes["heed_rights__disallow"] == [[0, len(row["text"]), refused]]
            assert line["then"] == row["metadata"]["rights_decision"]
            assert line["now"] == ("disallow" if refused else "unknown")


def test_every_removal_has_the_same_keys_of_the_same_types(closed: Case) -> None:
    shapes = [{key: type(value) for key, value in one.items()} for one in removals(closed.root)]
    assert all(one == other for one, other in pairwise(shapes))
    assert all(one["uses"] and one["user_agents"] for one in removals(closed.root))


def test_the_ledger_alone_is_asked_without_audit(closed: Case) -> None:
    before = {kind: len(site.requests) for kind, site in closed.village.sites.items()}
    assert heed("recheck", closed.root).code == 0
    assert before == {kind: len(site.requests) for kind, site in closed.village.sites.items()}
    assert {one["url"] for one in removals(closed.root)} == closed.village.refused()


def test_a_later_crawl_tells_recheck_what_an_audit_would(tmp_path: Path) -> None:
    with village(FIRST + 20, "header", "one page", "meta", "open") as found:
        words: tuple[str | Path, ...] = ("crawl", *found.seeds, "--out", tmp_path, *QUICK)
        assert heed(*words).code == 0
        found.close()
        assert heed(*words, "--recrawl").code == 0
        run = heed("recheck", tmp_path, "--json")
    assert run.code == 0, run.err
    assert {one["url"] for one in removals(tmp_path)} == found.refused()


def test_a_second_recheck_of_the_day_takes_the_place_of_the_first(tmp_path: Path) -> None:
    with village(FIRST + 40, "header", "robots", "tdmrep") as found:
        assert heed("crawl", *found.seeds, "--out", tmp_path, *QUICK).code == 0
        found.close()
        assert heed("recheck", tmp_path, *AFRESH).code == 0
        assert len(removals(tmp_path)) == 12
        found.open()
        assert heed("recheck", tmp_path, *AFRESH).code == 0
    assert removals(tmp_path) == []
    assert not list(tmp_path.rglob("*.open"))


def test_a_corpus_in_a_bucket_is_rechecked_there(
    quiet: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(quiet, tmp_path / "ledger.db", (robots(1, NO),))
    with moto() as url:
        speak_to(url, monkeypatch)
        make_bucket("corpora")
        bucket = open_tree("s3://corpora/one")
        for path in LocalStore(quiet.root).list("documents/"):
            bucket.publish(quiet.root / path, path)
        words = ("recheck", "s3://corpora/one", "--ledger", str(tmp_path / "ledger.db"), "--json")
        runs = [heed(*words), heed(*words)]
        assert [run.code for run in runs] == [0, 0], runs[-1].err
        (path,) = bucket.list("removals/")
        with bucket.open(path) as stream:
            found = [json.loads(line) for line in gzip.decompress(stream.read()).splitlines()]
        assert len(list(bucket.list("attributes/heed_rights/"))) == 1
    assert runs[-1].summary["removed"] == len(found) == 4


# ---- the history of a site, as the ledger has it ----


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """A site that says nothing itself; its later words are put into copies of the ledger."""
    root = tmp_path_factory.mktemp("quiet") / "out"
    with village(FIRST + 60, "open") as found:
        assert heed("crawl", *found.seeds, "--out", root, *QUICK).code == 0
        yield Case(found, root, moment(SystemClock().now()))


NO = b"User-agent: *\nDisallow: /\n"
YES = b"User-agent: *\nDisallow: /elsewhere\n"
NOAI = (("X-Robots-Tag", "noai"),)
Seen = tuple[int, str, Outcome, bytes, tuple[tuple[str, str], ...]]


def robots(day: int, body: bytes, outcome: Outcome = Outcome.OK) -> Seen:
    return day, "/robots.txt", outcome, body, ()


def front(day: int, headers: tuple[tuple[str, str], ...]) -> Seen:
    return day, "/", Outcome.OK, b"front", headers


HISTORIES: dict[str, tuple[tuple[Seen, ...], int | None]] = {
    "it said no once and went on saying it": (
        (robots(1, YES), robots(2, NO), robots(3, NO), robots(4, NO)),
        2,
    ),
    "it said no in other words later": ((robots(1, NO), robots(2, NO + b"# still\n")), 1),
    "it took its no back": ((robots(1, NO), robots(2, YES)), None),
    "it took its no back and said it again": ((robots(1, NO), robots(2, YES), robots(3, NO)), 3),
    "it was silent in between": (
        (robots(1, NO), robots(2, b"", Outcome.SERVER_ERROR), robots(3, NO)),
        1,
    ),
    "it said no and went silent": ((robots(1, NO), robots(2, b"", Outcome.TIMEOUT)), 1),
    "it only went silent": ((robots(1, b"", Outcome.SERVER_ERROR),), None),
    "its front page began to refuse by header": ((front(1, ()), front(2, NOAI)), 2),
    "its front page stopped to refuse by header": ((front(1, NOAI), front(2, ())), None),
    "its front page had refused before the crawl": ((front(-1, NOAI), front(1, NOAI)), None),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_a_removal_holds_from_when_the_ledger_first_saw_it(
    name: str, quiet: Case, tmp_path: Path
) -> None:
    seen, since = HISTORIES[name]
    at = tell(quiet, tmp_path / "ledger.db", seen)
    recheck(quiet.root, tmp_path / "ledger.db")
    expected = [] if since is None else [iso_milliseconds(at + timedelta(days=since))] * 4
    assert [one["effective_from"] for one in removals(quiet.root)] == expected


def recheck(root: Path, place: Path) -> None:
    """What the command does without `--audit`, in this process."""
    store, ledger = open_tree(str(root)), SqlLedger(str(place))
    declared = Declarations(store, Declaration(TRAIN_USES, Profile.STRICT, "Heedbot"), {})
    Recheck(store, ledger.engine, declared, moment(SystemClock().now())).write()
    ledger.close()


def tell(case: Case, place: Path, seen: tuple[Seen, ...]) -> datetime:
    """A ledger that has `seen` the site so, on days counted from the time returned."""
    with SqlLedger(str(case.ledger)).engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    place.write_bytes(case.ledger.read_bytes())
    ledger, at = SqlLedger(str(place)), case.closed_at
    origin = case.village.sites["open"].origin
    for day, path, outcome, body, headers in seen:
        ledger.record_site_file(
            origin,
            path,
            Resource(
                url=origin + path,
                body=body,
                status=200 if outcome is Outcome.OK else None,
                headers=headers,
                outcome=outcome,
                retrieved_at=at + timedelta(days=day),
            ),
        )
    ledger.close()
    return at


def test_a_front_page_by_header_speaks_for_other_pages_in_strict_alone(
    quiet: Case, tmp_path: Path
) -> None:
    tell(quiet, tmp_path / "ledger.db", (front(1, NOAI),))
    words = ("recheck", str(quiet.root), "--ledger", str(tmp_path / "ledger.db"), "--json")
    assert heed(*words).summary["removed"] == 4
    assert heed(*words, "--profile", "standard").summary["removed"] == 0
    # What a page says for itself a moment ago is better than what another says for it.
    assert heed(*words, *AFRESH).summary["removed"] == 0


@pytest.mark.parametrize("change", [{"url": "http://[bad/"}, {"date": "2026-01-01T00:00:00"}])
def test_a_row_that_cannot_be_judged_is_named(
    closed: Case, tmp_path: Path, change: dict[str, str]
) -> None:
    (file,) = closed.root.glob("documents/*/*.jsonl.gz")
    place = tmp_path / "documents" / "C" / "C-0.jsonl.gz"
    place.parent.mkdir(parents=True)
    rows = [json.dumps({**row, **change}) for row in read_lines(file)]
    place.write_bytes(gzip.compress("\n".join(rows).encode()))
    run = heed("recheck", tmp_path, "--ledger", closed.ledger)
    assert run.code == 2
    assert "line 1" in run.err
    assert run.err.count("\n") == 1
