"""What changed between consecutive answers of a site: verdicts by bot, and the lines."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise
from typing import Final

from sqlalchemy import Engine

from crawler.policy.differences import Difference, compare_lines
from crawler.reports.queries import Observed, read_bodies
from crawler.reports.turns import Turns
from crawler.reports.verdicts import Verdicts

SITES_TO_SUSPECT: Final = 10
SHARE_TO_SUSPECT: Final = 0.5
"""More than this share of at least so many sites changing a verdict on one day is suspect."""


@dataclass(frozen=True, slots=True)
class Change:
    """One bot's change at one site; `unstable` where the bot's verdict came back or goes back."""

    site: str
    bot: str
    before: str
    after: str
    from_date: datetime
    to_date: datetime
    difference: Difference
    unstable: bool

    @property
    def text_only(self) -> bool:
        """Whether the words changed and what they come to did not."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class MassChange:
    """A day on which so many of the sites seen changed a verdict that the input is suspect."""

    day: date
    changed: int
    seen: int


Pair = tuple[Observed, Observed]


def find_changes(
    engine: Engine, turns: Turns, verdicts: Verdicts, since: datetime | None = None
) -> Iterator[Change]:
    """Changes seen from `since` on, by site, time and bot; a gap is none."""
    verdicts.prepare(turns.observed)
    for _, group in groupby(turns.observed, key=lambda each: each.site):
        answers = list(group)
        if since is not None and answers[-1].at < since:
            continue
        unstable = _unstable_bots(answers, verdicts)
        for pair in pairwise(answers):
            if since is None or pair[1].at >= since:
                yield from _changes(engine, pair, verdicts, unstable)


def _changes(
    engine: Engine, pair: Pair, verdicts: Verdicts, unstable: frozenset[str]
) -> Iterator[Change]:
    before, after = pair
    old, new = verdicts.of(before), verdicts.of(after)
    if before.body_id == after.body_id and old == new:
        return
    texts = read_bodies(engine, [before.body_id, after.body_id])
    difference = compare_lines(texts[before.body_id], texts[after.body_id])
    for bot, was, now in zip(verdicts.bots, old, new, strict=True):
        moved = was.verdict != now.verdict
        if moved or difference.added or difference.removed:
            yield Change(
                site=after.site,
                bot=bot,
                before=was.verdict,
                after=now.verdict,
                from_date=before.at,
                to_date=after.at,
                difference=difference,
                unstable=moved and bot in unstable,
            )


def _unstable_bots(answers: Sequence[Observed], verdicts: Verdicts) -> frozenset[str]:
    """Bots whose verdict left a word and came back to it."""
    found = set()
    for place, bot in enumerate(verdicts.bots):
        words = [key for key, _ in groupby(verdicts.of(each)[place].verdict for each in answers)]
        if len(words) != len(set(words)):
            found.add(bot)
    return frozenset(found)


def find_mass_changes(turns: Turns, verdicts: Verdicts) -> list[MassChange]:
    """Days on which most of the sites seen changed a verdict; `verdicts` must be prepared."""
    changed: Counter[date] = Counter()
    for _, group in groupby(turns.observed, key=lambda each: each.site):
        for before, after in pairwise(group):
            old = [one.verdict for one in verdicts.of(before)]
            changed[after.at.date()] += old != [one.verdict for one in verdicts.of(after)]
    return [
        MassChange(day, changed[day], count)
        for day, count in sorted(turns.seen.items())
        if count >= SITES_TO_SUSPECT and changed[day] > SHARE_TO_SUSPECT * count
    ]
