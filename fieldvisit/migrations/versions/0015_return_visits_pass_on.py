"""Who looked after a return visit before the one who does now."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    with op.batch_alter_table("follow_up") as batch:
        batch.add_column(sa.Column("taken_over_from", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_follow_up_taken_over_from_cadre"), "cadre", ["taken_over_from"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("follow_up") as batch:
        batch.drop_constraint(op.f("fk_follow_up_taken_over_from_cadre"), type_="foreignkey")
        batch.drop_column("taken_over_from")

