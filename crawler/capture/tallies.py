"""What the rows of a file come to: counts by language, extractor, policy and licence."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

Tally = dict[str, dict[str, int]]

_TALLIED: Final[Mapping[str, Callable[[Mapping[str, Any]], object]]] = {
    "languages": lambda row: row["language"],
    "extractors": lambda row: row["metadata"]["extractor"],
    "policies": lambda row: row["metadata"]["rights_policy"],
    "permissions": lambda row: row["metadata"]["rights_decision"],
    "licences": lambda row: " ".join(
        part
        for part in (row["metadata"]["license_abbr"], row["metadata"]["license_version"])
        if part
    ),
    "ai_provenance": lambda row: row["metadata"]["ai_provenance"],
    "days": lambda row: row["date"][:10],
}


class Tallies:
    """Counts over rows; the empty value is written `none`."""

    def __init__(self) -> None:
        self.rows = 0
        self._counts: dict[str, Counter[str]] = {name: Counter() for name in _TALLIED}

    def add_line(self, line: bytes) -> None:
        """Count the row on `line`; one that cannot be read counts as a row and nothing else."""
        self.rows += 1
        try:
            row = json.loads(line)
        except ValueError:
            return
        self.count(row)

    def count(self, row: Any) -> None:  # noqa: ANN401 (whatever a line of JSON may hold)
        """Count what `row` says, as far as it says it."""
        for name, read in _TALLIED.items():
            try:
                value = read(row)
            except (KeyError, TypeError, IndexError):
                continue
            self._counts[name][str(value) or "none"] += 1

    def as_json(self) -> Tally:
        """The counts by name, each sorted by its key."""
        return {name: dict(sorted(found.items())) for name, found in self._counts.items() if found}


def sum_up(tallies: Iterable[Mapping[str, Mapping[str, int]]]) -> dict[str, Counter[str]]:
    """Several files' counts as one."""
    total: dict[str, Counter[str]] = {}
    for tally in tallies:
        for name, counts in tally.items():
            total.setdefault(name, Counter()).update(counts)
    return total
