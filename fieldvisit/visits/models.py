"""A visit and what was recorded in it."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base


class VisitState(enum.StrEnum):
    """Where a visit stands. Only draft and amending ones take changes; discarded drafts are shown nowhere."""

    DRAFT = "draft"
    FINISHED = "finished"
    AMENDING = "amending"
    SENT_BACK = "sent_back"
    REVIEWED = "reviewed"
    DISCARDED = "discarded"


# Finished and not yet read to the end. A query must repeat this very text to be served by the partial indexes.
OPEN = "state IN ('finished', 'amending', 'sent_back')"


class Visit(Base):
    """One 走访 of one household by one cadre. The id is made on the phone."""

    __tablename__ = "visit"
    __table_args__ = (
        sa.Index(None, "household_id", "visited_on"),
        sa.Index(None, "cadre_id", "state"),
        # The visit log: newest first, of some units or some villages, of one cadre, or those not yet read.
        sa.Index(None, "unit_id", "finished_at", "id"),
        sa.Index(None, "village_code", "finished_at", "id"),
        sa.Index(None, "cadre_id", "finished_at", "id"),
        sa.Index(None, "finished_at", "id"),
        # The same for the few that are not read to the end, however many there are in all.
        *(
            sa.Index(
                f"ix_visit_open_{first}" if first else "ix_visit_open",
                *((first,) if first else ()),
                "state",
                "finished_at",
                "id",
                sqlite_where=sa.text(OPEN),
                postgresql_where=sa.text(OPEN),
            )
            for first in ("unit_id", "village_code", "")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    # As they were on the day: people change units, the log keeps its place.
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    village_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"))
    state: Mapped[VisitState] = mapped_column(default=VisitState.DRAFT)
    visited_on: Mapped[date]
    checklist_version: Mapped[str] = mapped_column(sa.String(20))
    # When the first write was made on the phone, and when its author first tapped 完成 there, both told by their ages.
    # `finished_at` is when the latest finish arrived here: without a line, that may be days later.
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    # Why a supervisor sent it back, while it waits for its author.
    sent_back_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    # Counts finishings: 1 when first finished, one more after each amendment.
    revision: Mapped[int] = mapped_column(sa.SmallInteger, default=0)


class Answer(Base):
    """What one card of a visit says now.

    `seq` counts the saves of one device in this visit, so an old save that arrives late is known as such. `revision`
    counts the changes of this row: a save that names the present one was made by somebody who had seen it.
    """

    __tablename__ = "answer"
    __table_args__ = ({"sqlite_with_rowid": False},)

    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id"), primary_key=True)
    card: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(24), default="")
    tags: Mapped[list[str]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    device: Mapped[str] = mapped_column(sa.String(36))
    seq: Mapped[int]
    revision: Mapped[int]
    saved_at: Mapped[datetime]


class DisplacedAnswer(Base):
    """What another phone had written on a card before a newer save took its place: nobody's words vanish."""

    __tablename__ = "displaced_answer"

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id"), index=True)
    card: Mapped[str] = mapped_column(sa.String(24))
    value: Mapped[str] = mapped_column(sa.String(24))
    tags: Mapped[list[str]]
    note: Mapped[str] = mapped_column(sa.Text)
    device: Mapped[str] = mapped_column(sa.String(36))
    seq: Mapped[int]
    saved_at: Mapped[datetime]


class Commitment(Base):
    """承诺: what the cadre promised the household, and until when. The id is made on the phone."""

    __tablename__ = "commitment"
    __table_args__ = (sa.Index(None, "household_id"), sa.Index(None, "due_on"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id"), index=True)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    text: Mapped[str] = mapped_column(sa.String(200))
    due_on: Mapped[date]
    device: Mapped[str] = mapped_column(sa.String(36))
    seq: Mapped[int]
    # Removed ones stay as rows, so that a late save can't bring one back.
    removed: Mapped[bool] = mapped_column(default=False)


class Photo(Base):
    """One photo of a visit, or the householder's signature (`card` "signature"). Files are named by `sha256`."""

    __tablename__ = "photo"
    __table_args__ = (sa.UniqueConstraint("visit_id", "card", "source_sha256"), sa.Index(None, "sha256"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id"))
    card: Mapped[str] = mapped_column(sa.String(24))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    # Of the bytes that the phone sent: the same photo sent twice is one photo.
    source_sha256: Mapped[str] = mapped_column(sa.String(64))
    width: Mapped[int]
    height: Mapped[int]
    # What it looks like, as a signed number (photo_likeness.py); None: it came before this was asked, and
    # `fieldvisit fingerprint-photos` has not looked at it yet.
    dhash: Mapped[int | None] = mapped_column(sa.BigInteger)
    added_at: Mapped[datetime]
    removed: Mapped[bool] = mapped_column(default=False)


class VisitRevision(Base):
    """A finished visit as it was before an amendment: `content` holds answers, commitments and photo ids."""

    __tablename__ = "visit_revision"

    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visit.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(200))
    amended_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
