"""Reads observations of robots.txt from a ledger, as reports count them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, Engine, Row, select
from tldextract import TLDExtract

from crawler.errors import ConfigurationError
from crawler.ledger.errors import storage_errors
from crawler.ledger.opening import open_engine
from crawler.ledger.rows import in_chunks
from crawler.ledger.schema import bodies, observations, resources
from crawler.policy.model import Outcome

ROBOTS_PATH: Final = "/robots.txt"
PREFIXES: Final = ("https://", "http://", "")
"""What stands before a site in an origin; nothing where an import named the site itself."""

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
    host: str = ""
    """What the ledger calls the site where it is counted under its domain's name."""


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
    query = COLUMNS.join_from(resources, observations, _joined(selection)).join(
        bodies, bodies.c.id == observations.c.body_id
    )
    at = observations.c.fetched_at
    query = query.where(resources.c.path == ROBOTS_PATH)
    if selection.since is not None:
        query = query.where(at >= selection.since)
    if selection.until is not None:
        query = query.where(at <= selection.until)
    found: list[Observed] = []
    with storage_errors(engine.url), engine.connect() as connection:
        for part in _parts(selection.sites):
            chosen = query if part is None else query.where(resources.c.origin.in_(part))
            rows = connection.execute(chosen.order_by(at, observations.c.id))
            found.extend(map(_as_observed, rows))
    if selection.latest_only:
        found = list({each.site: each for each in found}.values())
    return sorted(found, key=lambda each: each.site)


COLUMNS: Final = select(
    resources.c.origin,
    observations.c.fetched_at,
    observations.c.outcome,
    observations.c.answered,
    observations.c.body_id,
    bodies.c.sha256,
)


def _joined(selection: Selection) -> ColumnElement[bool]:
    """Which observations of a resource: all, or where the last one is enough, that."""
    if not selection.latest_only:
        return observations.c.resource_id == resources.c.id
    mine = observations.alias("mine")
    last = select(mine.c.id).where(mine.c.resource_id == resources.c.id)
    if selection.until is not None:
        last = last.where(mine.c.fetched_at <= selection.until)
    last = last.order_by(mine.c.fetched_at.desc(), mine.c.id.desc()).limit(1)
    return observations.c.id == last.correlate(resources).scalar_subquery()


def _parts(sites: frozenset[str] | None) -> Iterator[Sequence[str] | None]:
    """What `sites` may be called in the ledger, in pieces that fit into one statement."""
    if sites is None:
        yield None
        return
    yield from in_chunks([prefix + site for site in sorted(sites) for prefix in PREFIXES])


def _as_observed(row: Row[str, datetime, str, bool, int, str]) -> Observed:
    origin, when, outcome, answered, body, sha256 = row
    return Observed(site_of(origin), when, Outcome(outcome), answered, body, sha256)


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
    found = [
        replace(each, site=speaking[each.site], host=each.site)
        for each in observed
        if each.site in speaking
    ]
    return sorted(found, key=lambda each: each.site)


def site_of(origin: str) -> str:
    """The site that an origin is counted under: its host, or what an import called it."""
    for scheme in PREFIXES:
        if scheme and origin.startswith(scheme):
            return origin.removeprefix(scheme)
    return origin
