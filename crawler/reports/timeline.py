"""One site's history in lines for a terminal: when a verdict changed, and by which line."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import Engine

from crawler.policy.restriction import Restriction
from crawler.records.legible import legible
from crawler.reports.queries import Observed, read_bodies
from crawler.reports.texts import read_lines
from crawler.reports.verdicts import Verdicts


def make_timeline(
    engine: Engine, observed: Sequence[Observed], verdicts: Verdicts
) -> Iterator[str]:
    """A line a state and the bots it holds for; `observed` is one site's, by time."""
    verdicts.prepare(observed)
    yield f"{observed[0].site}: {len(observed)} observations, rule {verdicts.rule.value}"
    histories: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for place, bot in enumerate(verdicts.bots):
        histories[tuple(_states(engine, observed, verdicts, place))].append(bot)
    for states, bots in sorted(histories.items(), key=lambda each: len(each[1])):
        yield ", ".join(bots)
        yield from (f"  {state}" for state in states)


def _states(
    engine: Engine, observed: Sequence[Observed], verdicts: Verdicts, place: int
) -> Iterator[str]:
    seen = [(each, verdicts.of(each)[place]) for each in observed if each.answered]
    for _, group in groupby(seen, key=lambda each: (each[1].verdict, each[1].basis)):
        first, found = next(group)
        yield f"{first.at:%Y-%m-%d} {found.verdict} ({found.basis.value})" + _words(
            engine, first, found
        )


def _words(engine: Engine, observed: Observed, found: Restriction) -> str:
    if not found.lines:
        return ""
    lines = read_lines(read_bodies(engine, [observed.body_id])[observed.body_id])
    told = (
        f'"{legible(lines[number - 1].strip())}" (line {number})'
        for number in found.lines
        if number <= len(lines)
    )
    return f": {', '.join(told)}"
