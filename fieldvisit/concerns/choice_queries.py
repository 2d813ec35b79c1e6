"""What the office may choose from when it writes a concern down: places, units, people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import ContactPoint, Division, Level, Unit

MOST_PLACES = 150


def places(areas: Iterable[str], typed: str = "", limit: int = MOST_PLACES) -> Sequence[Division]:
    """Return the active places of some areas, counties included, whose full name holds what was typed (or its code)."""
    ranges = [organisation.in_area(Division.code, area) for area in areas]
    meant = Division.full_name.contains(typed, autoescape=True) if typed else sa.true()
    return db.session.scalars(
        sa.select(Division)
        .where(
            Division.level != Level.CITY,
            Division.active,
            sa.or_(sa.false(), *ranges),
            sa.or_(meant, Division.code == typed),
        )
        .order_by(Division.code)
        .limit(limit)
    ).all()


def place_meant(areas: Sequence[str], typed: str) -> Sequence[Division]:
    """Return the places that what was typed may mean: the one so called, else all that hold it (at most three)."""
    if not typed:
        return []
    ranges = [organisation.in_area(Division.code, area) for area in areas]
    exact = db.session.scalars(
        sa.select(Division)
        .where(
            Division.level != Level.CITY,
            Division.active,
            sa.or_(sa.false(), *ranges),
            sa.or_(Division.full_name == typed, Division.code == typed),
        )
        .limit(3)
    ).all()
    return exact or places(areas, typed, 3)


def units_of(area: str) -> Sequence[Unit]:
    """Return the working units of a county (or a city): of a place in it, tied to one, or of none at all."""
    here = organisation.in_area(ContactPoint.village_code, area)
    tied = sa.exists().where(ContactPoint.unit_id == Unit.id)
    return db.session.scalars(
        sa.select(Unit)
        .where(
            Unit.active,
            sa.or_(
                organisation.in_area(Unit.division_code, area),
                tied.where(here),
                sa.and_(Unit.division_code.is_(None), sa.not_(tied)),
            ),
        )
        .order_by(Unit.position, Unit.id)
    ).all()


def people_of(unit_id: int) -> Sequence[Cadre]:
    """Return the people who work in a unit."""
    return db.session.scalars(
        sa.select(Cadre).where(Cadre.unit_id == unit_id, Cadre.active).order_by(Cadre.name, Cadre.id)
    ).all()


def counties(areas: Iterable[str]) -> Sequence[Division]:
    """Return the counties within some areas."""
    ranges = [organisation.in_area(Division.code, area) for area in areas]
    return db.session.scalars(
        sa.select(Division).where(Division.level == Level.COUNTY, sa.or_(sa.false(), *ranges)).order_by(Division.code)
    ).all()
