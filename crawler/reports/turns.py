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
from typing import Final

from sqlalchemy import BigInteger, Engine, select, type_coerce

from crawler.ledger.errors import storage_errors
from crawler.ledger.rows import in_chunks
from crawler.ledger.schema import bodies, observations, resources, to_moment, to_stored
from crawler.policy.model import Outcome
from crawler.reports.queries import PREFIXES, ROBOTS_PATH, Observed, site_of

ROWS_A_TIME: Final = 50_000
ANSWERED: Final = True

Answer = tuple[int, int, str, int]
"""Resource, time as it is stored, outcome, body: of an observation that was an answer."""


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

    Sites of which nothing changed from `since` on are left out.
    """
    start = None if since is None else to_stored(since)
    names = _read_sites(engine, sites)
    several = {site for site, count in Counter(names.values()).items() if count > 1}
    turns = Turns()
    late: dict[str, list[Answer]] = {}
    days: Counter[int] = Counter()
    ends: list[tuple[str, Answer]] = []
    for number, answers in groupby(_read_answers(engine, names, sites, until), itemgetter(0)):
        site = names.get(number)
        if site in several:
            late.setdefault(site, []).extend(answers)
        elif site is not None:
            ends.extend((site, one) for one in _recent(_ends(answers, days), start))
    for site, merged in late.items():
        found = _ends(sorted(merged, key=itemgetter(1)), days)
        ends.extend((site, one) for one in _recent(found, start))
    turns.observed = _as_observed(engine, ends)
    for day, count in days.items():
        turns.seen[to_moment(day * MICROSECONDS_A_DAY).date()] += count
    return turns


MICROSECONDS_A_DAY: Final = 86_400_000_000


def _read_sites(engine: Engine, sites: frozenset[str] | None) -> dict[int, str]:
    """Sites by the numbers of their resources."""
    query = select(resources.c.id, resources.c.origin).where(resources.c.path == ROBOTS_PATH)
    with storage_errors(engine.url), engine.connect() as connection:
        if sites is None:
            return {number: site_of(origin) for number, origin in connection.execute(query)}
        named = [prefix + site for site in sorted(sites) for prefix in PREFIXES]
        return {
            number: site_of(origin)
            for part in in_chunks(named)
            for number, origin in connection.execute(query.where(resources.c.origin.in_(part)))
        }


def _read_answers(
    engine: Engine,
    names: dict[int, str],
    sites: frozenset[str] | None,
    until: datetime | None,
) -> Iterator[Answer]:
    """Answers by resource and time, read as they come; all resources where no `sites` are named."""
    columns = observations.c
    query = (
        select(
            columns.resource_id,
            type_coerce(columns.fetched_at, BigInteger),
            columns.outcome,
            columns.body_id,
        )
        .where(columns.answered)
        .order_by(columns.resource_id, columns.fetched_at)
    )
    if until is not None:
        query = query.where(columns.fetched_at <= until)
    wanted = [None] if sites is None else list(in_chunks(sorted(names)))
    with storage_errors(engine.url), engine.connect() as connection:
        streaming = connection.execution_options(yield_per=ROWS_A_TIME)
        for part in wanted:
            chosen = query
            if part is not None:
                chosen = query.where(columns.resource_id.in_(part))
            yield from map(tuple, streaming.execute(chosen))


def _ends(answers: Iterable[Answer], days: Counter[int]) -> Iterator[Answer]:
    """The first and the last of each stretch; `days` counts every answer but a site's first."""
    first = last = None
    for one in answers:
        if last is None:
            yield one
        else:
            days[one[1] // MICROSECONDS_A_DAY] += 1
            if one[2:] != last[2:]:
                if last is not first:
                    yield last
                yield one
        if last is None or one[2:] != last[2:]:
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
