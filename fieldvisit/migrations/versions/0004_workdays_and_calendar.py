"""Days off, a cadre's calendar link, and the daily reminder."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "special_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("holiday", "working", name="kind", native_enum=False, length=24), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_special_day")),
    )
    op.create_index(op.f("ix_special_day_year"), "special_day", ["year"])
    # Added in place: rebuilding the table, as batches may on SQLite, would drop what refers to it.
    op.add_column("cadre", sa.Column("calendar_sha256", sa.String(64), nullable=True))
    op.create_index(op.f("ix_cadre_calendar_sha256"), "cadre", ["calendar_sha256"], unique=True)
    op.add_column("cadre", sa.Column("reminded_on", sa.Date(), nullable=True))
    op.add_column("cadre", sa.Column("reminders_muted", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("cadre", "reminders_muted")
    op.drop_column("cadre", "reminded_on")
    op.drop_index(op.f("ix_cadre_calendar_sha256"), "cadre")
    op.drop_column("cadre", "calendar_sha256")
    op.drop_table("special_day")
