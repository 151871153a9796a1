"""A heed.toml, the scheduler and its runs as an operator has them, on loopback sites."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from crawler.ledger.opening import open_engine
from crawler.ledger.scheduled_runs import ScheduledRun, read_runs
from tests.command import Run, environment, heed
from tests.site import Site

BASICS: Final = """
[pace]
delay = 0
allow_net = ["127.0.0.0/8"]
[output]
path = "corpus"
[settings]
HEED_ROBOTS_TTL = 0.001
HEED_EXTRACT_WORKERS = 1
"""
PAUSE: Final = threading.Event()


@dataclass
class Operator:
    """Somebody with a heed.toml in `folder`."""

    folder: Path

    def write(self, *sections: str) -> None:
        """Write heed.toml: what every one of these tests needs, and `sections`."""
        (self.folder / "heed.toml").write_text("\n".join((BASICS, *sections)), "utf-8")

    @property
    def config(self) -> Path:
        return self.folder / "heed.toml"

    def heed(self, command: str, *words: str) -> Run:
        """Run a command that reads the file, to its end."""
        return heed(command, "--config", self.config, *words, NO_PROXY="*")

    def started(self, *words: str) -> "subprocess.Popen[bytes]":
        """`heed schedule` with `words`, left running; events are JSON on its standard error."""
        command = [sys.executable, "-m", "crawler.cli", "schedule", "--config", str(self.config)]
        with (self.folder / "events.jsonl").open("ab") as events:
            return subprocess.Popen(  # noqa: S603 (our own command)
                [*command, "--log-format", "json", *words],
                stdout=subprocess.DEVNULL,
                stderr=events,
                env=environment(NO_PROXY="*"),
            )

    def events(self) -> list[dict[str, Any]]:
        """What schedulers and runners told so far."""
        file = self.folder / "events.jsonl"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        return [json.loads(line) for line in lines]

    def runs(self, job: str | None = None) -> list[ScheduledRun]:
        """What the ledger has of runs, oldest first."""
        engine = open_engine(str(self.folder / "corpus" / "ledger.db"))
        try:
            return read_runs(engine, job)
        finally:
            engine.dispose()

    def status(self) -> dict[str, Any]:
        """`heed status --json`."""
        run = self.heed("status", "--json")
        assert run.code == 0, run.err
        found: dict[str, Any] = json.loads(run.out)
        return found


def crawl(name: str, site: Site, cron: str = "0 3 * * *", *more: str) -> str:
    """A `[[crawl]]` of one site."""
    return "\n".join(
        ("[[crawl]]", f'name = "{name}"', f'seeds = ["{site.origin}/"]', f'cron = "{cron}"', *more)
    )


def until(truth: Callable[[], object], process: "subprocess.Popen[bytes] | None" = None) -> None:
    """Wait for something that must come, while `process` lives."""
    for _ in range(1800):
        if truth():
            return
        assert process is None or process.poll() is None, "it ended too early"
        PAUSE.wait(0.1)
    raise AssertionError("it never came")


def stop(process: "subprocess.Popen[bytes]", number: int = signal.SIGTERM) -> int:
    """Signal `process` and wait for its end; its exit code."""
    if process.poll() is None:
        process.send_signal(number)
    return process.wait(timeout=180)


def overlaps(runs: Sequence[ScheduledRun]) -> list[str]:
    """Runs of one job that began before the one before them ended."""
    found = []
    for job in {run.job for run in runs}:
        own = [run for run in runs if run.job == job]
        for before, after in pairwise(own):
            if before.ended_at is None or before.ended_at > after.started_at:
                found.append(after.run)
    return found


@dataclass
class Receiver:
    """A webhook: what was posted to it, and how it answers."""

    answers: list[int] = field(default_factory=list)
    """Statuses of the next answers; 204 when there are none left."""
    posted: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/heed"

    @property
    def taken(self) -> list[dict[str, Any]]:
        """What it took."""
        return [message for status, message in self.posted if status == 204]

    def alert(self, kind: str) -> str:
        """An `[[alert]]` to it."""
        return f'[[alert]]\non = "{kind}"\nwebhook = "{self.url}"\n'


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A webhook on loopback while the context lasts."""
    receiver = Receiver()

    class Posts(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.answers.pop(0) if receiver.answers else 204
            receiver.posted.append((status, json.loads(body)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
            """The receiver keeps its own log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Posts)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
