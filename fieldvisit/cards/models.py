"""What residents open and write on their own phones."""

from __future__ import annotations

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base

LIVE = "revoked_at IS NULL"


class ResidentLink(Base):
    """The link on a contact card: one household's page, handed out by one cadre. The table holds only its hash."""

    __tablename__ = "resident_link"
    __table_args__ = (
        sa.Index(
            "uq_resident_link_live",
            "household_id",
            "made_by",
            unique=True,
            sqlite_where=sa.text(LIVE),
            postgresql_where=sa.text(LIVE),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    token_sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[datetime]
    expires_on: Mapped[date]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("cadre.id"))
    # How often something was sent by this link on its last day of use.
    written_on: Mapped[date | None]
    written: Mapped[int] = mapped_column(sa.SmallInteger, default=0)


class MessageState(enum.StrEnum):
    """Whether somebody has taken note of a message."""

    NEW = "new"
    TAKEN = "taken"


class ResidentMessage(Base):
    """Something that a household reports by itself. The id is made with the form, so that it arrives once."""

    __tablename__ = "resident_message"
    __table_args__ = (
        sa.Index(None, "household_id", "at"),
        sa.Index("ix_resident_message_state_at", "state", "at", "id"),
        sa.Index("ix_resident_message_at", "at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    link_id: Mapped[UUID] = mapped_column(sa.ForeignKey("resident_link.id"))
    words: Mapped[str] = mapped_column(sa.Text)
    # For a call back; "" when none was left.
    phone: Mapped[str] = mapped_column(sa.String(20), default="")
    # For the office only: cadres don't see it.
    is_hidden: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    state: Mapped[MessageState] = mapped_column(default=MessageState.NEW)
    taken_by: Mapped[int | None] = mapped_column(sa.ForeignKey("cadre.id"))
    taken_at: Mapped[datetime | None]


class LinkGuesser(Base):
    """An internet address that asked for links that are none, kept as a keyed hash, and when (epoch seconds)."""

    __tablename__ = "link_guesser"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    guesses: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    blocked_until: Mapped[datetime | None]
    last_at: Mapped[datetime] = mapped_column(index=True)
