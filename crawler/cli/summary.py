"""What a crawl came to: the same numbers for people and, with `--json`, for machines."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.cli.tally import SKIP_REASONS, Example, Tally
from crawler.clock import iso_milliseconds
from crawler.config import Options
from crawler.records.legible import legible

SEEDS_TOLD: Final = 100
LONGEST_TOLD: Final = 300
"""Refused seeds told to people, and letters of each; machines are told everything."""


@dataclass(frozen=True, slots=True)
class Resting:
    """A host that still has URLs waiting, until when and why."""

    host: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The end of one run."""

    tally: Tally
    job: str
    out: str
    reason: str
    seconds: float
    rows_written: int
    rows_skipped: dict[str, int]
    left_out: dict[str, int]
    resting: tuple[Resting, ...]
    seeds_refused: dict[str, str]
    rows_noticed: dict[str, int] = field(default_factory=dict)
    """Texts that were next to nothing, or what a host says of pages that it does not have."""
    resume: str = ""
    """How to go on with a job that ended before it was done."""

    def as_json(self) -> dict[str, object]:
        """The summary by the keys of contract.md."""
        tally = self.tally
        return {
            "job": self.job,
            "out": self.out,
            "ended": self.reason,
            "pages_fetched": tally.pages_fetched,
            "pages_kept": tally.pages_kept,
            "rows_written": self.rows_written,
            "rows_skipped": {reason: self.rows_skipped.get(reason, 0) for reason in SKIP_REASONS},
            "refused": dict(tally.refused),
            "refused_examples": {
                name: [
                    {"url": one.url, "use": one.use, "verbatim": one.verbatim, "where": one.where}
                    for one in examples
                ]
                for name, examples in tally.examples.items()
            },
            "rows_noticed": self.rows_noticed,
            "failed": dict(tally.failed),
            "left_out": self.left_out,
            "resting": [
                {"host": one.host, "until": iso_milliseconds(one.until), "reason": one.reason}
                for one in self.resting
            ],
            "seeds_refused": self.seeds_refused,
            "hosts": len(tally.hosts),
            "bytes": tally.bytes,
            "seconds": round(self.seconds, 3),
        }


def print_summary(summary: Summary, console: Console) -> None:
    """The summary for a person: what was kept, and what was refused in whose words."""
    tally = summary.tally
    console.print(
        f"\n[bold]{tally.pages_fetched} pages crawled[/] on {len(tally.hosts)} hosts, "
        f"[bold green]{tally.pages_kept} kept[/], "
        f"[bold red]{sum(tally.refused.values())} refused[/], "
        f"[bold]{summary.rows_written} rows written[/] "
        f"({tally.bytes / 1_000_000:.1f} MB in {summary.seconds:.1f} s)",
        highlight=False,
    )
    if tally.refused:
        console.print(_refusals(tally))
    for title, counts in (
        ("rows not written", {key: n for key, n in summary.rows_skipped.items() if n}),
        ("texts noticed", {key: n for key, n in summary.rows_noticed.items() if n}),
        ("answers that are no page", dict(tally.failed)),
        ("URLs left out", summary.left_out),
    ):
        if counts:
            listed = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
            console.print(f"{title}: {listed}", highlight=False, soft_wrap=True)
    for seed, why in islice(summary.seeds_refused.items(), SEEDS_TOLD):
        console.print(Text(f"seed refused: {seed:.{LONGEST_TOLD}}: {why}"), soft_wrap=True)
    if (more := len(summary.seeds_refused) - SEEDS_TOLD) > 0:
        console.print(f"seeds refused: {more} more; --json names them all")
    for one in summary.resting:
        until = iso_milliseconds(one.until)
        console.print(Text(f"resting: {one.host} until {until}: {one.reason}"), soft_wrap=True)
    console.print(Text(_where_to_look(summary)), soft_wrap=True)
    if summary.resume:
        console.print(Text(f"ended early ({summary.reason}): {summary.resume}"), soft_wrap=True)


def _where_to_look(summary: Summary) -> str:
    tally = summary.tally
    came = tally.pages_fetched or tally.refused or tally.failed
    if came or summary.resting or summary.seeds_refused or summary.resume:
        return f"written below {summary.out}"
    return f"nothing was due: job {summary.job} has asked for all it knows; --recrawl asks again."


def how_to_resume(options: Options) -> str:
    """What an operator does to go on with a job that ended early."""
    said = [f"--{name}" for name in ("fresh", "recrawl") if getattr(options, name)]
    without = f" without {' and '.join(said)}" if said else ""
    return f"run the same command again{without} to go on with job {options.job}."


def _refusals(tally: Tally) -> Table:
    table = Table(title="refused, and why", title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("signal", no_wrap=True)
    table.add_column("pages", justify="right")
    table.add_column("for example, in the site's words", overflow="fold")
    for name, count in tally.refused.most_common():
        table.add_row(name, str(count), _telling(tally.examples[name][0]))
    return table


def _telling(example: Example) -> Text:
    words = legible(" ".join(example.verbatim.split())[:120])
    return Text.assemble(
        (f"“{words}”", "bold"), f"\n{example.where}: {example.url} for {example.use}"
    )
