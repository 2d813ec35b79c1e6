"""The append-only record of who did what; triggers of the first migration refuse change and deletion."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base


class AuditEvent(Base):
    """One thing that somebody did. `detail` never holds a resident's name or phone number."""

    __tablename__ = "audit_event"
    __table_args__ = (sa.Index(None, "subject_type", "subject_id"), sa.Index(None, "at"))

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime]
    # No foreign key: audit is the lowest feature, and its rows outlive what they speak of.
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(sa.String(48))
    subject_type: Mapped[str] = mapped_column(sa.String(24))
    subject_id: Mapped[str] = mapped_column(sa.String(40))
    detail: Mapped[dict[str, Any]]
