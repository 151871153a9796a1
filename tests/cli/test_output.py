"""A standard output that is full, closed or left by its reader, whichever command prints."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import Run, environment, heed

COMMANDS = {
    "agents": "agents",
    "agents --json": "agents --json",
    "help of a command": "crawl --help",
    "help": "--help",
    "rows": "report --csv - --ledger ledger.db",
    "pages": "report --markdown - --ledger ledger.db",
    "octets": "report --parquet - --ledger ledger.db",
    "answers": "explain -",
}
OUTPUTS = {
    ">/dev/full": "No space left on device",
    ">&-": "it is closed",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a ledger lies that knows one site."""
    folder = tmp_path_factory.mktemp("output")
    seen = {"site": "a.example", "fetched_at": "2026-01-02T03:04:05Z", "body": "User-agent: *\n"}
    (folder / "seen.jsonl").write_text(json.dumps(seen))
    run = heed("import", folder / "seen.jsonl", "--ledger", folder / "ledger.db")
    assert run.code == 0, run.err
    return folder


def shell(words: str, folder: Path) -> Run:
    """How a line of a shell ends."""
    done = subprocess.run(  # noqa: S603 (our own command, with words the tests chose)
        ["/bin/bash", "-o", "pipefail", "-c", words],
        input=b"{}\n", capture_output=True, timeout=120, cwd=folder, check=False,
        env=environment(PYTHONPATH=str(Path(__file__).parents[2])),
    )  # fmt: skip
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("name", COMMANDS)
def test_an_output_that_takes_nothing_is_said_in_a_sentence(
    name: str, output: str, folder: Path
) -> None:
    run = shell(f"{sys.executable} -m crawler.cli {COMMANDS[name]} {output}", folder)
    assert run.code == 2
    (said,) = run.err.splitlines()
    assert said.startswith("heed: Standard output cannot be written: ")
    assert OUTPUTS[output] in said


@pytest.mark.parametrize("name", COMMANDS)
def test_a_reader_that_has_had_enough_is_no_finding_and_nothing_is_said(
    name: str, folder: Path
) -> None:
    run = shell(f"{sys.executable} -m crawler.cli {COMMANDS[name]} | true", folder)
    assert (run.code, run.err) == (141, "")


def test_what_is_printed_into_an_open_output_is_whole(folder: Path) -> None:
    run = shell(f"{sys.executable} -m crawler.cli agents --json >list; wc -l <list", folder)
    assert (run.code, run.out.strip(), run.err) == (0, "1", "")
