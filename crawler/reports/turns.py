"""The observations of which changes are made: the first and the last of every stretch.

A stretch is a run of answers of one site with the same body and outcome. What lies within one
says nothing new, so a million observations come to the few that do, in one pass over an index.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Engine, select

from crawler.ledger.errors import storage_errors
from crawler.ledger.rows import in_chunks
from crawler.ledger.schema import bodies, to_moment, to_stored
from crawler.policy.model import Outcome
from crawler.reports.answers import ANSWERED, Answer, Answers, read_names
from crawler.reports.queries import Observed


@dataclass
class Turns:
    """What `read_turns` found."""

    observed: list[Observed] = field(default_factory=list)
    """By site and time."""
    seen: Counter[date] = field(default_factory=Counter)
    """On each day, how many sites answered that had answered before."""


def read_turns(
    engine: Engine,
    until: datetime | None = None,
    sites: frozenset[str] | None = None,
    since: datetime | None = None,
) -> Turns:
    """Ends of stretches of robots.txt answers up to `until`; raises `StorageError`.

    Sites of which nothing changed from `since` on are left out, and so are days before it.
    """
    start = None if since is None else to_stored(since)
    names = read_names(engine, sites)
    several = {site for site, count in Counter(names.values()).items() if count > 1}
    answers = Answers(engine, names, sites, until)
    turned = None if since is None else answers.find_turned(since)
    late: dict[str, list[Answer]] = {}
    ends: list[tuple[str, Answer]] = []
    for number, group in groupby(answers.read(turned), itemgetter(0)):
        site = names.get(number)
        if site in several:
            late.setdefault(site, []).extend(group)
        elif site is not None:
            ends.extend((site, one) for one in _recent(_ends(group), start))
    for site, merged in late.items():
        found = _ends(sorted(merged, key=itemgetter(1)))
        ends.extend((site, one) for one in _recent(found, start))
    return Turns(_as_observed(engine, ends), answers.count_returning(since))


def _ends(answers: Iterable[Answer]) -> Iterator[Answer]:
    """The first and the last of each stretch."""
    first = last = None
    for one in answers:
        if last is None or one[2:] != last[2:]:
            if last is not None and last is not first:
                yield last
            yield one
            first = one
        last = one
    if last is not None and last is not first:
        yield last


def _recent(ends: Iterable[Answer], start: int | None) -> Sequence[Answer]:
    """`ends`, or nothing where the last stretch but the only one began before `start`."""
    listed = list(ends)
    if start is None:
        return listed
    last = listed[-2:]
    began = last[0] if last[0][2:] == last[-1][2:] else last[-1]
    return listed if began is not listed[0] and began[1] >= start else ()


def _as_observed(engine: Engine, ends: Sequence[tuple[str, Answer]]) -> list[Observed]:
    digests = _read_digests(engine, {one[3] for _, one in ends})
    return [
        Observed(site, to_moment(at), Outcome(outcome), ANSWERED, body, digests[body])
        for site, (_, at, outcome, body) in sorted(ends, key=lambda end: (end[0], end[1][1]))
    ]


def _read_digests(engine: Engine, numbers: set[int]) -> dict[int, str]:
    query = select(bodies.c.id, bodies.c.sha256)
    found: dict[int, str] = {}
    with storage_errors(engine.url), engine.connect() as connection:
        for part in in_chunks(sorted(numbers)):
            chosen = query.where(bodies.c.id.in_(part))
            found.update((number, sha256) for number, sha256 in connection.execute(chosen))
    return found
