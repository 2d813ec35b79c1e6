"""Whose work a return visit is about, so that a unit's supervisor finds what was judged badly."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

UNIT_OF_PROMISE = """
UPDATE follow_up SET unit_id = (
    SELECT visit.unit_id FROM commitment JOIN visit ON visit.id = commitment.visit_id
    WHERE commitment.id = follow_up.commitment_id
) WHERE commitment_id IS NOT NULL
"""
UNIT_OF_CONCERN = """
UPDATE follow_up SET unit_id = (SELECT handling_unit_id FROM concern WHERE concern.id = follow_up.concern_id)
WHERE concern_id IS NOT NULL
"""


def upgrade() -> None:
    with op.batch_alter_table("follow_up") as batch:
        batch.add_column(sa.Column("unit_id", sa.Integer()))
        batch.create_foreign_key(op.f("fk_follow_up_unit_id_unit"), "unit", ["unit_id"], ["id"])
        batch.create_index("ix_follow_up_unit", ["unit_id", "state", "closed_at", "id"])
    op.execute(UNIT_OF_PROMISE)
    op.execute(UNIT_OF_CONCERN)


def downgrade() -> None:
    with op.batch_alter_table("follow_up") as batch:
        batch.drop_index("ix_follow_up_unit")
        batch.drop_constraint(op.f("fk_follow_up_unit_id_unit"), type_="foreignkey")
        batch.drop_column("unit_id")
