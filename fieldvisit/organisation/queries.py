"""Reading places, units and contact points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.organisation.models import ContactPoint, Division, Level, Unit


def unit(unit_id: int) -> Unit:
    """Return a unit, or raise NotYours."""
    found = db.session.get(Unit, unit_id)
    if found is None:
        raise NotYours
    return found


def unit_ids_below(top: Unit) -> Sequence[int]:
    """Return the ids of a unit and of all units under it."""
    return db.session.scalars(sa.select(Unit.id).where(Unit.path.startswith(top.path, autoescape=True))).all()


def contact_village_codes(unit_ids: Iterable[int], day: date) -> Sequence[str]:
    """Return the codes of the villages that these units are tied to on a day, in order."""
    on_that_day = sa.and_(
        ContactPoint.starts_on <= day, sa.or_(ContactPoint.ends_on.is_(None), ContactPoint.ends_on >= day)
    )
    return db.session.scalars(
        sa.select(ContactPoint.village_code)
        .where(ContactPoint.unit_id.in_(list(unit_ids)), on_that_day)
        .distinct()
        .order_by(ContactPoint.village_code)
    ).all()


def in_area(column: sa.ColumnElement[str] | Any, area: str) -> sa.ColumnElement[bool]:
    """Build the condition "this division code lies in an area" (or is it)."""
    # A code begins with its parent's code, so an area is one range of the index; digits sort alike in any collation.
    return sa.and_(column >= area, column < str(int(area) + 1))


def villages(areas: Iterable[str]) -> Sequence[Division]:
    """Return the active villages within some divisions (a village's own code gives itself), in order."""
    ranges = [in_area(Division.code, area) for area in areas]
    return db.session.scalars(
        sa.select(Division)
        .where(Division.level == Level.VILLAGE, Division.active, sa.or_(sa.false(), *ranges))
        .order_by(Division.code)
    ).all()


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Map division codes to full names ("孙村镇 缸窑村")."""
    rows = db.session.execute(
        sa.select(Division.code, Division.full_name).where(Division.code.in_(set(codes)))
    )
    return dict(rows.all())


def unit_named(name: str) -> Unit | None:
    """Return the unit of this name."""
    return db.session.scalar(sa.select(Unit).where(Unit.name == name))


def has_units() -> bool:
    """Say whether there is any unit at all."""
    return db.session.scalar(sa.select(Unit.id).limit(1)) is not None


def units() -> Sequence[Unit]:
    """Return all units, in the order of the organisation list: each followed by those under it."""
    return [unit for unit, _depth in units_with_depth()]


def units_with_depth() -> list[tuple[Unit, int]]:
    """Return all units in the order of the organisation list, each with its depth in the tree (0: on top)."""
    children: dict[int | None, list[Unit]] = {}
    for found in db.session.scalars(sa.select(Unit).order_by(Unit.position, Unit.id)):
        children.setdefault(found.parent_id, []).append(found)
    ordered: list[tuple[Unit, int]] = []
    waiting = [(found, 0) for found in reversed(children.get(None, []))]
    while waiting:
        found, depth = waiting.pop()
        ordered.append((found, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(found.id, []))]
    return ordered
