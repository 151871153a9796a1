"""Wrong words of every kind: one clear sentence, exit code 2, nothing touched."""

import json
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.command import Run, environment

LONG = "a" * 5000
HERE = "http://127.0.0.1:1/"
LOOPBACK = "--allow-net 127.0.0.0/8"
ME = "--product-token MyBot --contact https://me.example/"

WRONG = {
    "verify missing": "missing is no corpus",
    "verify empty": "empty is no corpus",
    "verify zero": "zero is no corpus",
    "verify": "Missing argument 'corpus'",
    "verify ftp://host/corpus": "'ftp://host/corpus' is no corpus",
    "verify s3://": "'s3://' cannot be used",
    "verify listed": "Cannot read listed/manifest.jsonl: Is a directory",
    "verify empty --nonsense": "No such option: --nonsense",
    "recheck missing": "'missing' is no corpus",
    "recheck empty": "'empty' is no corpus",
    "recheck rows": "no ledger 'rows/ledger.db'",
    "recheck rows --ledger zero.db": "no ledger 'zero.db'",
    "recheck rows --ledger binary": "binary is no SQLite database",
    "recheck rows --ledger other.db": "no ledger of Heed",
    "recheck rows --use singing": "'singing' is no use",
    "recheck rows --profile lax": "'lax' is no profile",
    "recheck rows --delay nan": "HEED_DELAY = nan",
    "recheck rows --delay inf": "HEED_DELAY = inf",
    "recheck rows --delay=-1": "HEED_DELAY = -1.0",
    "recheck rows --allow-net 300.0.0.0/8": "'300.0.0.0/8'",
    "recheck rows --config missing.toml": "missing.toml: it cannot be read",
    "export missing": "missing is no corpus",
    "export zero": "zero is no corpus",
    "export binaries": "x.warc.gz cannot be indexed",
    "schedule": "heed.toml: it cannot be read",
    "schedule --config folder.toml --list": "folder.toml: it cannot be read (is a directory)",
    "schedule --config key.toml --once": "did you mean pace?",
    "schedule --config type.toml --once": "delay = 'x' cannot be used",
    "schedule --config zero --once": "zero has no job",
    "schedule --config zero --run nobody": "'nobody' is no job of zero",
    "schedule --config zero --export tea": "--export tea cannot be used",
    "schedule --config zero --export cron --out zero": "zero cannot be written to",
    "simulate": "Missing option '--hosts'",
    "simulate --hosts 0 --pages 1": "--hosts 0 cannot be used",
    "simulate --hosts=-1 --pages 1": "--hosts -1 cannot be used",
    "simulate --hosts ten --pages 1": "--hosts ten cannot be used",
    "simulate --hosts 1 --pages 1 --delay nan": "--delay nan cannot be used",
    "simulate --hosts 1 --pages 1 --delay inf": "--delay inf cannot be used",
    "simulate --hosts 1 --pages 1 --bandwidth inf": "--bandwidth inf cannot be used",
    "simulate --hosts 1 --pages 1 --extract tea": "--extract 'tea' is unknown",
    "simulate --hosts 1 --pages 5 --largest 9": "--largest 9 is more than --pages 5",
    "bench --folder missing": "'missing' holds no page",
    "bench --compare tea": "--compare 'tea' is unknown",
    "bench --chart nowhere/curve.svg": "'nowhere/curve.svg' cannot be written",
    "bench --chart empty": "'empty' cannot be written",
    "status --config missing.toml": "missing.toml: it cannot be read",
    "status --config zero --digest 2026-13-45": "'2026-13-45' is no date",
    "init zero": "'zero' is there already",
    "init empty": "'empty' is a folder",
    "init nowhere/heed.toml": "'nowhere/heed.toml' cannot be written",
    "identity --product-token a.b": "'a.b' cannot be named in a robots.txt",
    "identity --product-token Googlebot --contact https://me.example/": "is somebody else's",
    f"identity {ME} --from nobody": "'nobody' for From is no e-mail address",
    f"identity {ME} --make-key zero": "'zero' exists already",
    f"identity {ME} --out zero": "'zero/bot.html' cannot be written",
    f"identity {ME} --out o --ranges 10.0.0.0/33": "'10.0.0.0/33' is no network",
    f"identity {ME} --check-dns nowhere": "'nowhere' is no IP address",
    "explain": "Missing argument 'url'",
    "explain ftp://host/": "its scheme is neither http nor https",
    "explain http://[::1": "it is written in no way that a URL can be",
    f"explain {HERE}": "is loopback; --allow-net opens it",
    f"explain {HERE} {LOOPBACK} --delay 1e400": "HEED_DELAY = inf",
    f"explain {HERE} {LOOPBACK} --delay 1e300": "HEED_DELAY = 1e+300",
    f"explain {HERE} {LOOPBACK} --allow-port 99999": "HEED_ALLOW_PORTS = 99999",
    "explain https://host.example/": "A contact URL is needed",
    f"crawl {HERE} {LOOPBACK} --linger inf": "HEED_LINGER = inf",
    f"crawl {HERE} {LOOPBACK} --max-time 1e18": "HEED_MAX_TIME = 1e+18",
    f"crawl {HERE} {LOOPBACK} -s HEED_READ_TIMEOUT=inf": "HEED_READ_TIMEOUT",
    f"crawl {HERE} {LOOPBACK} --scope world": "--scope 'world' is unknown",
    f"crawl {HERE} {LOOPBACK} --max-pages 0": "HEED_MAX_PAGES = 0",
    "tea": "No such command 'tea'",
    f"crawl {HERE} {LOOPBACK} --out ''": "The value of --out is empty",
    f"crawl {HERE} {LOOPBACK} --out=": "The value of --out is empty",
    f"crawl {HERE} {LOOPBACK} --ledger ''": "The value of --ledger is empty",
    f"crawl {HERE} {LOOPBACK} --job ''": "The value of --job is empty",
    "crawl --seeds ''": "The value of --seeds is empty",
    "verify ''": "A word of the command line is empty",
    f"crawl {HERE} {LOOPBACK} --out s3://": "HEED_OUT = 's3://' cannot be used",
    f"crawl {HERE} {LOOPBACK} --out s3:///x": "HEED_OUT = 's3:///x' cannot be used",
    f"crawl {HERE} {LOOPBACK} --out ftp://host/x": "HEED_OUT = 'ftp://host/x' cannot be used",
    f"crawl {HERE} {LOOPBACK} --job {LONG[:400]}": "HEED_JOB = 'aaa",
    f"audit {HERE} {LOOPBACK} --job {LONG[:400]}": "HEED_JOB = 'aaa",
    f"crawl {HERE} {LOOPBACK} --out {LONG}": "File name too long",
    f"verify {LONG}": "File name too long",
    f"recheck {LONG}": "File name too long",
    f"crawl {HERE}\udcff {LOOPBACK}": r"/\xff' is not UTF-8",
    f"explain {HERE}\udcff {LOOPBACK}": r"/\xff' is not UTF-8",
    f"crawl {HERE} {LOOPBACK} --job \udcff": r"'\xff' is not UTF-8",
    f"crawl {HERE} {LOOPBACK} --out \udcff": r"'\xff' is not UTF-8",
    "crawl http://vm:0/": "its port is no number from 1 to 65535",
    "crawl http://vm:99999/": "its port is no number from 1 to 65535",
    "crawl http://vm:x/": "its port is no number from 1 to 65535",
    "crawl 'http://vm/a b'": "it holds white space",
    "crawl http://2130706433/": "neither a name nor an address in its usual spelling",
    "crawl http:///path": "it names no host",
    "explain vm:0": "its port is no number from 1 to 65535",
    "explain wiki": "a host without a dot needs its scheme",
    "explain http://wiki/": "A contact URL is needed",
}
"""Words, and what the sentence about them says."""


def make_files(folder: Path) -> None:
    (folder / "zero").touch()
    (folder / "binary").write_bytes(b"\x00\xff\xfe\x01")
    (folder / "empty").mkdir()
    (folder / "folder.toml").mkdir()
    (folder / "key.toml").write_text("[pacee]\ndelay = 1\n")
    (folder / "type.toml").write_text("[pace]\ndelay = 'x'\n")
    with closing(sqlite3.connect(folder / "other.db")) as database:
        database.execute("CREATE TABLE tea (leaves)")
    (folder / "rows" / "documents" / "C").mkdir(parents=True)
    (folder / "rows" / "documents" / "C" / "c.jsonl.gz").write_bytes(b"no gzip")
    (folder / "listed" / "manifest.jsonl").mkdir(parents=True)
    warcs = folder / "binaries" / "crawl-data" / "C" / "segments" / "S" / "warc"
    warcs.mkdir(parents=True)
    (warcs / "x.warc.gz").write_bytes(b"\x00\x1b[2J\xff no record")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """How each of `WRONG` ended, by its words."""
    folder = tmp_path_factory.mktemp("wrong")
    make_files(folder)
    before = contents(folder)
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.many"],
        input=json.dumps([shlex.split(words) for words in WRONG]),
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(PYTHONPATH=str(Path(__file__).parents[2])),
        timeout=120,
        check=True,
    )
    assert contents(folder) == before
    found = [Run(*one) for one in json.loads(done.stdout)]
    return dict(zip(WRONG, found, strict=True))


@pytest.mark.parametrize("words", WRONG, ids=lambda words: f"{words!a:.80}")
def test_wrong_words_end_in_one_sentence(words: str, runs: dict[str, Run]) -> None:
    run = runs[words]
    assert (run.code, run.out) == (2, ""), run.err
    (said,) = run.err.splitlines()
    assert said.startswith("heed: ")
    assert said.endswith((".", "?"))
    assert said.isprintable()
    assert WRONG[words] in said
