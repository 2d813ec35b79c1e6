"""What the office enters by hand for its monthly reports: figures, weights, themes."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base
from fieldvisit.reports.months import Month
from fieldvisit.reports.rules import Basis, Weights

USUAL = Weights()
# One figure: its month, and its name in HandFigure.
Key = tuple[Month, str]


class HandFigure(Base):
    """A month's figures that come from elsewhere; `month` is its first day, None a figure that nobody has told."""

    __tablename__ = "hand_figure"

    county_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    # 信访量（件次）
    petitions: Mapped[int | None]
    # 代办（件）
    agency: Mapped[int | None]
    updated_by: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    updated_at: Mapped[datetime]


class ReportSetting(Base):
    """How a county's reports make scores of outcomes; a county without a row has the usual weights."""

    __tablename__ = "report_setting"

    county_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"), primary_key=True)
    resolved_tenths: Mapped[int] = mapped_column(default=USUAL.resolved)
    partly_resolved_tenths: Mapped[int] = mapped_column(default=USUAL.partly_resolved)
    unresolved_tenths: Mapped[int] = mapped_column(default=USUAL.unresolved)
    basis: Mapped[Basis] = mapped_column(default=USUAL.basis)
    updated_by: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    updated_at: Mapped[datetime]

    @property
    def weights(self) -> Weights:
        """Return what it says as the rules take it."""
        return Weights(self.resolved_tenths, self.partly_resolved_tenths, self.unresolved_tenths, self.basis)


class Theme(Base):
    """What the office suggests to look into (建议专题调研), in a town or the whole county (`town_code` None).

    `id` is made with the form. It is open from `opened_month` on and settled in `settled_month`, both by their first
    day. `version` counts changes, so that two people who change it at once notice.
    """

    __tablename__ = "theme"
    __table_args__ = (sa.Index(None, "county_code", "settled_month"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"))
    town_code: Mapped[str | None] = mapped_column(sa.ForeignKey("division.code"))
    domain: Mapped[str] = mapped_column(sa.String(24))
    opened_month: Mapped[date]
    words: Mapped[str] = mapped_column(sa.Text)
    settled_month: Mapped[date | None]
    settled_words: Mapped[str] = mapped_column(sa.Text, default="")
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
