"""A host's pace as the ledger remembers it over restarts: numbers by name."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from crawler.policy.pace import HostPace

FIELDS: Final = tuple(field.name for field in fields(HostPace))


def is_new(pace: HostPace) -> bool:
    """Whether a host with this pace would be treated no differently were it not known."""
    return pace.crawl_delay is None and not (pace.strikes or pace.failures or pace.parked)


def write_pace(pace: HostPace) -> dict[str, float | str]:
    """A pace as numbers; what is not known is left out."""
    values = ((name, getattr(pace, name)) for name in FIELDS)
    return {name: float(value) for name, value in values if value is not None}


def read_pace(row: Mapping[str, float | str], base: float) -> HostPace:
    """What `write_pace` wrote, with the delay that is asked for now as its `base` (seconds)."""
    numbers = {key: float(value) for key, value in row.items()}
    return HostPace(
        base=base,
        loopback=bool(numbers.get("loopback", 0.0)),
        crawl_delay=numbers.get("crawl_delay"),
        latency=numbers.get("latency", 0.0),
        not_before=numbers.get("not_before", 0.0),
        strikes=int(numbers.get("strikes", 0)),
        failures=int(numbers.get("failures", 0)),
        parked=bool(numbers.get("parked", 0.0)),
    )
