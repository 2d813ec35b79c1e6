"""What supervisors decided about finished visits, and which hints they found to mean nothing."""

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


class HintKind(enum.StrEnum):
    """Why a record may be worth a second look: a picture or words that were there before, or little time."""

    PHOTO = "photo"
    WORDS = "words"
    BRIEF = "brief"


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


class HintDismissal(Base):
    """没有问题，不再提示: a reader has looked at what a hint pointed to, so that nobody need look again."""

    __tablename__ = "hint_dismissal"
    __table_args__ = ({"sqlite_with_rowid": False},)

    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id"), primary_key=True)
    kind: Mapped[HintKind] = mapped_column(primary_key=True)
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    at: Mapped[datetime]
