"""Reading the writes that have had their effect."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.capture.models import DurableWrite
from fieldvisit.extensions import db

# Every save of a phone pays for it. Built once and of the table itself, it costs a fraction of what the same
# through the model would.
WRITES: sa.Table = DurableWrite.metadata.tables[DurableWrite.__tablename__]
FIND = sa.select(WRITES).where(
    WRITES.c.cadre_id == sa.bindparam("who"), WRITES.c.key == sa.bindparam("named", type_=sa.Uuid())
)


def earlier_write(cadre_id: int, key: UUID) -> sa.Row[*tuple[Any, ...]] | None:
    """Return what is kept of a person's write with this key (the columns of DurableWrite), if it came before."""
    return db.session.execute(FIND, {"who": cadre_id, "named": key}).one_or_none()
