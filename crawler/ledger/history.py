"""Reads what the ledger has recorded about a page: every change of its decision, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from crawler.ledger.errors import storage_errors
from crawler.ledger.findings import Finding, digest_of, read_finding
from crawler.ledger.schema import decisions, findings, places


@dataclass(frozen=True, slots=True)
class DecisionChange:
    """From `at` on the page was decided so; `use` and `signal` name what refused it, if any."""

    url: str
    at: datetime
    stage: str
    kept: bool
    use: str
    signal: str
    finding: Finding


def read_changes(engine: Engine, url: str) -> Sequence[DecisionChange]:
    """Committed changes of the decision about `url`; none where it was only ever kept."""
    columns = decisions.c
    query = (
        select(decisions, findings.c.finding, places.c.places)
        .join(findings, findings.c.id == columns.finding_id)
        .join(places, places.c.id == columns.places_id)
        .where(columns.page == digest_of(url))
        .order_by(columns.id)
    )
    with storage_errors(engine.url), engine.connect() as connection:
        rows = connection.execute(query).all()
    return tuple(
        DecisionChange(
            url=row.url,
            at=row.at,
            stage=row.stage,
            kept=row.kept,
            use=row.use,
            signal=row.signal,
            finding=read_finding(row.finding, row.url, row.places),
        )
        for row in rows
    )
