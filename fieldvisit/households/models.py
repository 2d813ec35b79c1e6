"""Households, their people, and who is tied to them. No ID-card number, no position, nowhere."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base, ordered_text


class Household(Base):
    """One 户. `head_name` repeats the head's name so that lists need no join; its actions keep it true."""

    __tablename__ = "household"
    __table_args__ = (
        # The order of every list: along the road, and unique by its end.
        sa.Index(None, "village_code", "group_no", "door_order", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    village_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"))
    # 村民小组; 0 where a village or community has none.
    group_no: Mapped[int] = mapped_column(default=0)
    # "17 号", "2 栋 301"; `door_order` is the same with its numbers padded, so that 2 comes before 17.
    door: Mapped[str] = mapped_column(sa.String(40), default="")
    door_order: Mapped[str] = mapped_column(ordered_text(60), default="")
    head_name: Mapped[str] = mapped_column(sa.String(40))
    tags: Mapped[list[str]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    # Counts edits, so that two people who edit at once notice.
    version: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("cadre.id"))


class Resident(Base):
    """One person of a household. Of the birthday only year and month ("1956-11") are kept."""

    __tablename__ = "resident"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    relation: Mapped[str] = mapped_column(sa.String(12))
    is_head: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str] = mapped_column(sa.String(20), default="")
    birth_month: Mapped[str] = mapped_column(sa.String(7), default="")
    position: Mapped[int] = mapped_column(default=0)


class HouseholdTerm(Base):
    """A beginning by which a household is found: name parts, pinyin initials, door, phone tail, village."""

    __tablename__ = "household_term"
    # The second index holds all of a household's terms, so that a further word is checked without the table.
    __table_args__ = (sa.Index(None, "household_id", "term"), {"sqlite_with_rowid": False})

    term: Mapped[str] = mapped_column(ordered_text(40), primary_key=True)
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id", ondelete="CASCADE"), primary_key=True)


class Pairing(Base):
    """结对: a cadre's tie to a household, from a day to a day (both included; `ends_on` None: still)."""

    __tablename__ = "pairing"
    __table_args__ = (sa.Index(None, "cadre_id", "ends_on"), sa.Index(None, "household_id", "ends_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    household_id: Mapped[UUID] = mapped_column(sa.ForeignKey("household.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
