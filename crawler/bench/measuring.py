"""A bench from beginning to end: warm up, rounds in turn, one more run for the stages."""

import cProfile
import json
import pstats
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

from crawler.bench.figures import Report, stages_of
from crawler.bench.pages import read_pages
from crawler.bench.runs import ONCE_A_CORE, WGET, Bench, Run, Workload, bench
from crawler.errors import ConfigurationError

WARM_UP: Final = (10, 2)
"""Pages and hosts of the runs that are not counted: they compile and cache what later ones read."""

USUAL: Final = (
    "naive fetch", "naive fetch + WARC", "naive whole",
    "heed fetch + gates + WARC", "heed whole",
)  # fmt: skip
COMPARED: Final = {"wget": WGET, "metadata": "naive whole + metadata", "cores": ONCE_A_CORE,
                   "fast": "heed whole fast", "bulk": "heed whole bulk"}  # fmt: skip
"""What `--compare` adds."""

_PROFILED: Final = 40
"""Functions that a profile lists."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure."""

    folder: Path | None
    pages: int
    hosts: int
    rounds: int
    compare: tuple[str, ...] = ()
    profile: bool = False


def contenders(compare: Sequence[str]) -> tuple[str, ...]:
    """Who takes part in each round; raises `ConfigurationError` for a name nobody has."""
    for name in compare:
        if name not in COMPARED:
            known = ", ".join(COMPARED)
            raise ConfigurationError(f"--compare {name!r} is unknown: say {known}.")
    return (*USUAL, *(COMPARED[name] for name in dict.fromkeys(compare)))


def measure(plan: Plan, say: Say) -> tuple[Report, str]:
    """The report, and the profile's text where one was asked for; raises `HeedError`."""
    taking_part = contenders(plan.compare)
    sizes = [len(page) for page in read_pages(plan.folder)]
    with bench(plan.folder) as running:
        load, runs = running.workload(plan.pages, plan.hosts), list[Run]()
        _warm_up(running, taking_part, say)
        for number in range(1, plan.rounds + 1):
            for contender in taking_part:
                run = running.run(contender, load)
                say(f"round {number}: {contender}: {run.pages_a_second:.1f} pages/s")
                runs.append(run)
        stages = _measure_stages(running, load)
        profile = _profile(running, load) if plan.profile else ""
    mean = sum(sizes) / len(sizes)
    return Report(plan.pages, plan.hosts, mean, tuple(runs), stages), profile


def _warm_up(running: Bench, taking_part: Sequence[str], say: Say) -> None:
    say("warming up")
    load = running.workload(*WARM_UP)
    for contender in dict.fromkeys(taking_part):
        running.run(contender, load)


def _measure_stages(running: Bench, load: Workload) -> dict[str, float]:
    place = load.folder / "stages.json"
    words = (sys.executable, "-m", "crawler.bench.staged", str(place))
    run = running.run("heed whole", load, words)
    return stages_of(json.loads(place.read_text(encoding="utf-8")), run)


def _profile(running: Bench, load: Workload) -> str:
    """The functions of Heed's own process that take longest, by cProfile, which slows it down."""
    place = load.folder / "profile"
    words = (sys.executable, "-m", cProfile.__name__, "-o", str(place), "-m", "crawler.cli")
    running.run("heed whole", load, words)
    said = StringIO()
    pstats.Stats(str(place), stream=said).sort_stats("tottime").print_stats(_PROFILED)
    return said.getvalue()
