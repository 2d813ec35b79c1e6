"""Reading places, units and contact points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.organisation import rules
from fieldvisit.organisation.models import ContactPoint, Division, Level, Unit

UNITS = "fieldvisit.units"


def unit(unit_id: int) -> Unit:
    """Return a unit, or raise NotYours."""
    found = db.session.get(Unit, unit_id)
    if found is None:
        raise NotYours
    # A page asks for the same unit several times; the session itself would forget it in between.
    db.session.info.setdefault(UNITS, {})[unit_id] = found
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


def counties() -> Sequence[Division]:
    """Return the active counties, in the order of their codes."""
    return db.session.scalars(
        sa.select(Division).where(Division.level == Level.COUNTY, Division.active).order_by(Division.code)
    ).all()


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Map division codes to full names ("孙村镇 缸窑村")."""
    rows = db.session.execute(sa.select(Division.code, Division.full_name).where(Division.code.in_(set(codes))))
    return dict(rows.all())


def unit_named(name: str) -> Unit | None:
    """Return the unit of this name."""
    return db.session.scalar(sa.select(Unit).where(Unit.name == name))


def has_units() -> bool:
    """Say whether there is any unit at all."""
    return db.session.scalar(sa.select(Unit.id).limit(1)) is not None


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


def units_below(top: Unit) -> Sequence[Unit]:
    """Return a unit and all units under it."""
    return db.session.scalars(sa.select(Unit).where(Unit.path.startswith(top.path, autoescape=True))).all()


def has_active_units_below(top: Unit) -> bool:
    """Say whether an active unit stands directly under this one."""
    found = db.session.scalar(sa.select(Unit.id).where(Unit.parent_id == top.id, Unit.active).limit(1))
    return found is not None


def find_division(code: str) -> Division | None:
    """Return a place by its code."""
    return db.session.get(Division, code) if code.isascii() and code.isdigit() else None


def division(code: str) -> Division:
    """Return a place by its code, or raise NotYours."""
    found = find_division(code)
    if found is None:
        raise NotYours
    return found


def children(code: str | None) -> Sequence[Division]:
    """Return the places directly below another one (None: those on top), in the order of their codes."""
    return db.session.scalars(
        sa.select(Division).where(Division.parent_code.is_not_distinct_from(code)).order_by(Division.code)
    ).all()


def ancestors(division: Division) -> Sequence[Division]:
    """Return the places above one, from the top down."""
    # A code begins with those of all places above it.
    codes = [division.code[:length] for length in (4, 6, 9) if length < len(division.code)]
    return db.session.scalars(sa.select(Division).where(Division.code.in_(codes)).order_by(Division.code)).all()


def all_divisions() -> Sequence[Division]:
    """Return all places; only for an import."""
    return db.session.scalars(sa.select(Division)).all()


def governable() -> Sequence[Division]:
    """Return the active places that a unit may govern: those above villages."""
    return db.session.scalars(
        sa.select(Division).where(Division.level != Level.VILLAGE, Division.active).order_by(Division.code)
    ).all()


def is_in_use(code: str) -> bool:
    """Say whether a unit governs a place or is still tied to it."""
    governing = sa.select(Unit.id).where(Unit.division_code == code, Unit.active)
    tied = sa.select(ContactPoint.id).where(ContactPoint.village_code == code, ContactPoint.ends_on.is_(None))
    return bool(db.session.scalar(sa.select(sa.or_(governing.exists(), tied.exists()))))


def contact_point(point_id: int) -> ContactPoint:
    """Return a contact point, or raise NotYours."""
    found = db.session.get(ContactPoint, point_id)
    if found is None:
        raise NotYours
    return found


def contact_points_of(unit_id: int, village_code: str) -> Sequence[ContactPoint]:
    """Return all ties, past ones too, between a unit and a village."""
    return db.session.scalars(
        sa.select(ContactPoint).where(ContactPoint.unit_id == unit_id, ContactPoint.village_code == village_code)
    ).all()


def contact_points_with_names(unit_id: int) -> Sequence[tuple[ContactPoint, str]]:
    """Return a unit's contact points with the villages' names: present ones first, then the latest."""
    rows = db.session.execute(
        sa.select(ContactPoint, Division.full_name)
        .join(Division, Division.code == ContactPoint.village_code)
        .where(ContactPoint.unit_id == unit_id)
        .order_by(ContactPoint.ends_on.is_not(None), ContactPoint.ends_on.desc(), Division.code, ContactPoint.id)
    )
    return [(row[0], row[1]) for row in rows]


def village_names_by_unit(day: date) -> dict[int, list[str]]:
    """Map unit ids to the names of the villages that they are tied to on a day."""
    rows = db.session.execute(
        sa.select(ContactPoint.unit_id, Division.full_name)
        .join(Division, Division.code == ContactPoint.village_code)
        .where(
            ContactPoint.starts_on <= day,
            sa.or_(ContactPoint.ends_on.is_(None), ContactPoint.ends_on >= day),
        )
        .order_by(ContactPoint.unit_id, Division.code)
    )
    found: dict[int, list[str]] = {}
    for unit_id, name in rows:
        found.setdefault(unit_id, []).append(name)
    return found


def next_position() -> int:
    """Return the place in the organisation list after the last unit."""
    last = db.session.scalar(sa.select(sa.func.max(Unit.position)))
    return 0 if last is None else min(last + 1, rules.LAST_POSITION)


def all_villages() -> Sequence[Division]:
    """Return all active villages, in the order of their codes."""
    return db.session.scalars(
        sa.select(Division).where(Division.level == Level.VILLAGE, Division.active).order_by(Division.code)
    ).all()
