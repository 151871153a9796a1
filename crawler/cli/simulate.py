"""`heed simulate`: a crawl planned on paper, before anybody is asked for anything."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from crawler.planning.model import Crawl, Plan

HOUR, DAY, YEAR = 3600.0, 86_400.0, 31_536_000.0
EXTRACTS = ("accurate", "fast", "bulk", "none")


def simulate(
    hosts: Annotated[int, typer.Option(min=1, help="Hosts to crawl.")],
    pages: Annotated[int, typer.Option(min=1, help="Pages in all.")],
    largest: Annotated[
        int | None, typer.Option(min=1, help="Pages of the largest host [pages / hosts].")
    ] = None,
    delay: Annotated[
        float, typer.Option(min=0, max=YEAR, help="Seconds between requests to a host.")
    ] = 5.0,
    latency: Annotated[
        float, typer.Option(min=0, max=YEAR, help="Seconds that an answer takes.")
    ] = 0.5,
    workers: Annotated[int, typer.Option(min=1, help="Workers; more than one are a fleet.")] = 1,
    concurrency: Annotated[int, typer.Option(min=1, help="HEED_CONCURRENCY.")] = 64,
    extract: Annotated[str, typer.Option(help="accurate, fast, bulk or none.")] = "accurate",
    cores: Annotated[int, typer.Option(min=1, help="Cores of each worker.")] = 2,
    bandwidth: Annotated[
        float, typer.Option(min=0.001, max=1e9, help="Mbit/s of each worker.")
    ] = 100.0,
    page_bytes: Annotated[int, typer.Option(min=1, help="Bytes of a page.")] = 111_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
) -> None:
    """Plan a crawl on paper: time, bytes, memory, and the limit that binds."""
    from crawler.errors import ConfigurationError
    from crawler.planning.costs import Machine
    from crawler.planning.model import Crawl, plan

    if extract not in EXTRACTS:
        raise ConfigurationError(f"--extract {extract!r} is unknown: say {', '.join(EXTRACTS)}.")
    if largest is not None and largest > pages:
        raise ConfigurationError(f"--largest {largest} is more than --pages {pages}: mend either.")
    crawl = Crawl(
        hosts=hosts,
        pages=pages,
        largest=largest or -(-pages // hosts),
        delay=delay,
        latency=latency,
        workers=workers,
        concurrency=concurrency,
        extract=extract,
        page_bytes=page_bytes,
        fleet=workers > 1,
        machine=Machine(cores=cores, bandwidth=bandwidth * 125_000),
    )
    found = plan(crawl)
    print(json.dumps(_as_json(crawl, found)) if as_json else _in_words(crawl, found))


def _as_json(crawl: "Crawl", found: "Plan") -> dict[str, object]:
    return {
        "requests": found.requests,
        "gap": round(crawl.gap, 3),
        "seconds": round(found.duration, 1),
        "limit": found.limit,
        "seconds_by_limit": {name: round(value, 1) for name, value in found.seconds.items()},
        "pages_a_second": round(crawl.pages / max(found.duration, 0.001), 2),
        "bytes": found.stored,
        "memory": found.memory,
    }


def _in_words(crawl: "Crawl", found: "Plan") -> str:
    from crawler.planning.model import LIMITS

    speed = crawl.pages / max(found.duration, 0.001)
    spent = f"{_span(found.duration)} at {speed:.1f} pages/s, {found.requests} requests"
    lines = [
        f"{crawl.pages} pages of {crawl.hosts} hosts, {crawl.workers} worker(s): {spent}",
        f"bound by {LIMITS[found.limit]}",
        "",
        "time by limit",
        *(f"  {name:14} {_span(value)}" for name, value in found.seconds.items()),
        "bytes",
        *(f"  {name:14} {_size(value)}" for name, value in found.stored.items()),
        "memory",
        *(f"  {name:14} {_size(value)}" for name, value in found.memory.items()),
    ]
    return "\n".join(lines)


def _span(seconds: float) -> str:
    if seconds < HOUR:
        return f"{seconds:.0f} s"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:.1f} days"


def _size(number: float) -> str:
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if number < 1000 or unit == "TB":  # noqa: PLR2004 (SI units)
            break
        number /= 1000
    return f"{number:.1f} {unit}"
