"""The order of the list of all that residents have reported."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_index("ix_resident_message_at", "resident_message", ["at", "id"])


def downgrade() -> None:
    op.drop_index("ix_resident_message_at", "resident_message")
