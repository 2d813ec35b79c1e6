"""Reading what was entered by hand."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from fieldvisit.extensions import db
from fieldvisit.reports.hand_models import HandFigure, ReportSetting, Theme
from fieldvisit.reports.months import Month
from fieldvisit.reports.rules import Weights


def figures(county_code: str, months: Sequence[Month]) -> dict[Month, HandFigure]:
    """Map."""
    rows = db.session.scalars(
        sa.select(HandFigure).where(
            HandFigure.county_code == county_code, HandFigure.month.in_([month.first for month in months])
        )
    )
    return {Month(row.month): row for row in rows}


def weights(county_code: str) -> Weights:
    """Return."""
    row = db.session.get(ReportSetting, county_code)
    if row is None:
        return Weights()
    return Weights(row.resolved_tenths, row.partly_resolved_tenths, row.unresolved_tenths, row.basis)


def themes(county_code: str, month: Month) -> list[Theme]:
    """Return."""
    return list(
        db.session.scalars(
            sa.select(Theme)
            .where(
                Theme.county_code == county_code,
                Theme.opened_month <= month.first,
                sa.or_(Theme.settled_month.is_(None), Theme.settled_month >= month.first),
            )
            .order_by(Theme.opened_month, Theme.id)
        )
    )
