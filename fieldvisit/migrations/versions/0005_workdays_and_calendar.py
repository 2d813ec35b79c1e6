"""Days off, a cadre's calendar link, and the daily reminder."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0002"


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


def downgrade() -> None:
    op.drop_table("special_day")
