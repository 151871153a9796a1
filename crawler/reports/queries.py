"""Reads observations of robots.txt from a ledger, as reports count them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, select
from tldextract import TLDExtract

from crawler.errors import ConfigurationError
from crawler.ledger.errors import storage_errors
from crawler.ledger.opening import open_engine
from crawler.ledger.schema import bodies, observations, resources
from crawler.policy.model import Outcome

ROBOTS_PATH: Final = "/robots.txt"

_EXTRACT: Final = TLDExtract(
    cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True, include_psl_private_domains=True
)


@dataclass(frozen=True, slots=True)
class Observed:
    """One fetch of a site's robots.txt; `answered` is False where nobody said anything."""

    site: str
    at: datetime
    outcome: Outcome
    answered: bool
    body_id: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which observations a report is about; times are inclusive, None is no limit."""

    since: datetime | None = None
    until: datetime | None = None
    sites: frozenset[str] | None = None
    latest_only: bool = False
    """One observation a site: its last."""


def open_ledger(place: str) -> Engine:
    """The database of a ledger that is there; raises `ConfigurationError` and `StorageError`."""
    if "://" not in place and not Path(place).is_file():
        raise ConfigurationError(
            f"The ledger {place!r} is not there: fill one with heed import, or name yours with "
            "--ledger."
        )
    return open_engine(place)


def read_observed(engine: Engine, selection: Selection) -> Sequence[Observed]:
    """Every observation of a robots.txt in `selection`, by site and then by time."""
    at = observations.c.fetched_at
    query = (
        select(
            resources.c.origin,
            at,
            observations.c.outcome,
            observations.c.answered,
            observations.c.body_id,
            bodies.c.sha256,
        )
        .join(resources, resources.c.id == observations.c.resource_id)
        .join(bodies, bodies.c.id == observations.c.body_id)
        .where(resources.c.path == ROBOTS_PATH)
        .order_by(at, observations.c.id)
    )
    if selection.since is not None:
        query = query.where(at >= selection.since)
    if selection.until is not None:
        query = query.where(at <= selection.until)
    with storage_errors(engine.url), engine.connect() as connection:
        rows = connection.execute(query).all()
    found = [
        Observed(site_of(origin), when, Outcome(outcome), answered, body, sha256)
        for origin, when, outcome, answered, body, sha256 in rows
    ]
    if selection.sites is not None:
        found = [each for each in found if each.site in selection.sites]
    if selection.latest_only:
        found = list({each.site: each for each in found}.values())
    return sorted(found, key=lambda each: each.site)


def read_bodies(engine: Engine, numbers: Sequence[int]) -> dict[int, bytes]:
    """The bodies with these numbers; few enough for one statement."""
    query = select(bodies.c.id, bodies.c.body).where(bodies.c.id.in_(numbers))
    with storage_errors(engine.url), engine.connect() as connection:
        return {number: body or b"" for number, body in connection.execute(query)}


def fold_sites(observed: Sequence[Observed]) -> Sequence[Observed]:
    """One host a registrable domain, under the domain's name: by site, then by time.

    Files of different hosts are never told as changes of one another: the domain itself speaks
    for it, else its `www`, else the first by name.
    """
    hosts: dict[str, set[str]] = {}
    for site in {each.site for each in observed}:
        domain = _EXTRACT(site).top_domain_under_public_suffix or site
        hosts.setdefault(domain, set()).add(site)
    speaking = {
        min(names, key=lambda name: (name != domain, name != f"www.{domain}", name)): domain
        for domain, names in hosts.items()
    }
    found = [replace(each, site=speaking[each.site]) for each in observed if each.site in speaking]
    return sorted(found, key=lambda each: each.site)


def site_of(origin: str) -> str:
    """The site that an origin is counted under: its host, or what an import called it."""
    for scheme in ("https://", "http://"):
        if origin.startswith(scheme):
            return origin.removeprefix(scheme)
    return origin
