"""The first schema: observations, decisions, and what jobs remember."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.BigInteger()


def upgrade() -> None:
    """Make every table of schema 1."""
    create_observations()
    create_verdicts()
    create_decisions()
    create_kept()
    create_sites()
    create_failures()
    create_state_of_jobs()
    create_state_of_schedules()


def create_observations() -> None:
    """What sites answered."""
    op.create_table(
        "resources",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_resources"),
        sa.UniqueConstraint("key", name="uq_resources_key"),
    )
    op.create_index("ix_resources_origin", "resources", ["origin"])
    op.create_table(
        "bodies",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_bodies"),
        sa.UniqueConstraint("sha256", name="uq_bodies_sha256"),
    )
    op.create_table(
        "observations",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("resource_id", NUMBER, nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("body_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name="fk_observations_body_id"),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_observations_resource_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_observations"),
        sa.UniqueConstraint(
            "resource_id", "fetched_at", "outcome", "body_id", name="uq_observations_resource_id"
        ),
    )
    op.create_index(
        "ix_observations_answered",
        "observations",
        ["answered", "resource_id", "fetched_at", "outcome", "body_id"],
    )
    op.create_index("ix_observations_body_id", "observations", ["body_id"])
    op.create_index("ix_observations_fetched_at", "observations", ["fetched_at"])


def create_verdicts() -> None:
    """What rules made of bodies: derived."""
    op.create_table(
        "verdicts",
        sa.Column("body_id", NUMBER, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("catalogue", sa.Text(), nullable=False),
        sa.Column("verdicts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name="fk_verdicts_body_id"),
        sa.PrimaryKeyConstraint("body_id", "rule", "catalogue", name="pk_verdicts"),
    )


def create_decisions() -> None:
    """What was decided about pages."""
    op.create_table(
        "findings",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
        sa.UniqueConstraint("sha256", name="uq_findings_sha256"),
    )
    op.create_table(
        "places",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_places"),
        sa.UniqueConstraint("sha256", name="uq_places_sha256"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("finding_id", NUMBER, nullable=False),
        sa.Column("places_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name="fk_decisions_finding_id"),
        sa.ForeignKeyConstraint(["places_id"], ["places.id"], name="fk_decisions_places_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_at", "decisions", ["at"])
    op.create_index("ix_decisions_origin", "decisions", ["origin", "at"])
    op.create_index("ix_decisions_page", "decisions", ["page", "id"])


def create_kept() -> None:
    """Under which findings pages were kept."""
    op.create_table(
        "kept",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("finding_id", NUMBER, nullable=False),
        sa.Column("places_id", NUMBER, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name="fk_kept_finding_id"),
        sa.ForeignKeyConstraint(["places_id"], ["places.id"], name="fk_kept_places_id"),
        sa.PrimaryKeyConstraint("origin", "finding_id", name="pk_kept"),
    )


def create_sites() -> None:
    """What lists say of sites, and what audits found them to say."""
    op.create_table(
        "sites",
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=True),
        sa.Column("weight", sa.Float(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("listed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("list", "site", name="pk_sites"),
    )
    op.create_index("ix_sites_site", "sites", ["site"])
    op.create_table(
        "site_states",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("finding_id", NUMBER, nullable=False),
        sa.Column("places_id", NUMBER, nullable=False),
        sa.Column("presence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name="fk_site_states_finding_id"),
        sa.ForeignKeyConstraint(["places_id"], ["places.id"], name="fk_site_states_places_id"),
        sa.PrimaryKeyConstraint("id", name="pk_site_states"),
        sa.UniqueConstraint("run", "site", name="uq_site_states_run"),
    )
    op.create_index("ix_site_states_site", "site_states", ["site", "at"])


def create_failures() -> None:
    """Pages that could not be fetched."""
    op.create_table(
        "failures",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_failures"),
    )
    op.create_index("ix_failures_at", "failures", ["at"])
    op.create_index("ix_failures_page", "failures", ["page", "at"])


def create_state_of_jobs() -> None:
    """What a crawl needs when it goes on."""
    op.create_table(
        "pages",
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("page", name="pk_pages"),
    )
    op.create_table(
        "payloads",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("date", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("job", "digest", name="pk_payloads"),
    )
    op.create_table(
        "host_paces",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_host_paces"),
    )
    op.create_table(
        "marks",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("job", "path", name="pk_marks"),
    )
    op.create_table(
        "runs",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run", name="pk_runs"),
    )
    op.create_index("ix_runs_job", "runs", ["job", "started_at"])


def create_state_of_schedules() -> None:
    """What a scheduler needs when it goes on."""
    op.create_table(
        "scheduled",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("job", name="pk_scheduled"),
    )
    op.create_table(
        "alerts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("webhook", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_alerts"),
    )
    op.create_index("ix_alerts_raised_at", "alerts", ["raised_at"])
