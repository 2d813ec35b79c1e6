"""What supervisors decided about finished visits."""

from __future__ import annotations

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base


class Decision(enum.StrEnum):
    """已阅 or 退回补充."""

    READ = "read"
    SENT_BACK = "sent_back"


class Review(Base):
    """One supervisor's decision about one revision of a visit."""

    __tablename__ = "review"
    __table_args__ = (sa.UniqueConstraint("visit_id", "revision"),)

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id"))
    revision: Mapped[int] = mapped_column(sa.SmallInteger)
    supervisor_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    decision: Mapped[Decision]
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    at: Mapped[datetime]
