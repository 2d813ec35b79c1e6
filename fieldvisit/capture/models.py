"""Writes that have had their effect, so that a repeated one has none."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base


class DurableWrite(Base):
    """One acknowledged write of a phone: its key, a digest of what it asked, and the answer it got."""

    __tablename__ = "durable_write"
    # Every save pays for each page that is written: one tree less.
    __table_args__ = ({"sqlite_with_rowid": False},)

    cadre_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    request_sha256: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int] = mapped_column(sa.SmallInteger)
    location: Mapped[str | None] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(index=True)
