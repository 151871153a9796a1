"""What a site list says of its sites: category, country, rank and weight."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

STRATA: Final = ((1_000, "top 1k"), (10_000, "1k to 10k"), (100_000, "10k to 100k"))
LOWEST_STRATUM: Final = "beyond 100k"


@dataclass(frozen=True, slots=True)
class Attributes:
    """One site's; `weight` counts tokens or pages, in whatever unit the list has."""

    category: str = ""
    country: str = ""
    rank: int | None = None
    weight: float | None = None

    @property
    def stratum(self) -> str:
        """The band of ranks it lies in; empty where it has no rank."""
        if self.rank is None:
            return ""
        return next((name for limit, name in STRATA if self.rank <= limit), LOWEST_STRATUM)


NOTHING_KNOWN: Final = Attributes()


def read_attributes(text: str) -> Mapping[str, Attributes]:
    """What a list in JSONL or CSV (rank, site) says; lines that say nothing are left out."""
    found = {}
    for line in text.split("\n"):
        site, attributes = _read_line(line.strip())
        if site and attributes != NOTHING_KNOWN:
            found[site] = attributes
    return found


def _read_line(line: str) -> tuple[str, Attributes]:
    if line.startswith("{"):
        row = json.loads(line)
        return str(row.get("site", "")), Attributes(
            category=str(row.get("category") or ""),
            country=str(row.get("country") or ""),
            rank=_number(row.get("rank")),
            weight=_weight(row.get("weight")),
        )
    rank, comma, rest = line.partition(",")
    if comma and rank.isdigit():
        return rest.partition(",")[0].strip(), Attributes(rank=int(rank))
    return "", NOTHING_KNOWN


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and value >= 1 else None


def _weight(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 <= value < float("inf") else None
