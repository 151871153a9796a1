"""`heed bench`: Heed against the naive stack on the same pages, in turn, on this machine."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crawler.errors import ConfigurationError


def bench(
    folder: Annotated[
        Path | None, typer.Option(help="Pages to serve: *.html, *.html.gz [a made set].")
    ] = None,
    pages: Annotated[int, typer.Option(min=1, help="Pages of a run.")] = 1000,
    hosts: Annotated[int, typer.Option(min=1, help="Hosts that they are spread over.")] = 50,
    rounds: Annotated[int, typer.Option(min=1, help="Runs of each contender.")] = 3,
    compare: Annotated[
        list[str] | None,
        typer.Option(help="Also run: wget, metadata, cores, fast, bulk; repeatable."),
    ] = None,
    profile: Annotated[bool, typer.Option("--profile", help="Profile one more run.")] = False,
    chart: Annotated[Path | None, typer.Option(help="Write scale curves (SVG) instead.")] = None,
    chart_pages: Annotated[int, typer.Option(min=1000, help="Pages that they end at.")] = 10_000,
    chart_hosts: Annotated[int, typer.Option(min=100, help="Hosts that they end at.")] = 1_000,
    chart_extract: Annotated[
        str, typer.Option(help="none, bulk, fast or accurate, for the curves.")
    ] = "bulk",
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Measure speed and memory against the naive stack: Scrapy, warcio and trafilatura as shipped.

    Everything runs on loopback. The tables are those of the README; ratios above 1 are better.
    """
    from crawler.bench.curves import Bounds, measure_curves, write_chart
    from crawler.bench.measuring import Plan, measure

    console = Console(stderr=True)

    def say(line: str) -> None:
        console.print(line, highlight=False)

    if chart is not None:
        if chart.is_dir() or not chart.parent.is_dir():
            # Known before the measuring, which takes minutes.
            raise ConfigurationError(
                f"--chart {str(chart)!r} cannot be written: name a file in a folder that is there."
            )
        curves = measure_curves(folder, Bounds(chart_pages, chart_hosts, chart_extract), say)
        write_chart(chart, curves)
        tables = "\n\n".join(one.as_markdown() for one in curves)
        print(json.dumps([one.as_json() for one in curves]) if as_json else tables)
        return
    plan = Plan(folder, pages, hosts, rounds, tuple(compare or ()), profile)
    report, profiled = measure(plan, say)
    print(json.dumps(report.as_json()) if as_json else report.as_markdown())
    if profiled:
        print(f"\n{profiled}")
