"""Numbers of other systems are unique among ordinary concerns only."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

ORDINARY = sa.text("NOT restricted")


def upgrade() -> None:
    op.drop_index("ix_concern_channel_concern_external_number", "concern")
    op.create_index(
        "ix_concern_external",
        "concern",
        ["channel", "external_number"],
        unique=True,
        sqlite_where=ORDINARY,
        postgresql_where=ORDINARY,
    )


def downgrade() -> None:
    op.drop_index("ix_concern_external", "concern")
    op.create_index(
        "ix_concern_channel_concern_external_number", "concern", ["channel", "external_number"], unique=True
    )
