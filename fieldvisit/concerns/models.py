"""诉求: what residents ask for, who is responsible, and every step taken."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.concerns.rules import Level, Outcome, Stage, State, Step
from fieldvisit.database import Base

BIG_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# What still has a deadline; a query must repeat this very text to be served by the partial index.
RUNNING = "stage IN ('new', 'to_dispatch', 'in_hand')"
# What is not at its end: few, however long the ledger is kept.
OPEN = "stage IN ('new', 'to_dispatch', 'in_hand', 'replied')"
RESTRICTED = "restricted"
CHANGING = "step IN ('correct', 'redo')"
ORDINARY = "NOT restricted"


class Concern(Base):
    """One concern. Keys grow as concerns are registered, so that the newest come first by them.

    `uid` is made where it is written down (on the phone), so that it arrives once. `stage` follows `state`;
    `clock_on` is the next day by which somebody must act: tell_by, then due_on.
    """

    __tablename__ = "concern"
    __table_args__ = (
        sa.Index(None, "county_code", "stage", "id"),
        sa.Index(None, "stage", "id"),
        sa.Index(None, "village_code", "id"),
        sa.Index(None, "registered_by", "id"),
        sa.Index(None, "household_id", "id"),
        sa.Index(None, "handling_unit_id", "stage", "id"),
        # By which month a list is narrowed.
        sa.Index(None, "registered_on", "id"),
        # What another system calls it: imported once. Not so confidential ones: who may not know of one must be able
        # to import its number, or they would know.
        sa.Index(
            "ix_concern_external",
            "channel",
            "external_number",
            unique=True,
            sqlite_where=sa.text(ORDINARY),
            postgresql_where=sa.text(ORDINARY),
        ),
        # Hotspots and reports: what came in a county in some days, about what, from where.
        sa.Index("ix_concern_received", "county_code", "registered_on", "domain", "village_code", "restricted"),
        sa.Index("ix_concern_ended", "county_code", "closed_on", "outcome", "restricted"),
        sa.Index(
            "ix_concern_clock",
            "county_code",
            "clock_on",
            "id",
            sqlite_where=sa.text(RUNNING),
            postgresql_where=sa.text(RUNNING),
        ),
        # What was merged into one; few are.
        sa.Index(
            "ix_concern_merged",
            "merged_into_id",
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_concern_open",
            "village_code",
            "stage",
            "id",
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        ),
        sa.Index(
            "ix_concern_restricted",
            "county_code",
            "id",
            sqlite_where=sa.text(RESTRICTED),
            postgresql_where=sa.text(RESTRICTED),
        ),
    )

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    uid: Mapped[UUID] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(sa.String(24), unique=True)
    # Its number in the system that it came from, by that channel.
    external_number: Mapped[str | None] = mapped_column(sa.String(40))
    county_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"))
    # The village where there is one, else the town or county itself.
    village_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"))
    place: Mapped[str] = mapped_column(sa.String(120), default="")
    household_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("household.id"))
    # The visit and card on which it was written down.
    visit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("visit.id"), index=True)
    card: Mapped[str] = mapped_column(sa.String(24), default="")
    channel: Mapped[str] = mapped_column(sa.String(24))
    nature: Mapped[str] = mapped_column(sa.String(24))
    domain: Mapped[str] = mapped_column(sa.String(24))
    words: Mapped[str] = mapped_column(sa.Text)
    # Only where no household says who asks; both may be empty.
    asker_name: Mapped[str] = mapped_column(sa.String(40), default="")
    asker_phone: Mapped[str] = mapped_column(sa.String(20), default="")
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    people: Mapped[int] = mapped_column(default=1)
    level: Mapped[Level]
    # 举报 and 干部作风: see queries.py for who may know of it.
    restricted: Mapped[bool] = mapped_column(default=False)
    reported_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    reported_cadre_id: Mapped[int | None] = mapped_column(sa.ForeignKey("cadre.id"))
    locality_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    lead_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    contact_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    handling_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    registered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("cadre.id"))
    registered_at: Mapped[datetime]
    # As a day of the county, for months and clocks.
    registered_on: Mapped[date]
    state: Mapped[State] = mapped_column(default=State.REGISTERED)
    stage: Mapped[Stage] = mapped_column(default=Stage.NEW)
    accepted_on: Mapped[date | None]
    dispatched_on: Mapped[date | None]
    due_on: Mapped[date | None]
    clock_on: Mapped[date | None]
    is_extended: Mapped[bool] = mapped_column(default=False)
    round_no: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    replied_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # As a day of the county, for months.
    closed_on: Mapped[date | None]
    # What the unit reports with its reply, and what stands when it is closed.
    outcome: Mapped[Outcome | None]
    # What the residents said of it: a word of followups' marks.
    mark: Mapped[str] = mapped_column(sa.String(24), default="")
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("concern.id"))
    # Counts steps, so that two people who act at once notice.
    version: Mapped[int] = mapped_column(default=1)


class ConcernStep(Base):
    """One step of a concern, kept for ever; `told` ones are read by the resident too.

    `details` holds what the step changed, by the names of Concern's fields: {"level": ["B", "A"]}.
    """

    __tablename__ = "concern_step"
    __table_args__ = (
        sa.UniqueConstraint("concern_id", "nth"),
        # What changes a concern that a report has counted.
        sa.Index("ix_concern_step_changing", "at", sqlite_where=sa.text(CHANGING), postgresql_where=sa.text(CHANGING)),
    )

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    concern_id: Mapped[int] = mapped_column(sa.ForeignKey("concern.id"))
    nth: Mapped[int] = mapped_column(sa.SmallInteger)
    step: Mapped[Step]
    state: Mapped[State]
    cadre_id: Mapped[int | None] = mapped_column(sa.ForeignKey("cadre.id"))
    # Of the cadre on that day.
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    told: Mapped[bool] = mapped_column(default=False)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]


class ConcernUnit(Base):
    """A unit that has to do with a concern, in whichever role: its work list is one range of this table.

    `stage` is the concern's own, so that what waits is found without what has ended.
    """

    __tablename__ = "concern_unit"
    __table_args__ = (
        sa.Index(None, "concern_id"),
        sa.Index(None, "unit_id", "stage", "concern_id"),
        {"sqlite_with_rowid": False},
    )

    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True)
    concern_id: Mapped[int] = mapped_column(sa.ForeignKey("concern.id"), primary_key=True)
    stage: Mapped[Stage] = mapped_column(default=Stage.NEW)


class ConcernPhoto(Base):
    """A photo that a handler or the office added. Files are named by `sha256`."""

    __tablename__ = "concern_photo"
    __table_args__ = (sa.UniqueConstraint("concern_id", "source_sha256"), sa.Index(None, "sha256"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    concern_id: Mapped[int] = mapped_column(sa.ForeignKey("concern.id"))
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    # Of the bytes that were sent: the same photo sent twice is one photo.
    source_sha256: Mapped[str] = mapped_column(sa.String(64))
    width: Mapped[int]
    height: Mapped[int]
    added_at: Mapped[datetime]
    removed: Mapped[bool] = mapped_column(default=False)


class CountyMark(Base):
    """The mark with which a county's numbers begin: 繁."""

    __tablename__ = "county_mark"

    county_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"), primary_key=True)
    mark: Mapped[str] = mapped_column(sa.String(12), unique=True)


class ConcernMonth(Base):
    """The last number given out in a series ("繁-202607"); raised in the transaction of what bears the number."""

    __tablename__ = "concern_month"

    series: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    last: Mapped[int]


class DomainLead(Base):
    """Which unit a county has put in charge of a domain; without a row it is found by the department's name."""

    __tablename__ = "domain_lead"

    county_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"), primary_key=True)
    domain: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
