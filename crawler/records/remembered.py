"""What the ledger remembers for a crawl that goes on: of site files, and of payloads."""

from dataclasses import dataclass
from datetime import datetime

from crawler.policy.model import Resource


@dataclass(frozen=True, slots=True)
class SiteFileState:
    """What the ledger remembers of a site file: the last fetch, and the last that had an answer."""

    latest: Resource
    last_good: Resource | None
    failures: int
    """Fetches in a row that brought no answer."""
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class KeptPayload:
    """A payload that this job holds already: what a revisit record refers to."""

    digest: str
    record_id: str
    url: str
    date: datetime
