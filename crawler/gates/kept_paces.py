"""A host's pace as the ledger remembers it over restarts: numbers by name."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Final

from crawler.config import Options
from crawler.policy.pace import HostPace

CONFIGURED: Final = frozenset({"back_off", "park_after"})
FIELDS: Final = tuple(each.name for each in fields(HostPace) if each.name not in CONFIGURED)


def new_pace(options: Options, *, loopback: bool) -> HostPace:
    """The pace of a host of which nothing is known."""
    return HostPace(
        base=options.delay,
        back_off=options.backoff_base,
        park_after=options.park_after,
        loopback=loopback,
    )


def is_new(pace: HostPace) -> bool:
    """Whether a host with this pace would be treated no differently were it not known."""
    return pace.crawl_delay is None and not (pace.strikes or pace.failures or pace.parked)


def write_pace(pace: HostPace) -> dict[str, float | str]:
    """A pace as numbers; what is not known is left out."""
    values = ((name, getattr(pace, name)) for name in FIELDS)
    return {name: float(value) for name, value in values if value is not None}


def read_pace(row: Mapping[str, float | str], fresh: HostPace) -> HostPace:
    """What `write_pace` wrote, with what configuration asks for now as in a `fresh` one."""
    numbers = {key: float(value) for key, value in row.items()}
    return replace(
        fresh,
        loopback=bool(numbers.get("loopback", 0.0)),
        crawl_delay=numbers.get("crawl_delay"),
        latency=numbers.get("latency", 0.0),
        not_before=numbers.get("not_before", 0.0),
        strikes=int(numbers.get("strikes", 0)),
        failures=int(numbers.get("failures", 0)),
        parked=bool(numbers.get("parked", 0.0)),
    )
