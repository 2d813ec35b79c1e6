"""The county whose office answers a complaint."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("complaint") as batch:
        batch.add_column(sa.Column("county_code", sa.String(12), nullable=True))
        batch.create_foreign_key(
            op.f("fk_complaint_county_code_division"), "division", ["county_code"], ["code"]
        )
        batch.create_index("ix_complaint_county_code_state", ["county_code", "state", "filed_at", "id"])
        batch.create_index("ix_complaint_county_code_filed_at", ["county_code", "filed_at", "id"])
    # Where there is one county, what came so far is of that one; where there are several, nobody knows.
    op.execute(
        "UPDATE complaint SET county_code = (SELECT code FROM division WHERE level = 'county' AND active) "
        "WHERE (SELECT count(*) FROM division WHERE level = 'county' AND active) = 1"
    )


def downgrade() -> None:
    with op.batch_alter_table("complaint") as batch:
        batch.drop_index("ix_complaint_county_code_filed_at")
        batch.drop_index("ix_complaint_county_code_state")
        batch.drop_constraint(op.f("fk_complaint_county_code_division"), type_="foreignkey")
        batch.drop_column("county_code")
