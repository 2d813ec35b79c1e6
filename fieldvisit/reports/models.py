"""Monthly reports: a draft's words and corrections, and what was frozen when it was issued."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column

from fieldvisit.database import Base
from fieldvisit.reports.corrections import Field


class MonthlyReport(Base):
    """民情月报 of a county and month. A draft's figures are counted anew whenever it is opened; an issued one's are
    `written`, with their `sha256`, and a trigger keeps the row from ever changing again.
    """

    __tablename__ = "monthly_report"
    __table_args__ = (sa.UniqueConstraint("county_code", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.ForeignKey("division.code"))
    # Its first day.
    month: Mapped[date]
    # What the office writes at the beginning of sections, by their keys.
    texts: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    # Counts changes, so that two people who work on it at once notice.
    version: Mapped[int] = mapped_column(default=1)
    issued_at: Mapped[datetime | None]
    issued_by: Mapped[int | None] = mapped_column(sa.ForeignKey("cadre.id"))
    # The snapshot as text, and the concerns behind its figures as packed JSON.
    written: Mapped[str | None] = deferred(mapped_column(sa.Text))
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    items: Mapped[bytes | None] = deferred(mapped_column(sa.LargeBinary))

    @property
    def is_issued(self) -> bool:
        """Say whether it was issued."""
        return self.issued_at is not None


class ReportCorrection(Base):
    """What the office has put right in a draft about one concern, and why; printed with the report."""

    __tablename__ = "report_correction"
    __table_args__ = (sa.UniqueConstraint("report_id", "concern_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("monthly_report.id"))
    concern_id: Mapped[int] = mapped_column(sa.ForeignKey("concern.id"))
    field: Mapped[Field]
    value: Mapped[str] = mapped_column(sa.String(24))
    reason: Mapped[str] = mapped_column(sa.String(200))
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"))
    at: Mapped[datetime]
