"""Notices within the application, the addresses of units, what is to be sent to them, and what ran today."""

from __future__ import annotations

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base
from fieldvisit.notifications.rules import Kind


class Notice(Base):
    """One thing that one person is told once; `path` is the page of ours where it waits."""

    __tablename__ = "notice"
    __table_args__ = (
        sa.UniqueConstraint("cadre_id", "key"),
        sa.Index(None, "cadre_id", "id"),
        sa.Index(None, "subject_type", "subject_id"),
        # What the bell counts on every page.
        sa.Index(
            "ix_notice_unseen",
            "cadre_id",
            sqlite_where=sa.text("seen_at IS NULL"),
            postgresql_where=sa.text("seen_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    words: Mapped[str] = mapped_column(sa.String(160))
    path: Mapped[str] = mapped_column(sa.String(200))
    subject_type: Mapped[str] = mapped_column(sa.String(24))
    subject_id: Mapped[str] = mapped_column(sa.String(40))
    # Of the event: the same one tells a person once.
    key: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime | None]


class NotificationChannel(Base):
    """An address of a unit: its e-mail, or the robot of its group chat."""

    __tablename__ = "notification_channel"
    __table_args__ = (
        sa.Index(
            "uq_notification_channel_live",
            "unit_id",
            "address",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    kind: Mapped[Kind]
    # A robot's is a secret: whoever has it writes to the group.
    address: Mapped[str] = mapped_column(sa.String(320))
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # Of the last tries: how many failed on end, when the next one is, and what the last one said.
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(sa.String(160), default="")
    delivered_at: Mapped[datetime | None]


class State(enum.StrEnum):
    """What became of an outgoing message."""

    WAITING = "waiting"
    SENT = "sent"
    UNDELIVERED = "undelivered"


class OutgoingMessage(Base):
    """One message to one address, written in the transaction of what it tells of; a worker sends it."""

    __tablename__ = "outgoing_message"
    __table_args__ = (
        sa.UniqueConstraint("channel_id", "key"),
        sa.Index(None, "state", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(sa.ForeignKey("notification_channel.id"))
    words: Mapped[str] = mapped_column(sa.String(160))
    path: Mapped[str] = mapped_column(sa.String(200))
    key: Mapped[str] = mapped_column(sa.String(80))
    # Somebody tries the address out: once, and not kept when it fails.
    is_trial: Mapped[bool] = mapped_column(default=False)
    state: Mapped[State] = mapped_column(default=State.WAITING)
    at: Mapped[datetime]
    give_up_at: Mapped[datetime]
    # The worker that sends it just now has it until then; a killed one's is free again afterwards.
    lease: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(sa.String(160), default="")


class DailyRun(Base):
    """That a daily job ran on a day, or runs until `leased_until`."""

    __tablename__ = "daily_run"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    leased_until: Mapped[datetime]
    done_at: Mapped[datetime | None]
