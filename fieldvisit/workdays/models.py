"""Days that differ from Monday to Friday, as imported."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base
from fieldvisit.workdays.rules import Kind


class StoredDay(Base):
    """One day of a year's notice (放假安排); the years that come with the program are not stored."""

    __tablename__ = "special_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    kind: Mapped[Kind]
    name: Mapped[str] = mapped_column(sa.String(20), default="")
