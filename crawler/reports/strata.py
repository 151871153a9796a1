"""Bands of ranks, as site lists by popularity are read."""

from typing import Final

STRATA: Final = ((1_000, "top 1k"), (10_000, "1k to 10k"), (100_000, "10k to 100k"))
LOWEST: Final = "beyond 100k"
NAMES: Final = (*(name for _, name in STRATA), LOWEST)


def stratum_of(rank: int | None) -> str:
    """The band that a rank lies in; empty where there is none."""
    if rank is None:
        return ""
    return next((name for limit, name in STRATA if rank <= limit), LOWEST)
