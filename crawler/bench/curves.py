"""Scale curves: what a page costs and how much memory a crawl takes, as pages and hosts grow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crawler.bench.drawing import draw
from crawler.bench.figures import describe_machine
from crawler.bench.runs import HEED, Bench, Run, bench
from crawler.errors import ConfigurationError, StorageError

STEPS: Final = (1, 3, 10, 30, 100)
"""Sizes as multiples of the smallest one."""

HOSTS: Final = 100
"""Hosts of the curve over pages, and the fewest of the curve over hosts."""

PAGES: Final = 1_000
"""The fewest pages of the curve over pages."""

PAGES_A_HOST: Final = 5
"""On the curve over hosts, so that site files weigh the same at each of its points."""

_MIB: Final = 1 << 20
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where the curves end, and by which profile text is extracted."""

    pages: int
    hosts: int
    extract: str


@dataclass(frozen=True, slots=True)
class Point:
    """One crawl of a curve."""

    size: int
    """Pages or hosts, as the curve has it."""
    pages: int
    cpu: float
    """Milliseconds of processor time a page, without the start of the processes."""
    pages_a_second: float
    peak: int
    """Bytes of memory, all processes together."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of growing size; `over` says of what."""

    over: str
    points: tuple[Point, ...]

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {
            "over": self.over,
            "machine": describe_machine(),
            "points": [
                {"size": one.size, "pages": one.pages, "cpu_ms_a_page": round(one.cpu, 3),
                 "pages_a_second": round(one.pages_a_second, 2), "peak_bytes": one.peak}
                for one in self.points
            ],
        }  # fmt: skip

    def as_markdown(self) -> str:
        """As a table."""
        lines = [f"| {self.over} | pages kept | CPU ms a page | pages/s | peak memory |",
                 "| ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
        lines += [
            f"| {one.size:,} | {one.pages:,} | {one.cpu:.2f} | {one.pages_a_second:.1f} "
            f"| {one.peak / _MIB:.0f} MiB |"
            for one in self.points
        ]
        return "\n".join(lines)


def measure_curves(folder: Path | None, bounds: Bounds, say: Say) -> tuple[Curve, Curve]:
    """A crawl for each point, up to `bounds`; raises `HeedError`."""
    contender = {profile: name for name, profile in HEED.items()}.get(bounds.extract)
    if contender is None:
        known = ", ".join(HEED.values())
        raise ConfigurationError(f"--chart-extract {bounds.extract!r} is unknown: say {known}.")
    with bench(folder) as running:
        few = running.workload(10, 2)
        running.run(contender, few)
        start = running.run(contender, few)
        by_pages = Curve(
            "pages",
            tuple(
                _point(pages, running, contender, (pages, HOSTS), start, say)
                for pages in _sizes(PAGES, bounds.pages)
            ),
        )
        by_hosts = Curve(
            "hosts",
            tuple(
                _point(hosts, running, contender, (hosts * PAGES_A_HOST, hosts), start, say)
                for hosts in _sizes(HOSTS, bounds.hosts)
            ),
        )
    return by_pages, by_hosts


def _sizes(first: int, last: int) -> Iterator[int]:
    step = 1
    while True:
        for multiple in STEPS[:-1]:
            if first * multiple * step > last:
                return
            yield first * multiple * step
        step *= STEPS[-1]


def _point(
    size: int, running: Bench, contender: str, load: tuple[int, int], start: Run, say: Say
) -> Point:
    run = running.run(contender, running.workload(*load))
    cpu = 1000 * (run.cpu - start.cpu) / run.pages
    cost = f"{cpu:.2f} CPU ms a page, {run.peak / _MIB:.0f} MiB"
    say(f"{load[0]:,} pages on {load[1]:,} hosts: {cost}")
    return Point(size, run.pages, cpu, run.pages_a_second, run.peak)


def write_chart(place: Path, curves: tuple[Curve, ...]) -> None:
    """The curves as one SVG at `place`; raises `StorageError`."""
    panels = [
        panel
        for curve in curves
        for panel in (
            (f"CPU ms a page, by {curve.over}", [(one.size, one.cpu) for one in curve.points]),
            (
                f"MiB at most, by {curve.over}",
                [(one.size, one.peak / _MIB) for one in curve.points],
            ),
        )
    ]
    try:
        place.write_text(draw(panels, describe_machine()), encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"The chart {str(place)!r} cannot be written: {error.strerror}; name another --chart."
        ) from error
