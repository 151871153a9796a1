"""The tables of the ledger (audit.md, "Ledger"), the same on SQLite and on PostgreSQL.

Observations are only ever appended. A body is kept once however often it is seen, and only the
bodies of site files are kept at all. What is long or repeats (a resource's name, a body, the
wording of a decision) has a row of its own and is meant by number.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

KNOWN_SCHEMA: Final = 1
"""The newest migration in `migrations/versions`; a ledger may be older, never newer."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware datetime as microseconds since the epoch: exact, sortable, of no dialect."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """What the database stores of `value`; a naive one is refused by the subtraction."""
        return None if value is None else to_stored(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """What the database stored, in UTC."""
        return None if value is None else to_moment(value)


def to_stored(moment: datetime) -> int:
    """An aware time as microseconds since the epoch."""
    return (moment - _EPOCH) // _MICROSECOND


def to_moment(stored: int) -> datetime:
    """A stored time (microseconds since the epoch) in UTC."""
    return _EPOCH + stored * _MICROSECOND


Number = BigInteger().with_variant(Integer, "sqlite")
"""A row's own number: SQLite numbers rows by itself only where the type is INTEGER."""

DIGEST: Final = 64
METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

resources: Final = Table(
    "resources",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("key", String(DIGEST), nullable=False, unique=True),
    Column("origin", Text, nullable=False),
    Column("path", Text, nullable=False),
    Index("ix_resources_origin", "origin"),
)
"""Site files, by the digest of origin and path: paths outgrow what an index takes."""

bodies: Final = Table(
    "bodies",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("sha256", String(DIGEST), nullable=False, unique=True),
    Column("body", LargeBinary),
)
"""What was fetched, once. `body` is NULL for a front page: pages are never kept here."""

observations: Final = Table(
    "observations",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("resource_id", Number, ForeignKey("resources.id"), nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("status", Integer),
    Column("headers", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("body_id", Number, ForeignKey("bodies.id"), nullable=False),
    # The same observation given twice is one: an import can be repeated.
    UniqueConstraint("resource_id", "fetched_at", "outcome", "body_id"),
    Index(
        "ix_observations_answered", "answered", "resource_id", "fetched_at", "outcome", "body_id"
    ),
    Index("ix_observations_fetched_at", "fetched_at"),
    Index("ix_observations_body_id", "body_id"),
)

verdicts: Final = Table(
    "verdicts",
    METADATA,
    Column("body_id", Number, ForeignKey("bodies.id"), primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("catalogue", Text, primary_key=True),
    Column("verdicts", Text, nullable=False),
)
"""What a rule made of a distinct body, for all bots of a catalogue: derived, may be deleted."""

findings: Final = Table(
    "findings",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("sha256", String(DIGEST), nullable=False, unique=True),
    Column("finding", Text, nullable=False),
)
"""A decision's wording (states and statements) without the page it was made about."""

places: Final = Table(
    "places",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("sha256", String(DIGEST), nullable=False, unique=True),
    Column("places", Text, nullable=False),
)
"""Where the statements of a finding stood in the bodies they were read from."""

decisions: Final = Table(
    "decisions",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("page", String(DIGEST), nullable=False),
    Column("url", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("stage", Text, nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("use", Text, nullable=False),
    Column("signal", Text, nullable=False),
    Column("finding_id", Number, ForeignKey("findings.id"), nullable=False),
    Column("places_id", Number, ForeignKey("places.id"), nullable=False),
    Index("ix_decisions_page", "page", "id"),
    Index("ix_decisions_origin", "origin", "at"),
    Index("ix_decisions_at", "at"),
)
"""Changes of what was decided about a page: its refusals, and the end of a refusal."""

kept: Final = Table(
    "kept",
    METADATA,
    Column("origin", Text, primary_key=True),
    Column("finding_id", Number, ForeignKey("findings.id"), primary_key=True),
    Column("places_id", Number, ForeignKey("places.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("pages", BigInteger, nullable=False),
)
"""Under which findings an origin's pages were kept, how many, since when; `url` was the first."""

sites: Final = Table(
    "sites",
    METADATA,
    Column("list", Text, primary_key=True),
    Column("site", Text, primary_key=True),
    Column("rank", BigInteger),
    Column("weight", Float),
    Column("category", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("listed_at", Moment, nullable=False),
    Index("ix_sites_site", "site"),
)
"""What lists of sites say of them: facts for reports, which no site said of itself."""

site_states: Final = Table(
    "site_states",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("run", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("finding_id", Number, ForeignKey("findings.id"), nullable=False),
    Column("places_id", Number, ForeignKey("places.id"), nullable=False),
    Column("presence", Text, nullable=False),
    # A site is looked at once in a run, however often the run is killed and goes on.
    UniqueConstraint("run", "site"),
    Index("ix_site_states_site", "site", "at"),
)
"""What a site said for every use when an audit looked at it; `outcome` is its front page's."""

failures: Final = Table(
    "failures",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("page", String(DIGEST), nullable=False),
    Column("url", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_failures_page", "page", "at"),
    Index("ix_failures_at", "at"),
)

pages: Final = Table(
    "pages",
    METADATA,
    Column("page", String(DIGEST), primary_key=True),
    Column("first_seen", Moment, nullable=False),
)
"""When a page was first kept, by the digest of its URL."""

payloads: Final = Table(
    "payloads",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("record_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("date", Moment, nullable=False),
)

host_paces: Final = Table(
    "host_paces",
    METADATA,
    Column("host", Text, primary_key=True),
    Column("pace", Text, nullable=False),
)

marks: Final = Table(
    "marks",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("length", BigInteger, nullable=False),
)

runs: Final = Table(
    "runs",
    METADATA,
    Column("run", Text, primary_key=True),
    Column("job", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("reason", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Index("ix_runs_job", "job", "started_at"),
)

scheduled: Final = Table(
    "scheduled",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("since", Moment, nullable=False),
)
"""Since when a scheduler knows a job: what was due before was never missed."""

alerts: Final = Table(
    "alerts",
    METADATA,
    Column("key", String(DIGEST), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("raised_at", Moment, nullable=False),
    Column("webhook", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("delivered_at", Moment),
    Column("over", Boolean, nullable=False),
    Index("ix_alerts_raised_at", "raised_at"),
)
"""What operators were told of, once each; what is not delivered yet is tried again."""
