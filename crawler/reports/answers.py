"""Reads answers of robots.txt as they stand in a ledger: whose they are, which turned, how many."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Engine, func, select, type_coerce

from crawler.ledger.errors import storage_errors
from crawler.ledger.rows import in_chunks
from crawler.ledger.schema import observations, resources, to_moment, to_stored
from crawler.reports.queries import PREFIXES, ROBOTS_PATH, site_of

ROWS_A_TIME: Final = 50_000
MICROSECONDS_A_DAY: Final = 86_400_000_000
ANSWERED: Final = True
"""Compared with, not asked for by itself: SQLite takes the index of answers only then."""

Answer = tuple[int, int, str, int]
"""Resource, time as it is stored, outcome, body: of an observation that was an answer."""

_COLUMNS: Final = observations.c
_STORED: Final = type_coerce(_COLUMNS.fetched_at, BigInteger)


def read_names(engine: Engine, sites: frozenset[str] | None) -> dict[int, str]:
    """Sites, all or those given, by the numbers of the resources that are their robots.txt."""
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


class Answers:
    """Answers up to `until` of the resources `names`; `sites` are what these were chosen by."""

    def __init__(
        self,
        engine: Engine,
        names: Mapping[int, str],
        sites: frozenset[str] | None,
        until: datetime | None,
    ) -> None:
        self._engine = engine
        self._names = names
        self._all = sites is None
        self._until = until

    def read(self, chosen: frozenset[str] | None = None) -> Iterator[Answer]:
        """By resource and time, as they come; of `chosen` sites only where these are named."""
        query = select(_COLUMNS.resource_id, _STORED, _COLUMNS.outcome, _COLUMNS.body_id)
        ordered = query.order_by(_COLUMNS.resource_id, _COLUMNS.fetched_at)
        with storage_errors(self._engine.url), self._engine.connect() as connection:
            streaming = connection.execution_options(yield_per=ROWS_A_TIME)
            for part in self._parts(_COLUMNS.resource_id, chosen):
                yield from map(tuple, streaming.execute(ordered.where(part, *self._answered())))

    def find_turned(self, since: datetime) -> frozenset[str]:
        """Sites that said two things from `since` on, what held just before it included."""
        said: dict[str, set[tuple[str, int]]] = {}
        lately = select(_COLUMNS.resource_id, _COLUMNS.outcome, _COLUMNS.body_id).distinct()
        earlier = observations.alias()
        last = (
            select(earlier.c.id)
            .where(earlier.c.answered == ANSWERED, earlier.c.resource_id == resources.c.id)
            .where(earlier.c.fetched_at < since)
            .order_by(earlier.c.fetched_at.desc())
            .limit(1)
            .correlate(resources)
            .scalar_subquery()
        )
        held = select(resources.c.id, _COLUMNS.outcome, _COLUMNS.body_id).join_from(
            resources, observations, _COLUMNS.id == last
        )
        with storage_errors(self._engine.url), self._engine.connect() as connection:
            for query, number, conditions in (
                (lately, _COLUMNS.resource_id, self._answered(since)),
                (held, resources.c.id, ()),
            ):
                for part in self._parts(number):
                    for resource, *words in connection.execute(query.where(part, *conditions)):
                        site = self._names.get(resource, "")
                        said.setdefault(site, set()).add(tuple(words))
        return frozenset(site for site, words in said.items() if len(words) > 1)

    def count_returning(self, since: datetime | None = None) -> Counter[date]:
        """For each day from that of `since` on, how many answers came that were no site's first."""
        start = None
        if since is not None:
            start = since.replace(hour=0, minute=0, second=0, microsecond=0)
        day = _STORED // MICROSECONDS_A_DAY
        counting = select(day, func.count()).group_by(day)
        firsts = select(_COLUMNS.resource_id, func.min(_STORED)).group_by(_COLUMNS.resource_id)
        days: Counter[int] = Counter()
        begun: dict[str, int] = {}
        with storage_errors(self._engine.url), self._engine.connect() as connection:
            for part in self._parts(_COLUMNS.resource_id):
                counted = counting.where(part, *self._answered(start))
                days.update({number: count for number, count in connection.execute(counted)})  # noqa: C416 (typed so)
                for resource, first in connection.execute(firsts.where(part, *self._answered())):
                    site = self._names.get(resource, "")
                    begun[site] = min(first, begun.get(site, first))
        for first in begun.values():
            if start is None or first >= to_stored(start):
                days[first // MICROSECONDS_A_DAY] -= 1
        return Counter(
            {to_moment(number * MICROSECONDS_A_DAY).date(): n for number, n in days.items() if n}
        )

    def _answered(self, since: datetime | None = None) -> list[ColumnElement[bool]]:
        conditions = [_COLUMNS.answered == ANSWERED]
        if since is not None:
            conditions.append(_COLUMNS.fetched_at >= since)
        if self._until is not None:
            conditions.append(_COLUMNS.fetched_at <= self._until)
        return conditions

    def _parts(
        self, number: ColumnElement[int], chosen: frozenset[str] | None = None
    ) -> Iterator[ColumnElement[bool]]:
        """Conditions that between them choose the resources whose `number` is meant."""
        if self._all and chosen is None:
            yield number.in_(select(resources.c.id).where(resources.c.path == ROBOTS_PATH))
            return
        numbers = (one for one, site in self._names.items() if chosen is None or site in chosen)
        yield from map(number.in_, in_chunks(sorted(numbers)))
