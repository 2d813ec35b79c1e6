"""Places and units, and which unit is tied to which village."""

from __future__ import annotations

import enum
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base


class Level(enum.StrEnum):
    """Levels of 区划."""

    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"


class Division(Base):
    """One 区划.

    `code` is the statistical code: 4 digits city, 6 county, 9 town, 12 village; a child's begins with its parent's.
    """

    __tablename__ = "division"

    code: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    level: Mapped[Level]
    name: Mapped[str] = mapped_column(sa.String(60))
    # "孙村镇 缸窑村": village names repeat, so lists show the town too.
    full_name: Mapped[str] = mapped_column(sa.String(120))
    parent_code: Mapped[str | None] = mapped_column(sa.ForeignKey("division.code"), index=True)
    active: Mapped[bool] = mapped_column(default=True)


class Unit(Base):
    """One 单位. `path` holds the ids from the root ("/1/7/"), so that a subtree is one range of it."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(sa.String(120), index=True)
    # Order of the organisation list, which reports keep.
    position: Mapped[int] = mapped_column(default=0)
    # The area that the unit governs or works for: a town's government, a county's office. None: contact points only.
    division_code: Mapped[str | None] = mapped_column(sa.ForeignKey("division.code"))
    active: Mapped[bool] = mapped_column(default=True)


class ContactPoint(Base):
    """A unit's tie to a village, from a day to a day (both included; `ends_on` None: still)."""

    __tablename__ = "contact_point"
    __table_args__ = (sa.Index(None, "unit_id", "ends_on"), sa.Index(None, "village_code", "ends_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    village_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
