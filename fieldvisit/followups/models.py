"""Return visits that are due."""

from __future__ import annotations

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base


class FollowUpState(enum.StrEnum):
    """Open until the resident has judged; withdrawn when its commitment was taken back by an amendment."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class FollowUp(Base):
    """回访: one commitment of one household to look after on a day, by the cadre who made it."""

    __tablename__ = "follow_up"
    __table_args__ = (
        sa.Index(None, "cadre_id", "state", "due_on", "id"),
        sa.Index(None, "household_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    commitment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("commitment.id"), unique=True)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    state: Mapped[FollowUpState] = mapped_column(default=FollowUpState.OPEN)
    due_on: Mapped[date]
    scheduled_at: Mapped[datetime]
