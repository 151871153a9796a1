"""What was recorded and is not yet committed, as values that a transaction can write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from crawler.ledger.findings import digest_of, write_finding, write_places
from crawler.ledger.sites import ListedSite
from crawler.policy.model import Decision, Outcome, Resource, Use
from crawler.records.remembered import KeptPayload

DETAIL_LIMIT: Final = 500
"""Characters of a failure's description that are kept."""


@dataclass(frozen=True, slots=True)
class SeenSiteFile:
    """One fetch of a site file."""

    origin: str
    path: str
    resource: Resource
    at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision, in the ledger's own words."""

    page: str
    url: str
    origin: str
    at: datetime
    stage: str
    kept: bool
    use: str
    signal: str
    finding: str
    places: str


@dataclass(frozen=True, slots=True)
class Failed:
    """One page that brought no answer or an error."""

    url: str
    outcome: Outcome
    detail: str
    at: datetime


Presence = Mapping[str, tuple[str, ...]]
"""Signals found at a site, and what carried each."""


@dataclass(frozen=True, slots=True)
class SeenState:
    """What one look of an audit found a site to say; `outcome` is that of its front page."""

    run: str
    site: str
    origin: str
    at: datetime
    outcome: Outcome
    decision: Decision
    presence: Presence


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job: `ended_at` is None while it lasts or where it was killed."""

    run: str
    job: str
    started_at: datetime
    ended_at: datetime | None = None
    reason: str = ""
    facts: str = "{}"


@dataclass
class Buffer:
    """Everything recorded since the last commit."""

    site_files: dict[tuple[str, str], list[SeenSiteFile]] = field(default_factory=dict)
    """By origin and path, so that a state can be told without looking through all."""
    decisions: list[Decided] = field(default_factory=list)
    failures: list[Failed] = field(default_factory=list)
    site_states: list[SeenState] = field(default_factory=list)
    listed: list[ListedSite] = field(default_factory=list)
    first_seen: dict[str, datetime] = field(default_factory=dict)
    payloads: dict[tuple[str, str], KeptPayload] = field(default_factory=dict)
    host_paces: dict[str, Mapping[str, float | str]] = field(default_factory=dict)
    marks: dict[str, Mapping[str, int]] = field(default_factory=dict)
    dropped_marks: set[str] = field(default_factory=set)
    runs: dict[str, Run] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to commit."""
        return not (
            self.site_files
            or self.decisions
            or self.failures
            or self.site_states
            or self.listed
            or self.first_seen
            or self.payloads
            or self.host_paces
            or self.marks
            or self.dropped_marks
            or self.runs
        )


def storable(text: str) -> str:
    """`text` as both databases can hold it: no NUL and no lone surrogate."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def put_in_words(
    decision: Decision, uses: tuple[Use, ...], *, kept: bool, stage: str, at: datetime
) -> Decided:
    """The decision as the ledger keeps it; `use` and `signal` name what refused, if anything."""
    refused = None if kept else decision.refusal(uses)
    reasons = decision.deciding.get(refused, ()) if refused else ()
    return Decided(
        page=digest_of(decision.url),
        url=storable(decision.url),
        origin=storable(origin_of(decision.url)),
        at=at,
        stage=stage,
        kept=kept,
        use=refused.value if refused else "",
        signal=reasons[0].signal if reasons else "",
        finding=write_finding(decision),
        places=write_places(decision),
    )


def origin_of(url: str) -> str:
    """Scheme and authority of `url`; what has none stands for itself."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else url
