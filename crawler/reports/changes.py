"""What changed between consecutive answers of a site: verdicts by bot, and the lines."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from itertools import groupby, pairwise
from typing import Final

from sqlalchemy import Engine

from crawler.policy.differences import Difference
from crawler.reports.differences import Differences, Pair
from crawler.reports.queries import Observed
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


Returns = Callable[[int], bool]
"""Whether the verdict of the bot at a place came back to what it had been."""


def find_changes(
    engine: Engine,
    turns: Turns,
    verdicts: Verdicts,
    since: datetime | None = None,
    *,
    of_text: bool = True,
) -> Iterator[Change]:
    """Changes seen from `since` on, by site, time and bot; a gap is none.

    Where changes `of_text` alone are not wanted, files between which no verdict moved are not read.
    """
    verdicts.prepare(turns.observed)
    steps = (
        (pair, (pair, returns))
        for pair, returns in _pairs(turns, verdicts, since)
        if _may_differ(pair, verdicts, of_text=of_text)
    )
    for difference, (pair, returns) in Differences(engine).each(steps):
        yield from _changes(pair, verdicts, difference, returns)


def _pairs(
    turns: Turns, verdicts: Verdicts, since: datetime | None
) -> Iterator[tuple[Pair, Returns]]:
    """Consecutive answers of each site, with what tells whether a bot's verdict comes and goes."""
    for _, group in groupby(turns.observed, key=lambda each: each.site):
        answers = list(group)
        if since is not None and answers[-1].at < since:
            continue
        returns = cache(partial(_returns, answers, verdicts))
        for pair in pairwise(answers):
            if since is None or pair[1].at >= since:
                yield pair, returns


def _may_differ(pair: Pair, verdicts: Verdicts, *, of_text: bool) -> bool:
    before, after = pair
    if of_text and before.body_id != after.body_id:
        return True
    old, new = verdicts.of(before), verdicts.of(after)
    if of_text:
        return old != new
    return any(was.verdict != now.verdict for was, now in zip(old, new, strict=True))


def _changes(
    pair: Pair, verdicts: Verdicts, difference: Difference, returns: Returns
) -> Iterator[Change]:
    before, after = pair
    old, new = verdicts.of(before), verdicts.of(after)
    for place, (was, now) in enumerate(zip(old, new, strict=True)):
        moved = was.verdict != now.verdict
        if moved or difference.added or difference.removed:
            yield Change(
                site=after.site,
                bot=verdicts.bots[place],
                before=was.verdict,
                after=now.verdict,
                from_date=before.at,
                to_date=after.at,
                difference=difference,
                unstable=moved and returns(place),
            )


def _returns(answers: Sequence[Observed], verdicts: Verdicts, place: int) -> bool:
    """Whether the verdict of the bot at `place` left a word and came back to it."""
    words = [key for key, _ in groupby(verdicts.of(each)[place].verdict for each in answers)]
    return len(words) != len(set(words))


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
