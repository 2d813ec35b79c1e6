"""What people complain of or suggest, its answers and call-backs, and what bounds the public pages."""

from __future__ import annotations

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base

BIG_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# The few that a call is owed to; a query that says it in these words uses the index on both databases.
CALLING = sa.text("calling")


class Kind(enum.StrEnum):
    """投诉, 建议 or 系统使用问题."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    SYSTEM = "system"


class State(enum.StrEnum):
    """待答复 or 已答复."""

    OPEN = "open"
    ANSWERED = "answered"


class Complaint(Base):
    """One 投诉, 建议 or 系统使用问题. Who was signed in is kept nowhere: name and phone are what people chose to give.

    `county_code` says whose office answers; None: who wrote did not know. `calling` says that a call-back is still
    owed. `code_sha256` is the query code's, see `receipts`.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        sa.Index(None, "filed_at", "id"),
        sa.Index(None, "state", "filed_at", "id"),
        # For the office of one county among many.
        sa.Index("ix_complaint_county_code_state", "county_code", "state", "filed_at", "id"),
        sa.Index("ix_complaint_county_code_filed_at", "county_code", "filed_at", "id"),
        sa.Index(
            "ix_complaint_calling",
            "filed_at",
            "id",
            sqlite_where=sa.text("calling"),
            postgresql_where=sa.text("calling"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    kind: Mapped[Kind]
    county_code: Mapped[str | None] = mapped_column(sa.ForeignKey("division.code"))
    words: Mapped[str] = mapped_column(sa.Text)
    place: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[str] = mapped_column(sa.String(40))
    phone: Mapped[str] = mapped_column(sa.String(20))
    call_back: Mapped[bool]
    code_sha256: Mapped[str] = mapped_column(sa.String(64))
    filed_at: Mapped[datetime]
    answer_by: Mapped[date]
    state: Mapped[State] = mapped_column(default=State.OPEN)
    calling: Mapped[bool]


class ComplaintAnswer(Base):
    """One answer; a later one (`nth` 2, 3, ...) corrects the one before, which stays."""

    __tablename__ = "complaint_answer"
    __table_args__ = (sa.UniqueConstraint("complaint_id", "nth"),)

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint.id"))
    nth: Mapped[int] = mapped_column(sa.SmallInteger)
    words: Mapped[str] = mapped_column(sa.Text)
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    at: Mapped[datetime]


class ComplaintCall(Base):
    """One attempt to call back; the note is the office's own."""

    __tablename__ = "complaint_call"
    __table_args__ = (sa.UniqueConstraint("complaint_id", "nth"),)

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint.id"))
    nth: Mapped[int] = mapped_column(sa.SmallInteger)
    reached: Mapped[bool]
    note: Mapped[str] = mapped_column(sa.String(200))
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    at: Mapped[datetime]


class ComplaintMonth(Base):
    """The last number given out in a month ("202611"); raised in the transaction of what bears the number."""

    __tablename__ = "complaint_month"

    month: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    last: Mapped[int]


class AddressUse(Base):
    """How often a network address has used a public page since `since`; the address itself is not kept."""

    __tablename__ = "address_use"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    times: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)
