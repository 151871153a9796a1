"""What was measured as a table: medians over rounds, ratios round by round, stages, machine."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from crawler.bench.runs import HEED, ONCE_A_CORE, Run

RATIOS: Final = (
    ("whole pipeline", "heed whole", "naive whole"),
    ("whole pipeline against the naive stack once a core", "heed whole", ONCE_A_CORE),
    ("fetch + gates + WARC against fetch + WARC", "heed fetch + gates + WARC",
     "naive fetch + WARC"),
)  # fmt: skip
"""What is compared with what, and what that is called."""

_MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times the naive stack's figure Heed reaches; above 1 is better."""

    name: str
    pages_a_second: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a bench measured."""

    pages: int
    hosts: int
    page_bytes: float
    """Mean bytes of a page."""
    runs: tuple[Run, ...]
    stages: Mapping[str, float]
    """Milliseconds of processor time a page by stage of the whole pipeline; may be empty."""

    @property
    def contenders(self) -> tuple[str, ...]:
        """In the order of their first runs."""
        return tuple(dict.fromkeys(run.contender for run in self.runs))

    def of(self, contender: str) -> list[Run]:
        """The runs of one contender, in order."""
        return [run for run in self.runs if run.contender == contender]

    @property
    def ratios(self) -> tuple[Ratio, ...]:
        """Every comparison both sides of which were run: the median over the rounds."""
        known = set(self.contenders)
        return tuple(
            Ratio(
                name,
                median(a.pages_a_second / b.pages_a_second for a, b in self._pairs(ours, theirs)),
                median(b.cpu_a_page / a.cpu_a_page for a, b in self._pairs(ours, theirs)),
            )
            for name, ours, theirs in RATIOS
            if {ours, theirs} <= known
        )

    def _pairs(self, ours: str, theirs: str) -> Iterable[tuple[Run, Run]]:
        return zip(self.of(ours), self.of(theirs), strict=True)

    def as_json(self) -> dict[str, object]:
        """The report for machines: seconds, milliseconds and bytes as the keys say."""
        return {
            "machine": describe_machine(),
            "pages": self.pages,
            "hosts": self.hosts,
            "page_bytes": round(self.page_bytes),
            "runs": [
                {
                    "contender": run.contender,
                    "pages": run.pages,
                    "seconds": round(run.seconds, 3),
                    "pages_a_second": round(run.pages_a_second, 2),
                    "cpu_ms_a_page": round(run.cpu_a_page, 3),
                    "server_cpu_seconds": round(run.server, 3),
                    "peak_bytes": run.peak,
                }
                for run in self.runs
            ],
            "ratios": [
                {"name": one.name, "pages_a_second": round(one.pages_a_second, 3),
                 "cpu": round(one.cpu, 3)}
                for one in self.ratios
            ],
            "stages_cpu_ms_a_page": {key: round(ms, 3) for key, ms in self.stages.items()},
        }  # fmt: skip

    def as_markdown(self) -> str:
        """The report as the README shows it."""
        parts = [self._about(), _table(_RUN_COLUMNS, map(self._row, self.contenders))]
        if self.ratios:
            rows = [(f"Heed, {one.name}", f"{one.pages_a_second:.2f}", f"{one.cpu:.2f}")
                    for one in self.ratios]  # fmt: skip
            parts.append(_table(("times the naive stack", "pages/s", "pages a CPU second"), rows))
        if self.stages:
            rows = [(name, f"{ms:.2f}", "") for name, ms in self.stages.items()]
            parts.append(_table(("stage of the whole pipeline", "CPU ms a page", ""), rows))
        return "\n\n".join(parts)

    def _about(self) -> str:
        rounds = max((len(self.of(one)) for one in self.contenders), default=0)
        return (
            f"{self.pages:,} pages of {self.page_bytes / 1000:.0f} kB on {self.hosts:,} hosts, "
            f"median of {rounds} rounds in turn, start and end of each process included. "
            f"{describe_machine()}."
        )

    def _row(self, contender: str) -> tuple[str, ...]:
        runs = self.of(contender)
        return (
            contender,
            f"{median(run.pages for run in runs):,.0f}",
            f"{median(run.pages_a_second for run in runs):.1f}",
            f"{median(run.cpu_a_page for run in runs):.1f}",
            f"{median(run.peak for run in runs) / _MIB:.0f} MiB",
        )


_RUN_COLUMNS: Final = ("", "pages kept", "pages/s", "CPU ms a page", "peak memory")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def describe_machine() -> str:
    """Cores that may be used, processor, system and Python: what a number depends on."""
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores, {_cpu_model()}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def stages_of(spent: Mapping[str, float], run: Run) -> dict[str, float]:
    """What `staged` wrote down of `run`, in milliseconds a page, with what is left of the whole."""
    if run.contender not in HEED:
        return {}
    process = spent["process"]
    named = {name: seconds for name, seconds in spent.items() if name not in ("process", "start")}
    start = spent.get("start", 0.0)
    rest = process - start - sum(named.values())
    found = {
        **dict(sorted(named.items(), key=lambda one: -one[1])),
        "engine and event loop": rest,
        "extraction processes": run.cpu - process,
        "start": start,
    }
    return {name: 1000 * seconds / run.pages for name, seconds in found.items()}
