"""Reading what the office has entered by hand; each function asks once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import Division, Level
from fieldvisit.reports.hand_models import HandFigure, ReportSetting, Theme
from fieldvisit.reports.months import Month
from fieldvisit.reports.rules import Weights

COUNTY_DIGITS = 6


def figures(county_code: str, months: Sequence[Month]) -> dict[Month, HandFigure]:
    """Return what was entered for some months, as far as anything was."""
    rows = db.session.scalars(
        sa.select(HandFigure)
        .where(HandFigure.county_code == county_code, HandFigure.month.in_([month.first for month in months]))
        .execution_options(populate_existing=True)
    )
    return {Month(row.month): row for row in rows}


def setting(county_code: str) -> ReportSetting | None:
    """Return how a county scores, or None when it has never said so."""
    return db.session.get(ReportSetting, county_code, populate_existing=True)


def weights(county_code: str) -> Weights:
    """Return by which weights a county scores."""
    held = setting(county_code)
    return held.weights if held else Weights()


def themes(county_code: str, month: Month) -> list[Theme]:
    """Return the themes of a month's report, the oldest first: opened up to it, and not settled before it.

    One that was settled later was still open then: compare `settled_month` with the month.
    """
    return _themes(county_code, month, Theme.opened_month <= month.first)


def themes_since(county_code: str, month: Month) -> list[Theme]:
    """Return the themes that are open or were settled in a month or later, the oldest first."""
    return _themes(county_code, month)


def _themes(county_code: str, month: Month, *conditions: sa.ColumnElement[bool]) -> list[Theme]:
    is_left = sa.or_(Theme.settled_month.is_(None), Theme.settled_month >= month.first)
    return list(
        db.session.scalars(
            sa.select(Theme)
            .where(Theme.county_code == county_code, is_left, *conditions)
            .order_by(Theme.opened_month, Theme.made_at, Theme.id)
            .execution_options(populate_existing=True)
        )
    )


def made(theme_id: UUID) -> Theme | None:
    """Return the theme that was made by a form's id."""
    return db.session.get(Theme, theme_id, populate_existing=True)


def theme_for(county_code: str, theme_id: UUID) -> Theme:
    """Return a theme of a county, locked until the commit, or raise NotYours."""
    found = db.session.get(Theme, theme_id, populate_existing=True, with_for_update=True)
    if found is None or found.county_code != county_code:
        raise NotYours
    return found


def towns_of(county_code: str) -> Sequence[Division]:
    """Return the active towns of a county, in the order of their codes."""
    return db.session.scalars(
        sa.select(Division)
        .where(Division.level == Level.TOWN, Division.active, organisation.in_area(Division.code, county_code))
        .order_by(Division.code)
    ).all()


def hold(county_code: str) -> None:
    """Let nobody else change what is entered for a county until the commit."""
    # Of the county and not of the rows, which may not be there yet; rows that only refer to it need not wait.
    db.session.execute(sa.select(Division.code).where(Division.code == county_code).with_for_update(key_share=True))
