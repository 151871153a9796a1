"""What an audit came to, for a person: outcomes, uses, signals, and who asked for rest."""

from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.clock import iso_milliseconds
from crawler.policy.model import State, Use

if TYPE_CHECKING:
    from crawler.cli.auditing import Ending

STATES: Final = tuple(sorted(State, key=lambda one: -one.rank))


def print_findings(ending: "Ending", console: Console) -> None:
    """The summary of an audit."""
    tally = ending.tally
    rate = tally.audited / max(ending.seconds, 0.001)
    known = f", {tally.known} before" if tally.known else ""
    console.print(
        f"\n[bold]{tally.audited} sites audited[/]{known} "
        f"({ending.seconds:.1f} s, {rate:.1f} a second)",
        highlight=False,
    )
    for title, counts in (
        ("robots.txt", {one.value: n for one, n in tally.outcomes.items()}),
        ("front page", {one.value: n for one, n in tally.front_pages.items()}),
        ("signals", dict(tally.signals)),
    ):
        if counts:
            ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
            listed = ", ".join(f"{count} {name}" for name, count in ranked)
            console.print(Text(f"{title}: {listed}"), soft_wrap=True)
    if tally.audited:
        console.print(_uses(ending))
    for site, why in tally.refused.items():
        console.print(Text(f"address refused: {site}: {why}"), soft_wrap=True)
    for one in tally.resting:
        until = iso_milliseconds(one.until)
        console.print(Text(f"resting: {one.site} until {until}: {one.reason}"), soft_wrap=True)
    if tally.rested > len(tally.resting):
        console.print(f"resting: {tally.rested - len(tally.resting)} more", highlight=False)
    console.print(Text(f"kept in {ending.ledger}"), soft_wrap=True)
    if ending.resume:
        console.print(Text(f"ended early ({ending.reason}): {ending.resume}"), soft_wrap=True)


def _uses(ending: "Ending") -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("use")
    for state in STATES:
        table.add_column(state.value, justify="right")
    for use in Use:
        counts = [ending.tally.uses[use, state] for state in STATES]
        table.add_row(use.value, *(str(count) for count in counts))
    return table
