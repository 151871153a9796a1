"""What is measured: each contender's command line, run in turn by the meter."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Final, TextIO

from crawler.bench.meter import cpu_seconds
from crawler.bench.server import page_urls
from crawler.errors import ConfigurationError, HeedError

LONGEST: Final = 7200.0
"""Seconds after which a single run is given up."""

ONCE_A_CORE: Final = "naive whole, once a core"
NAIVE: Final[Mapping[str, tuple[str, ...]]] = {
    "naive fetch": (),
    "naive fetch + WARC": ("warc",),
    "naive whole": ("warc", "text", "rows"),
    "naive whole + metadata": ("warc", "metadata", "rows"),
    ONCE_A_CORE: ("warc", "text", "rows"),
}
HEED: Final[Mapping[str, str]] = {
    "heed fetch + gates + WARC": "none",
    "heed whole": "accurate",
    "heed whole fast": "fast",
    "heed whole bulk": "bulk",
}
WGET: Final = "wget --warc-file"
CONTENDERS: Final = (*NAIVE, *HEED, WGET)


class RunError(HeedError):
    """A contender came to a bad end."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What every contender is given: a list of URLs, one file."""

    urls: tuple[str, ...]
    folder: Path
    """Scratch; every run has a folder of its own below."""

    @property
    def list(self) -> Path:
        """The file of URLs."""
        return self.folder / "urls.txt"


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a contender came to."""

    contender: str
    pages: int
    seconds: float
    cpu: float
    """Processor seconds of all its processes."""
    peak: int
    """Bytes of memory at most, all its processes together."""
    server: float
    """Processor seconds that the server spent meanwhile."""

    @property
    def pages_a_second(self) -> float:
        """Pages kept a second, start and end of the process included."""
        return self.pages / self.seconds

    @property
    def cpu_a_page(self) -> float:
        """Milliseconds of processor time a page kept."""
        return 1000 * self.cpu / max(self.pages, 1)


class Bench:
    """A running server and a scratch folder; runs one contender after the other."""

    def __init__(self, server: "subprocess.Popen[str]", port: int, scratch: Path) -> None:
        self._server = server
        self._port = port
        self._scratch = scratch
        self._number = 0

    def workload(self, pages: int, hosts: int) -> Workload:
        """`pages` URLs over `hosts` hosts, written to a file."""
        self._number += 1
        folder = self._scratch / f"load-{self._number}"
        folder.mkdir()
        load = Workload(tuple(page_urls(pages, hosts, self._port)), folder)
        load.list.write_text("\n".join(load.urls) + "\n", encoding="utf-8")
        return load

    def run(self, contender: str, load: Workload, before: Sequence[str] = ()) -> Run:
        """Run `contender` to its end; raises `RunError`.

        `before` are words to put before Heed's command line: what else is to be recorded.
        """
        with tempfile.TemporaryDirectory(dir=load.folder) as folder:
            out = Path(folder)
            command = command_of(contender, load, out, before)
            began = cpu_seconds(self._server.pid)
            done = self._metered(out / "cost.json", command, contender)
            cost = json.loads((out / "cost.json").read_text(encoding="utf-8"))
            return Run(
                contender=contender,
                pages=_pages_of(contender, done, out, load),
                seconds=cost["seconds"],
                cpu=cost["user"] + cost["system"],
                peak=int(cost["peak"]),
                server=cpu_seconds(self._server.pid) - began,
            )

    def _metered(self, place: Path, command: list[str], contender: str) -> str:
        meter = [sys.executable, "-m", "crawler.bench.meter", str(place), *command]
        with (place.parent / "errors.txt").open("w+", encoding="utf-8") as errors:
            code, told = _run_to_its_end(meter, errors, _environment(self._scratch))
            errors.seek(0)
            said = errors.read().strip().splitlines()
        if code not in (0, *([8] if contender == WGET else [])):
            why = said[-1] if said else "it said nothing"
            raise RunError(f"{contender} ended with exit code {code}: {why}.")
        return told


def _run_to_its_end(
    command: list[str], errors: TextIO, environment: Mapping[str, str]
) -> tuple[int, str]:
    """The exit code of `command` and what it said; whatever ends this ends all that it started."""
    with subprocess.Popen(  # noqa: S603 (the bench's own commands)
        command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            told, _ = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise RunError(f"A run took longer than {LONGEST:.0f} s: try fewer --pages.") from None
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, told


def command_of(contender: str, load: Workload, out: Path, before: Sequence[str]) -> list[str]:
    """The command line of `contender`, which writes below `out`; raises `ConfigurationError`."""
    if contender in NAIVE:
        module = "once_a_core" if contender == ONCE_A_CORE else "naive"
        start = [sys.executable, "-m", f"crawler.bench.{module}"]
        return [*start, str(load.list), str(out), *NAIVE[contender]]
    if contender == WGET:
        wget = which("wget")
        if wget is None:
            raise ConfigurationError("--compare wget: there is no wget on this machine.")
        return [wget, "-q", "-i", str(load.list), f"--warc-file={out / 'wget'}", "-O", os.devnull]
    return [
        *(before or (sys.executable, "-m", "crawler.cli")), "crawl", "--seeds", str(load.list),
        "--out", str(out / "out"), "--scope", "seeds", "--extract", HEED[contender],
        "--allow-net", "127.0.0.0/8", "--delay", "0", "--linger", "0", "--json",
    ]  # fmt: skip


def _environment(scratch: Path) -> dict[str, str]:
    """The caller's without an operator's own settings; compiled modules kept, as by default."""
    dropped = ("HEED_", "PYTHONDONTWRITEBYTECODE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    return {**kept, "PYTHONPYCACHEPREFIX": str(scratch / "pycache")}


def _pages_of(contender: str, said: str, out: Path, load: Workload) -> int:
    """How many pages a run has to show for itself: of a crawl that gates, only those kept."""
    if contender == WGET:
        return len(load.urls) if (out / "wget.warc.gz").exists() else 0
    summary = json.loads(said.splitlines()[-1])
    pages = int(summary["pages_kept" if contender in HEED else "pages"])
    if not pages:
        raise RunError(f"{contender} kept no page of {len(load.urls)}: see what it logs.")
    return pages


@contextmanager
def bench(folder: Path | None) -> Iterator[Bench]:
    """A bench that serves the pages of `folder` (the made set without one) while it lasts.

    Raises `HeedError` where there are no pages or no place to listen.
    """
    words = [sys.executable, "-m", "crawler.bench.server", *([str(folder)] if folder else [])]
    with (
        tempfile.TemporaryDirectory(prefix="heed-bench-") as scratch,
        subprocess.Popen(  # noqa: S603 (the bench's own command)
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as server,
    ):
        try:
            port = server.stdout.readline().strip() if server.stdout else ""
            if not port:
                said = server.stderr.read().strip() if server.stderr else ""
                raise RunError(said.removeprefix("heed: ") or "The bench's server did not start.")
            yield Bench(server, int(port), Path(scratch))
        finally:
            if server.stdin is not None:
                server.stdin.close()
