"""`heed agents`: the catalogue, and how it differs from another list."""

import json
from pathlib import Path

from tests.command import heed


def test_the_catalogue_knows_at_least_160_tokens() -> None:
    run = heed("agents", "--json")
    assert run.code == 0, run.err
    rows = json.loads(run.out)
    assert len(rows) >= 160
    assert len({row["token"].lower() for row in rows}) == len(rows)
    assert all(row["token"] and row["roles"] and row["source"] for row in rows)


def test_a_token_is_shown_whatever_its_case() -> None:
    run = heed("agents", "gptbot", "--json")
    assert [row["token"] for row in json.loads(run.out)] == ["GPTBot"]


def test_a_newer_list_is_compared(tmp_path: Path) -> None:
    listed = tmp_path / "robots.json"
    listed.write_text(json.dumps({"GPTBot": {"operator": "OpenAI"}, "NewBot": {"operator": "X"}}))
    run = heed("agents", "--diff", listed, "--json")
    assert run.code == 1
    difference = json.loads(run.out)
    assert "NewBot" in difference["added"]
    assert "GPTBot" not in difference["removed"]
    assert "CCBot" in difference["removed"]


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for body in ("[]", "{", None):
        file = tmp_path / "list.json"
        file.unlink(missing_ok=True)
        if body is not None:
            file.write_text(body)
        run = heed("agents", "--diff", file)
        assert run.code == 2
        assert str(file) in run.err
        assert "Traceback" not in run.err


def test_an_unknown_token_is_said_to_be_unknown() -> None:
    run = heed("agents", "nobodybot")
    assert run.code == 2
    assert "'nobodybot'" in run.err
