"""What the office enters by hand for reports."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base
from fieldvisit.reports.rules import Basis


class HandFigure(Base):
    """Figures of a county's month."""

    __tablename__ = "hand_figure"

    county_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    petitions: Mapped[int | None]
    agency: Mapped[int | None]
    updated_by: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    updated_at: Mapped[datetime]


class ReportSetting(Base):
    """Weights."""

    __tablename__ = "report_setting"

    county_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"), primary_key=True)
    resolved_tenths: Mapped[int] = mapped_column(default=10)
    partly_resolved_tenths: Mapped[int] = mapped_column(default=0)
    unresolved_tenths: Mapped[int] = mapped_column(default=-3)
    basis: Mapped[Basis] = mapped_column(default=Basis.UNRESOLVED)
    updated_by: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    updated_at: Mapped[datetime]


class Theme(Base):
    """Theme."""

    __tablename__ = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"))
    town_code: Mapped[str | None] = mapped_column(sa.ForeignKey("division.code"))
    domain: Mapped[str] = mapped_column(sa.String(24))
    opened_month: Mapped[date]
    words: Mapped[str] = mapped_column(sa.Text)
    settled_month: Mapped[date | None]
    settled_words: Mapped[str] = mapped_column(sa.Text, default="")
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    made_at: Mapped[datetime]
