"""Whom a step of a concern concerns, and which units have something due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.accounts.queries import has_role
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Stage
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Unit


class Owing(NamedTuple):
    """A unit that has concerns in hand which are overdue or due soon."""

    unit: Unit
    overdue: int
    soon: int


def _active_with(role: Role) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return (Cadre.active.is_(True), has_role(role))


def office_of(concern: Concern) -> list[int]:
    """Return the ids of the people of the office that a new or returned concern waits for: the nearest one's.

    Nobody of a unit that a confidential concern is about, nor the person themself.
    """
    rows = db.session.execute(
        sa.select(Cadre.id, Unit.division_code, Unit.path)
        .join(Unit, Unit.id == Cadre.unit_id)
        .where(*_active_with(Role.OFFICE), Unit.division_code.is_not(None), _governs(concern.county_code))
        .order_by(sa.func.length(Unit.division_code).desc())
    ).all()
    able = [row for row in rows if row[0] != concern.reported_cadre_id and not _is_within(concern, row[2])]
    return [row[0] for row in able if row[1] == able[0][1]]


def _governs(county_code: str) -> sa.ColumnElement[bool]:
    return Unit.division_code.in_([county_code[:digits] for digits in (2, 4, 6)])


def _is_within(concern: Concern, path: str) -> bool:
    return concern.reported_unit_id is not None and f"/{concern.reported_unit_id}/" in path


def handlers_of(concern: Concern) -> list[int]:
    """Return the ids of those who handle a concern: of its handling unit, else of the nearest one above that."""
    if concern.handling_unit_id is None:
        return []
    path = db.session.scalar(sa.select(Unit.path).where(Unit.id == concern.handling_unit_id)) or ""
    upwards = [int(part) for part in path.strip("/").split("/")][::-1]
    rows = db.session.execute(
        sa.select(Cadre.id, Cadre.unit_id).where(*_active_with(Role.HANDLER), Cadre.unit_id.in_(upwards))
    ).all()
    nearest = next((unit_id for unit_id in upwards if any(row[1] == unit_id for row in rows)), None)
    return [row[0] for row in rows if row[1] == nearest and row[0] != concern.reported_cadre_id]


def owing(today: date, soon: date) -> Sequence[Owing]:
    """Return the units that have concerns in hand whose day has passed, or comes until `soon`."""
    late = sa.func.sum(sa.case((Concern.clock_on < today, 1), else_=0))
    rows = db.session.execute(
        sa.select(Unit, late, sa.func.count())
        .join(Concern, Concern.handling_unit_id == Unit.id)
        .where(Concern.stage == Stage.IN_HAND, Concern.clock_on <= soon, Concern.restricted.is_(False), Unit.active)
        .group_by(Unit.id)
        .order_by(Unit.position, Unit.id)
    )
    return [Owing(unit, overdue, number - overdue) for unit, overdue, number in rows]
