"""`heed audit` as a user runs it, on a fleet of sites that end in every outcome."""

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.ledger.opening import open_engine
from crawler.ledger.site_states import SiteState, read_site_states
from crawler.ledger.sites import read_site_facts
from crawler.policy.model import State, Use
from crawler.reports.queries import Selection, read_observed
from tests.command import LOOPBACK, Run, environment, heed
from tests.fleet import CLASSES, Fleet, sailing

pytestmark = pytest.mark.slow

CONTACT = ("--contact", "https://operator.example/bot", "--product-token", "Heedbot")
QUICKLY = (*LOOPBACK, "--delay", "0", "--linger", "0", "-s", "HEED_READ_TIMEOUT=1", *CONTACT)
EACH = 5
SITES = EACH * len(CLASSES)


def audit(ledger: Path, *words: str | Path) -> Run:
    return heed("audit", *words, "--ledger", ledger, "--json", *QUICKLY)


@dataclass(frozen=True)
class Audited:
    """The fleet, where it was told to, and how the command ended."""

    fleet: Fleet
    ledger: Path
    run: Run


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    """A fleet that was audited once."""
    folder = tmp_path_factory.mktemp("audit")
    with sailing(SITES) as fleet:
        (folder / "fleet.jsonl").write_text(fleet.listing(), encoding="utf-8")
        run = audit(folder / "ledger.db", "--sites", folder / "fleet.jsonl")
        yield Audited(fleet, folder / "ledger.db", run)


def states(audited: Audited) -> dict[str, SiteState]:
    found = read_site_states(open_engine(str(audited.ledger)))
    return {one.site: one for one in found}


def test_every_outcome_of_robots_txt_is_told_right(audited: Audited) -> None:
    assert audited.run.code == 0, audited.run.err
    kinds = {url.partition("://")[2]: name for name, url in audited.fleet.sites}
    observed = read_observed(open_engine(str(audited.ledger)), Selection())
    found = {kinds[one.site]: one.outcome.value for one in observed}
    assert found == {name: name.split(" ")[0].rstrip(",") for name in CLASSES}
    assert Counter(one.site for one in observed) == Counter(list(kinds)), "one observation a site"


def test_the_summary_counts_what_the_ledger_holds(audited: Audited) -> None:
    summary = audited.run.summary
    named = Counter(name.split(" ")[0].rstrip(",") for name, _ in audited.fleet.sites)
    assert summary["outcomes"] == dict(named)
    assert (summary["listed"], summary["audited"], summary["known"]) == (SITES, SITES, 0)
    assert summary["signals"]["noai"] == 3 * EACH
    assert sum(summary["uses"]["train-genai"].values()) == SITES
    closing = ("forbidden", "forbidden (401)", "payment", "ok, closed")
    assert summary["uses"]["crawl"]["disallow"] == len(closing) * EACH, "an outage refuses nothing"


@pytest.mark.parametrize(
    ("kind", "column", "carrier"),
    [
        ("ok, noai in the head", "noai", "html"),
        ("ok, noai in a header", "noai", "header"),
        ("ok, moved", "noai", "html"),
        ("ok, tdmrep", "tdmrep", "site file"),
        ("ok, ai.txt", "ai_txt", "site file"),
        ("ok, trust.txt", "trust_txt", "site file"),
        ("ok, content signal", "content_signal", "robots.txt"),
        ("ok, asks for money", "payment_402", "status"),
    ],
)
def test_every_signal_is_present_where_it_stands_and_refuses(
    audited: Audited, kind: str, column: str, carrier: str
) -> None:
    found = states(audited)
    for site in audited.fleet.of(kind):
        assert found[site].presence == {column: (carrier,)}
        assert found[site].finding.states[Use.TRAIN_GENAI].refuses
        deciding = found[site].finding.deciding[Use.TRAIN_GENAI]
        assert deciding, "the words that decided are kept"


def test_guidance_is_present_and_decides_nothing(audited: Audited) -> None:
    for site in audited.fleet.of("ok, llms.txt"):
        state = states(audited)[site]
        assert state.presence == {"llms_txt": ("site file",)}
        assert state.finding.states == {Use.CRAWL: State.ALLOW}


@pytest.mark.parametrize("kind", ["ok, closed", "forbidden", "payment", "server_error"])
def test_what_robots_txt_closes_is_not_asked_for(audited: Audited, kind: str) -> None:
    for host in audited.fleet.of(kind):
        assert audited.fleet.asked[host] == ["/robots.txt"]


def test_a_front_page_that_moved_where_none_may_go_is_told_so(audited: Audited) -> None:
    for host in audited.fleet.of("ok, moved where none may go"):
        assert "/shut" not in audited.fleet.asked[host]
        assert states(audited)[host].outcome.value == "blocked_by_robots"


def test_every_file_of_a_site_is_asked_for_once(audited: Audited) -> None:
    for host in audited.fleet.of("ok"):
        assert sorted(audited.fleet.asked[host]) == [
            "/", "/.well-known/tdmrep.json", "/.well-known/trust.txt", "/ai.txt", "/llms.txt",
            "/robots.txt", "/trust.txt",
        ]  # fmt: skip


def test_what_the_list_says_of_sites_is_kept(audited: Audited) -> None:
    facts = read_site_facts(open_engine(str(audited.ledger)))
    (site, *_) = audited.fleet.of("empty")
    assert (facts[site].category, facts[site].rank, facts[site].weight) == ("empty", 2, 1.0)
    assert facts[site].lists == ("fleet.jsonl",)


def test_an_audit_again_asks_again(tmp_path: Path) -> None:
    with sailing(1) as fleet:
        ((_, url),) = fleet.sites
        for _ in range(2):
            assert audit(tmp_path / "ledger.db", url).summary["audited"] == 1
        (asked,) = fleet.asked.values()
        assert Counter(asked)["/robots.txt"] == 2


def test_a_site_named_without_a_scheme_is_asked_by_the_one_it_speaks(tmp_path: Path) -> None:
    with sailing(1) as fleet:
        host = fleet.sites[0][1].removeprefix("http://")
        assert audit(tmp_path / "ledger.db", host).summary["outcomes"] == {"ok": 1}
    engine = open_engine(str(tmp_path / "ledger.db"))
    assert [one.site for one in read_observed(engine, Selection())] == [host]


def test_of_two_audits_of_a_ledger_at_once_one_asks_and_the_other_says_so(tmp_path: Path) -> None:
    ledger, listed = tmp_path / "ledger.db", tmp_path / "sites.jsonl"
    words = ["audit", "--sites", str(listed), "--ledger", str(ledger), "--json", *QUICKLY]
    with sailing(2 * len(CLASSES)) as fleet:
        listed.write_text(fleet.listing(), encoding="utf-8")
        both = [
            subprocess.Popen(  # noqa: S603 (our own command)
                [sys.executable, "-m", "crawler.cli", *words],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment(),
            )
            for _ in range(2)
        ]
        told = {process.wait(): process.communicate()[1].decode() for process in both}
        assert sorted(told) == [0, 2], told
        assert told[2].count("\n") == 1
        assert f"{ledger} is being audited by another process" in told[2]
        for host in fleet.of("ok"):
            assert Counter(fleet.asked[host])["/robots.txt"] == 1
        assert audit(ledger, "--sites", listed).code == 0, "the lock is let go of"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_audit_that_was_ended_goes_on_where_it_was(
    tmp_path: Path, number: signal.Signals
) -> None:
    listed, ledger = tmp_path / "sites.txt", tmp_path / "ledger.db"
    with sailing(4 * len(CLASSES)) as fleet:
        served = [url for name, url in fleet.sites if name.startswith("ok") and name != "ok, moved"]
        listed.write_text("\n".join(served), encoding="utf-8")
        words = ["audit", "--sites", str(listed), "--ledger", str(ledger), "--json", *QUICKLY]
        words += ["-s", "HEED_CONCURRENCY=2"]
        process = subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, "-m", "crawler.cli", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        while sum(map(bool, fleet.asked.values())) < 12 and process.poll() is None:
            threading.Event().wait(0.01)
        process.send_signal(number)
        _, told = process.communicate()
        assert process.returncode == (130 if number is signal.SIGINT else -9), told
        before = {site.site for site in read_site_states(open_engine(str(ledger)))}
        summary = heed(*words).summary
        assert len(before) == summary["known"] < len(served)
        assert summary["known"] + summary["audited"] == len(served)
        again = [host for host, asked in fleet.asked.items() if asked.count("/robots.txt") > 1]
        assert not before & set(again), "what was audited is not asked again"
        assert len(again) <= 2, "only what was under way is"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("a.example\nnot a site\n", "Line 2 of "),
        ("\ufeff1,a.example\r\nx,y\r\n", "is neither a site nor rank,site"),
        ('{"site": "a.example", "weight": "much"}\n', "has weight = 'much'"),
        ("# nothing\n\n", "No site was given"),
    ],
)
def test_a_bad_list_ends_before_anybody_is_asked(tmp_path: Path, lines: str, said: str) -> None:
    (tmp_path / "sites").write_bytes(lines.encode())
    run = audit(tmp_path / "ledger.db", "--sites", tmp_path / "sites")
    assert (run.code, said in run.err, run.err.count("\n")) == (2, True, 1), run.err
    assert not (tmp_path / "ledger.db").exists()


def test_an_audit_of_addresses_that_may_not_be_asked_ends_in_2(tmp_path: Path) -> None:
    words = ("audit", "http://127.0.0.1/", "--ledger", tmp_path / "ledger.db", "--json", *CONTACT)
    run = heed(*words)
    assert run.code == 2
    assert json.loads(run.out)["addresses_refused"].keys() == {"127.0.0.1"}
