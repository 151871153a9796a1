"""What the first screen says where sites were asked and nobody answered."""

import json
from pathlib import Path

from tests.command import heed

BLOCKING = "User-agent: GPTBot\nDisallow: /\n"
SITES = ("a.example", "b.example")


def write_pages(folder: Path, days: dict[str, str | None]) -> tuple[str, str]:
    """The first page and the month of `SITES` that gave these answers; None for no answer."""
    rows = [
        {"site": site, "fetched_at": f"{day}T00:00:00Z"}
        | ({"outcome": "timeout"} if body is None else {"body": body})
        for site in SITES
        for day, body in days.items()
    ]
    history, ledger = folder / "history.jsonl", folder / "ledger.db"
    history.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert heed("import", history, "--ledger", ledger).code == 0
    month, html = folder / "month.md", folder / "html"
    run = heed("report", "--ledger", ledger, "--html", html, "--markdown", month)
    assert (run.code, "Traceback" in run.err) == (0, False), run.err
    page = (html / "index.html").read_text(encoding="utf-8")
    return page, month.read_text(encoding="utf-8")


def test_sites_that_never_answered_have_pages_that_say_so(tmp_path: Path) -> None:
    page, month = write_pages(tmp_path, {"2025-01-01": None})
    assert "<h1>What these sites say is not known on 2025-01-01.</h1>" in page
    assert "What these sites say is not known on that day." in month
    assert "0 %" not in month


def test_a_share_is_compared_with_the_first_day_on_which_anything_was_known(tmp_path: Path) -> None:
    days = {"2025-01-01": None, "2025-02-01": BLOCKING, "2025-03-01": BLOCKING}
    page, month = write_pages(tmp_path, days)
    assert "100 %</a> of sites block AI bots by name, as many as on 2025-02-01." in page
    assert "on 2025-02-01 it was 100 % (2 of 2)" in month
    assert "| GPTBot | 100 % (2 of 2) | 100 % |" in month


def test_what_was_known_long_ago_makes_no_share_today(tmp_path: Path) -> None:
    page, month = write_pages(tmp_path, {"2025-01-01": BLOCKING, "2025-09-01": None})
    assert "<h1>What these sites say is not known on 2025-09-01.</h1>" in page
    assert "| train generative AI | not known | 0% to 100% |" in month
