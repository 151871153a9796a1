"""`heed report` and `heed changes` on small histories, and on the real one."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pyarrow.parquet  # type: ignore[import-untyped]
import pytest

from crawler.ledger.importers.filling import fill
from crawler.ledger.store import SqlLedger
from tests.command import Run, heed
from tests.history import BODIES, bodies
from tests.shared import needs_shared

pytestmark = pytest.mark.slow

OPEN = "User-agent: *\nDisallow:\n"
SHUT = "User-agent: GPTBot\nDisallow: /\n"


def ledger_of(folder: Path, *states: dict[str, Any], site: str = "a.example") -> Path:
    """A ledger of one site with a state a month."""
    lines = [
        json.dumps({"site": site, "fetched_at": f"2025-{month:02}-01", **state})
        for month, state in enumerate(states, 1)
    ]
    (folder / "history.jsonl").write_text("\n".join(lines), encoding="utf-8")
    ledger = SqlLedger(str(folder / "ledger.db"))
    assert not fill(ledger, [folder / "history.jsonl"], lambda _: None).faults
    ledger.close()
    return folder / "ledger.db"


def changes(ledger: Path, *words: str) -> tuple[Run, list[dict[str, Any]]]:
    run = heed("changes", "--ledger", ledger, "--json", "--bots", "GPTBot", *words)
    return run, [json.loads(line) for line in run.out.splitlines()]


def test_a_change_is_named_with_its_lines(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, {"body": OPEN}, {"body": OPEN + SHUT})
    run, found = changes(ledger, "--fail-on-change")
    assert run.code == 1
    assert found == [
        {
            "site": "a.example",
            "bot": "GPTBot",
            "rule": "rfc",
            "from": "none",
            "to": "full",
            "from_date": "2025-01-01T00:00:00.000Z",
            "to_date": "2025-02-01T00:00:00.000Z",
            "text_only": False,
            "lines_added": ["User-agent: GPTBot", "Disallow: /"],
            "lines_removed": [],
            "unstable": False,
        }
    ]


def test_a_gap_is_no_change(tmp_path: Path) -> None:
    run, found = changes(ledger_of(tmp_path, {"body": SHUT}, {"status": 503}, {"body": SHUT}))
    assert (run.code, found) == (0, [])


def test_other_words_for_the_same_are_a_change_of_text_only(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, {"body": SHUT}, {"body": f"# ours\n{SHUT}"})
    run, found = changes(ledger, "--fail-on-change")
    assert run.code == 0
    assert [(one["text_only"], one["lines_added"]) for one in found] == [(True, ["# ours"])]


def test_what_flips_and_returns_is_unstable(tmp_path: Path) -> None:
    _, found = changes(ledger_of(tmp_path, {"body": OPEN}, {"body": SHUT}, {"body": OPEN}))
    assert [one["unstable"] for one in found] == [True, True]


def test_only_changes_seen_in_the_time_asked_for_are_told(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, {"body": OPEN}, {"body": SHUT}, {"body": OPEN})
    _, late = changes(ledger, "--since", "2025-02-02")
    _, early = changes(ledger, "--until", "2025-02-01")
    assert [one["to"] for one in late] == ["none"]
    assert [one["to"] for one in early] == ["full"]


def test_a_site_is_shown_with_its_timeline_and_the_deciding_line(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, {"body": OPEN}, {"body": SHUT})
    run = heed("report", "a.example", "--ledger", ledger, "--bots", "GPTBot")
    assert run.code == 0, run.err
    assert '2025-02-01 full (named): "Disallow: /" (line 2)' in run.out


def test_at_a_date_there_is_one_row_a_site(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, {"body": OPEN}, {"body": SHUT}, {"body": OPEN})
    words = ("report", "--ledger", ledger, "--bots", "GPTBot,OtherBot", "--csv", "-")
    for at, verdict in (("2025-02-01", "full"), ("latest", "none")):
        heading, *lines = heed(*words, "--at", at).out.splitlines()
        assert heading == (
            "site,bot,date,verdict,basis,rule,outcome,mention,named,explicit_allow,sha256,catalogue"
        )
        assert [line.split(",")[1] for line in lines] == ["GPTBot", "OtherBot"]
        assert lines[0].split(",")[3] == verdict


def test_parquet_and_the_initiatives_shape_say_the_same(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, {"body": SHUT}, {"status": 404})
    file = tmp_path / "rows.parquet"
    words = ("report", "--ledger", ledger, "--bots", "GPTBot", "--rule", "dpi", "--parquet", file)
    assert heed(*words, "--dpi-json", tmp_path / "dpi.json").code == 0
    rows = pyarrow.parquet.read_table(file).to_pylist()
    assert [row["verdict"] for row in rows] == ["all", "no_robots"]
    dpi = json.loads((tmp_path / "dpi.json").read_text("utf-8"))
    assert dpi == {"a.example": {"robots.txt restrictions": {"GPTBot": {"2025": "no_robots"}}}}


def test_a_site_that_never_answered_is_not_one_without_robots_txt(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, {"outcome": "timeout"}, {"status": 503})
    out = heed("report", "--ledger", ledger, "--bots", "GPTBot", "--dpi-json", "-").out
    assert json.loads(out) == {"a.example": {"robots.txt restrictions": {}}}


def test_a_failure_late_in_a_year_does_not_hide_its_answer(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, {"body": SHUT}, {"outcome": "timeout"})
    out = heed("report", "--ledger", ledger, "--bots", "GPTBot", "--dpi-json", "-").out
    assert json.loads(out)["a.example"]["robots.txt restrictions"] == {"GPTBot": {"2025": "all"}}


@pytest.mark.parametrize("site", ["a.example", "A.Example", "https://a.example/about"])
def test_a_site_is_found_however_it_is_written(tmp_path: Path, site: str) -> None:
    run = heed("report", site, "--ledger", ledger_of(tmp_path, {"body": SHUT}), "--bots", "GPTBot")
    assert run.out.startswith("a.example: 1 observations, rule rfc")


@pytest.mark.parametrize(
    "words",
    [
        ("report",),
        ("report", "--csv", "-", "--at", "soon"),
        ("report", "--csv", "-", "--bots", ","),
        ("report", "b.example"),
        ("report", "--csv", "/nowhere/at/all.csv"),
        ("report", "--parquet", "/nowhere/at/all.parquet"),
        ("report", "--dpi-json", "/dev/full"),
        ("report", "--html", "/dev/null/report"),
        ("changes", "--since", "soon"),
        ("changes", "--since", "2025-02-01", "--until", "2025-01-31"),
    ],
)
def test_what_cannot_be_reported_is_said_in_a_sentence(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    run = heed(*words, "--ledger", ledger_of(tmp_path, {"body": OPEN}))
    assert run.code == 2
    assert run.err.startswith("heed: ")
    assert run.err.count("\n") == 1
    assert "Traceback" not in run.err


def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    run = heed("changes", "--ledger", tmp_path / "none.db")
    assert (run.code, (tmp_path / "none.db").exists()) == (2, False)


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A webhook on loopback that answers with `statuses` in turn, and what it was sent."""
    sent: list[dict[str, Any]] = []
    left = list(statuses)

    class Posts(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(left.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
            """What was sent is kept."""

    server = HTTPServer(("127.0.0.1", 0), Posts)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook?key=secret", sent
    finally:
        server.shutdown()
        server.server_close()


def test_changes_are_posted_once_as_one_document(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, {"body": OPEN}, {"body": SHUT}, {"body": f"# ours\n{SHUT}"})
    with receiver(200, 200) as (url, sent):
        run, found = changes(ledger, "--webhook", url)
        assert run.code == 0, run.err
        (document,) = sent
        assert document == {"changes": found[:1], "warnings": []}, "text alone is no news"
        changes(ledger, "--webhook", url, "--since", "2025-02-02")
        assert len(sent) == 1, "nothing changed, nothing is posted"


@pytest.mark.parametrize(("statuses", "code", "posts"), [((503, 200), 0, 2), ((404,), 2, 1)])
def test_a_webhook_that_fails_is_tried_again_where_that_may_help(
    tmp_path: Path, statuses: tuple[int, ...], code: int, posts: int
) -> None:
    ledger = ledger_of(tmp_path, {"body": OPEN}, {"body": SHUT})
    with receiver(*statuses) as (url, sent):
        run, found = changes(ledger, "--webhook", url)
        assert (run.code, len(sent), len(found)) == (code, posts, 1)
        assert "secret" not in run.err
        assert ("it answered 404" in run.err) == (code == 2)


def test_a_webhook_that_is_no_address_is_said_before_anything_is_read(tmp_path: Path) -> None:
    run, found = changes(ledger_of(tmp_path, {"body": OPEN}, {"body": SHUT}), "--webhook", "slack")
    assert (run.code, found) == (2, [])
    assert "--webhook 'slack' is no http or https URL" in run.err


def test_a_change_across_a_gap_names_the_dates_on_both_sides(tmp_path: Path) -> None:
    gap = {"outcome": "timeout"}
    ledger = ledger_of(tmp_path, {"body": OPEN}, {"body": OPEN}, gap, gap, {"body": SHUT})
    _, (found,) = changes(ledger)
    assert (found["from_date"][:10], found["to_date"][:10]) == ("2025-02-01", "2025-05-01")


def test_an_import_and_an_audit_of_a_site_are_one_history(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, {"body": OPEN})
    ledger_of(tmp_path, {"outcome": "dns"}, {"body": SHUT}, site="https://a.example")
    _, (found,) = changes(ledger)
    assert (found["site"], found["from"], found["to"]) == ("a.example", "none", "full")


@needs_shared
def test_the_real_history_raises_no_alarm_and_a_shuffled_date_does(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    heed("import", BODIES, "--ledger", ledger)
    run, found = changes(ledger)
    assert "at once" not in run.err
    assert sum(not one["text_only"] for one in found) > 5
    rows = bodies()
    day = [row for row in rows if row["fetched_at"].startswith("2025-06-01")]
    shifted = [row["body"] for row in day[1:] + day[:1]]
    for row, body in zip(day, shifted, strict=True):
        row["body"] = body
    (tmp_path / "shuffled.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    heed("import", tmp_path / "shuffled.jsonl", "--ledger", tmp_path / "shuffled.db")
    assert "on 2025-06-01 " in changes(tmp_path / "shuffled.db")[0].err


def test_what_a_site_wrote_is_told_by_its_signs_and_moves_no_terminal(tmp_path: Path) -> None:
    body = "\ufeffUser-agent: GPTBot\nDisallow: / # \x1b[2J\x1b]0;title\x07\u202e\n"
    wide = b64encode(body.encode("utf-16-le")).decode()
    ledger = ledger_of(tmp_path, {"body": OPEN}, {"body": {"base64": wide}}, {"body": body})
    told = heed("report", "a.example", "--ledger", ledger, "--bots", "GPTBot").out
    shown = r"Disallow: / # \x1b[2J\x1b]0;title\x07\u202e"
    assert f'2025-02-01 full (named): "{shown}" (line 2)' in told
    told = heed("changes", "--ledger", ledger, "--bots", "GPTBot").out
    assert f"  + {shown}\n  - User-agent: *\n" in told
    _, found = changes(ledger)
    assert [one["lines_added"][0] for one in found] == ["User-agent: GPTBot"]
