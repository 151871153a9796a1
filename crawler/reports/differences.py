"""Lines that came and went between bodies of a ledger, each pair of bodies compared once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import Engine

from crawler.policy.differences import Difference, compare_lines
from crawler.reports.queries import Observed, read_bodies

PAIRS_A_TIME: Final = 100
LINES_KEPT: Final = 100_000
"""Lines of known differences beyond which they are let go: many sites change in the same way."""

Pair = tuple[Observed, Observed]
Step = TypeVar("Step", bound=tuple[object, ...])


class Differences:
    """The difference of each pair that was prepared last."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[tuple[int, int], Difference] = {}
        self._lines = 0

    def each(self, steps: Iterable[tuple[Pair, Step]]) -> Iterator[tuple[Difference, Step]]:
        """The difference of each step's pair, with what came beside it, in their order."""
        waiting = iter(steps)
        while part := list(islice(waiting, PAIRS_A_TIME)):
            self._prepare([_key(pair) for pair, _ in part])
            yield from ((self._known[_key(pair)], step) for pair, step in part)

    def _prepare(self, keys: list[tuple[int, int]]) -> None:
        if self._lines > LINES_KEPT:
            self._known.clear()
            self._lines = 0
        missing = sorted(set(keys) - self._known.keys())
        texts = read_bodies(self._engine, sorted({number for key in missing for number in key}))
        for before, after in missing:
            found = compare_lines(texts[before], texts[after])
            self._known[before, after] = found
            self._lines += len(found.added) + len(found.removed)


def _key(pair: Pair) -> tuple[int, int]:
    return pair[0].body_id, pair[1].body_id
