"""Verdicts by distinct body: found once, kept in the ledger, and read from there afterwards."""

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from sqlalchemy import Engine, select

from crawler.ledger.errors import storage_errors
from crawler.ledger.rows import replace_rows
from crawler.ledger.schema import verdicts
from crawler.policy.agents import CATALOGUE, CATALOGUE_VERSION
from crawler.policy.availability import Rules, availability_of
from crawler.policy.model import Outcome
from crawler.policy.restriction import RESTRICTION_VERSION, Basis, Restriction, Rule, judge
from crawler.reports.queries import Observed, read_bodies

BODIES_A_TIME: Final = 200
KEPT_UNDER: Final = f"{CATALOGUE_VERSION}/{RESTRICTION_VERSION}"
LISTED: Final = tuple(agent.token for agent in CATALOGUE)
_PLACES: Final = {token.lower(): place for place, token in enumerate(LISTED)}

Judged = tuple[Restriction, ...]


class Verdicts:
    """What each observation says of `bots` (any tokens, listed or not) by one rule."""

    def __init__(self, engine: Engine, rule: Rule, bots: Sequence[str] = LISTED) -> None:
        self.rule = rule
        self.bots = tuple(bots)
        self._engine = engine
        self._all_listed = all(bot.lower() in _PLACES for bot in self.bots)
        self._places = tuple(_PLACES.get(bot.lower(), 0) for bot in self.bots)
        self._known: dict[tuple[int, Outcome], Judged] = {}

    def prepare(self, observed: Iterable[Observed]) -> None:
        """Read or find the verdicts of all of `observed`, a few bodies at a time."""
        wanted = iter(dict.fromkeys(_key(each) for each in observed))
        while part := list(islice(wanted, BODIES_A_TIME)):
            self._prepare([key for key in part if key not in self._known])

    def of(self, observed: Observed) -> Judged:
        """The verdicts of a prepared observation, in the order of `bots`."""
        return self._known[_key(observed)]

    def _prepare(self, keys: list[tuple[int, Outcome]]) -> None:
        read = [number for number, outcome in keys if outcome is Outcome.OK]
        kept = self._read(read) if self._all_listed else {}
        missing = [key for key in keys if key[1] is not Outcome.OK or key[0] not in kept]
        texts = read_bodies(self._engine, sorted({number for number, _ in missing}))
        found: dict[int, Judged] = {}
        for number, outcome in missing:
            asked = LISTED if self._all_listed else self.bots
            judged = judge(texts[number], outcome, asked, self.rule)
            if outcome is Outcome.OK:
                found[number] = judged
            self._known[number, outcome] = self._pick(judged)
        if self._all_listed:
            self._keep(found)
        self._known.update(((number, Outcome.OK), judged) for number, judged in kept.items())

    def _pick(self, judged: Judged) -> Judged:
        if not self._all_listed:
            return judged
        return tuple(judged[place] for place in self._places)

    def _read(self, numbers: Sequence[int]) -> dict[int, Judged]:
        columns = verdicts.c
        query = select(columns.body_id, columns.verdicts).where(
            columns.body_id.in_(numbers),
            columns.rule == self.rule.value,
            columns.catalogue == KEPT_UNDER,
        )
        with storage_errors(self._engine.url), self._engine.connect() as connection:
            return {
                number: read_judged(text, self._places)
                for number, text in connection.execute(query)
            }

    def _keep(self, found: dict[int, Judged]) -> None:
        rows = [
            {
                "body_id": number,
                "rule": self.rule.value,
                "catalogue": KEPT_UNDER,
                "verdicts": write_judged(found[number]),
            }
            for number in sorted(found)
        ]
        if not rows:
            return
        with storage_errors(self._engine.url), self._engine.connect() as connection:
            writing = connection.execution_options(writes=True)
            with writing.begin():
                replace_rows(writing, verdicts, rows)


def _key(observed: Observed) -> tuple[int, Outcome]:
    """Body and outcome; every outcome whose body is read judges alike and counts as OK."""
    rules = availability_of(observed.outcome).rules
    return observed.body_id, Outcome.OK if rules is Rules.READ else observed.outcome


def write_judged(judged: Judged) -> str:
    """Verdicts as JSON: the distinct ones, and for each bot the number of its own."""
    distinct = {each: place for place, each in enumerate(dict.fromkeys(judged))}
    table = [
        [one.verdict, one.basis.value, one.explicit_allow, one.mention, one.lines]
        for one in distinct
    ]
    return json.dumps([table, [distinct[each] for each in judged]], separators=(",", ":"))


def read_judged(text: str, chosen: Sequence[int]) -> Judged:
    """What `write_judged` wrote of the bots at the places `chosen`."""
    table, places = json.loads(text)
    wanted = [places[each] for each in chosen]
    known = {}
    for place in set(wanted):
        verdict, basis, allows, mention, lines = table[place]
        known[place] = Restriction(verdict, Basis(basis), allows, mention, tuple(lines))
    return tuple(known[place] for place in wanted)
