"""Return visits that are due, and what was found and said at them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base
from fieldvisit.followups.rules import FollowUpState, Mark, Outcome, PhotoKind, Ruling, Way, Why


class FollowUp(Base):
    """回访: one commitment or one replied concern of one household to ask about on a day, by a cadre: who made it or
    wrote it down, or has taken it over.

    Each redo is a follow-up of its own, of the next `round_no` (a concern's own). `mark` is the judgement that stands.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        sa.Index(None, "cadre_id", "state", "due_on", "id"),
        sa.Index(None, "household_id", "state"),
        # What was judged badly, the latest first, for those who oversee it.
        sa.Index(None, "state", "closed_at", "id"),
        sa.Index("ix_follow_up_unit", "unit_id", "state", "closed_at", "id"),
        sa.UniqueConstraint("commitment_id", "round_no"),
        sa.UniqueConstraint("concern_id", "round_no"),
        sa.CheckConstraint("(commitment_id IS NULL) <> (concern_id IS NULL)", name="one_subject"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    commitment_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("commitment.id"))
    concern_id: Mapped[int | None] = mapped_column(sa.ForeignKey("concern.id"))
    round_no: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    # The promising cadre's unit on the day of the visit, or the unit that replied.
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    # Who looked after it before.
    taken_over_from: Mapped[int | None] = mapped_column(sa.ForeignKey("cadre.id"))
    state: Mapped[FollowUpState] = mapped_column(default=FollowUpState.OPEN)
    due_on: Mapped[date]
    scheduled_at: Mapped[datetime]
    # What the cadre reports, when a return visit was finished with it; of a concern, what the unit replied (a copy
    # for this round), when it did, and no outcome.
    outcome: Mapped[Outcome | None]
    done_note: Mapped[str] = mapped_column(sa.Text, default="")
    reported_at: Mapped[datetime | None]
    # The householder has agreed to photos at this return visit.
    photo_agreed: Mapped[bool] = mapped_column(default=False)
    # How often nobody was reached.
    tries: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    mark: Mapped[Mark | None]
    way: Mapped[Way | None]
    # By what its state is now; when done, by the first judgement that closed it.
    closed_at: Mapped[datetime | None]
    # Why it lapsed.
    reason: Mapped[str] = mapped_column(sa.String(200), default="")

    @property
    def subject_id(self) -> UUID | int:
        """Return the id of the commitment or concern that it is about; the two kinds never look alike."""
        found = self.commitment_id if self.concern_id is None else self.concern_id
        assert found is not None  # the database sees to it
        return found


class FollowUpEntry(Base):
    """What the cadre's page says of a follow-up before the return visit is finished; saved at each change."""

    __tablename__ = "follow_up_entry"

    follow_up_id: Mapped[UUID] = mapped_column(sa.ForeignKey("follow_up.id"), primary_key=True)
    outcome: Mapped[Outcome | None]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    mark: Mapped[Mark | None]
    why: Mapped[Why | None]
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    device: Mapped[str] = mapped_column(sa.String(36))
    seq: Mapped[int]
    saved_at: Mapped[datetime]


class FollowUpPhoto(Base):
    """A photo of what was done, or the resident's signature. Files are named by `sha256`."""

    __tablename__ = "follow_up_photo"
    __table_args__ = (sa.UniqueConstraint("follow_up_id", "kind", "source_sha256"), sa.Index(None, "sha256"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    follow_up_id: Mapped[UUID] = mapped_column(sa.ForeignKey("follow_up.id"))
    kind: Mapped[PhotoKind]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    # Of the bytes that the phone sent: the same photo sent twice is one photo.
    source_sha256: Mapped[str] = mapped_column(sa.String(64))
    width: Mapped[int]
    height: Mapped[int]
    added_at: Mapped[datetime]
    removed: Mapped[bool] = mapped_column(default=False)


class Judgement(Base):
    """What was said of a follow-up, once; the latest that `stands` counts, all are kept."""

    __tablename__ = "judgement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    follow_up_id: Mapped[UUID] = mapped_column(sa.ForeignKey("follow_up.id"), index=True)
    mark: Mapped[Mark]
    way: Mapped[Way]
    why: Mapped[Why | None]
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    # The resident does not want the cadre to read the comment.
    is_hidden: Mapped[bool] = mapped_column(default=False)
    stands: Mapped[bool] = mapped_column(default=True)
    # Who held the page: None when it was the resident's own phone.
    cadre_id: Mapped[int | None] = mapped_column(sa.ForeignKey("cadre.id"))
    at: Mapped[datetime]


class Rescheduling(Base):
    """改期: a return visit put off, and why."""

    __tablename__ = "rescheduling"

    id: Mapped[int] = mapped_column(primary_key=True)
    follow_up_id: Mapped[UUID] = mapped_column(sa.ForeignKey("follow_up.id"), index=True)
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    from_day: Mapped[date]
    to_day: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime]


class FollowUpRuling(Base):
    """The office's decision about what was judged badly twice."""

    __tablename__ = "follow_up_ruling"

    follow_up_id: Mapped[UUID] = mapped_column(sa.ForeignKey("follow_up.id"), primary_key=True)
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    ruling: Mapped[Ruling]
    reason: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime]


class IndependentCheck(Base):
    """抽查: a judged follow-up that somebody of another unit asks about once more, by phone. Both answers are kept.

    Open while `closed_at` is None.
    """

    __tablename__ = "independent_check"
    __table_args__ = (sa.Index(None, "asker_id", "closed_at"), sa.Index(None, "closed_at", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    follow_up_id: Mapped[UUID] = mapped_column(sa.ForeignKey("follow_up.id"), unique=True)
    asker_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    drawn_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    mark: Mapped[Mark | None]
    why: Mapped[Why | None]
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    closed_at: Mapped[datetime | None]
