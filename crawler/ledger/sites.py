"""What lists say of sites (category, country, rank, weight): kept by list, read by site."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from crawler.ledger.errors import storage_errors
from crawler.ledger.rows import replace_rows
from crawler.ledger.schema import sites


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What is known of a site besides what it says: empty or None where no list tells."""

    category: str = ""
    country: str = ""
    rank: int | None = None
    weight: float | None = None
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedSite:
    """A site as one list has it."""

    list: str
    site: str
    at: datetime
    facts: SiteFacts


def write_sites(connection: Connection, listed: Sequence[ListedSite]) -> None:
    """Add `listed`; what the same list said of a site before is overwritten."""
    rows = {
        (each.list, each.site): {
            "list": each.list,
            "site": each.site,
            "rank": each.facts.rank,
            "weight": each.facts.weight,
            "category": each.facts.category,
            "country": each.facts.country,
            "listed_at": each.at,
        }
        for each in listed
    }
    replace_rows(connection, sites, [rows[key] for key in sorted(rows)])


def read_site_facts(
    engine: Engine, lists: Collection[str] | None = None
) -> Mapping[str, SiteFacts]:
    """Facts by site, of all `lists` or of those named; raises `StorageError`.

    Where lists differ, the one given last wins, fact by fact.
    """
    query = select(sites).order_by(sites.c.listed_at, sites.c.list)
    if lists is not None:
        query = query.where(sites.c.list.in_(sorted(lists)))
    known: dict[str, SiteFacts] = {}
    with storage_errors(engine.url), engine.connect() as connection:
        for row in connection.execute(query):
            before = known.get(row.site, SiteFacts())
            known[row.site] = replace(
                before,
                category=row.category or before.category,
                country=row.country or before.country,
                rank=before.rank if row.rank is None else row.rank,
                weight=before.weight if row.weight is None else row.weight,
                lists=(*before.lists, row.list),
            )
    return known
