"""The lines of robots.txt files that verdicts rest on, as they stand."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Engine

from crawler.policy.directives import as_utf_8
from crawler.policy.restriction import Restriction
from crawler.reports.panel import Panel, Version
from crawler.reports.queries import read_bodies

BODIES_A_TIME: Final = 200
TEXT_LIMIT: Final = 200
"""Characters of a line that is quoted."""


def read_lines(body: bytes) -> list[str]:
    """The lines of a file, numbered from 1 as the policy core numbers them."""
    return [line.decode("utf-8", "replace") for line in as_utf_8(body).splitlines()]


class Texts:
    """Deciding lines by body and number."""

    def __init__(self, engine: Engine, panel: Panel) -> None:
        self._lines: dict[tuple[int, int], str] = {}
        wanted: dict[int, set[int]] = {}
        for site in panel.sites:
            for version in site.versions:
                numbers = (number for each in version.restrictions for number in each.lines)
                wanted.setdefault(version.observed.body_id, set()).update(numbers)
        bodies = sorted(wanted)
        for start in range(0, len(bodies), BODIES_A_TIME):
            for body_id, body in read_bodies(engine, bodies[start : start + BODIES_A_TIME]).items():
                self._keep(body_id, read_lines(body), wanted[body_id])

    def _keep(self, body_id: int, lines: Sequence[str], numbers: Iterable[int]) -> None:
        for number in numbers:
            if 0 < number <= len(lines):
                self._lines[body_id, number] = lines[number - 1].strip()[:TEXT_LIMIT]

    def line(self, version: Version, number: int) -> str:
        """One deciding line without the blanks around it; empty where there is none."""
        return self._lines.get((version.observed.body_id, number), "")

    def words(self, version: Version, restriction: Restriction) -> str:
        """The first line that decided."""
        return self.line(version, restriction.lines[0]) if restriction.lines else ""
