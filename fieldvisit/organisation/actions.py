"""Changing units and contact points; `by_id` is the person who does it, None the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from fieldvisit.audit.actions import record
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.organisation import queries, rules
from fieldvisit.organisation.models import ContactPoint, Level, Unit


def add_unit(
    by_id: int | None,
    name: str,
    parent: Unit | None = None,
    *,
    position: int = 0,
    division_code: str | None = None,
) -> Unit:
    """Add a unit under another one, or on top."""
    name = name.strip()
    _check_name(name, None)
    unit = Unit(
        name=name,
        parent_id=parent.id if parent else None,
        path="",
        position=position,
        division_code=division_code,
    )
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    record(by_id, "unit_added", "unit", unit.id, name=name, parent_id=unit.parent_id)
    return unit


def _check_name(name: str, own_id: int | None) -> None:
    problem = rules.name_problem(name)
    if problem:
        raise Refused(problem)
    found = queries.unit_named(name)
    if found is not None and found.id != own_id:
        raise Refused("已经有同名的单位，请换一个名称。")


@dataclass(frozen=True)
class UnitEntry:
    """What an administrator enters about a unit."""

    name: str
    parent: Unit | None
    position: int
    division_code: str | None
    active: bool = True


def change_unit(by_id: int | None, unit: Unit, entry: UnitEntry, active_people: int) -> None:
    """Change a unit; `active_people` is the number of people who still belong to it."""
    _check_name(entry.name.strip(), unit.id)
    if unit.active and not entry.active:
        _refuse_if_needed(unit, active_people)
    if entry.parent is not None and not entry.parent.active and entry.parent.id != unit.parent_id:
        raise Refused("上级单位已停用，请选别的单位。")
    move_unit(unit, entry.parent)
    unit.name, unit.position, unit.active = entry.name.strip(), entry.position, entry.active
    unit.division_code = entry.division_code
    record(
        by_id,
        "unit_changed",
        "unit",
        unit.id,
        name=unit.name,
        parent_id=unit.parent_id,
        division_code=unit.division_code,
        active=unit.active,
    )


def _refuse_if_needed(unit: Unit, active_people: int) -> None:
    if active_people:
        raise Refused(f"这个单位还有 {active_people} 个在用账号，请先把他们调到别的单位或停用。")
    if queries.has_active_units_below(unit):
        raise Refused("这个单位下面还有在用的单位，请先移走或停用。")


def move_unit(unit: Unit, parent: Unit | None) -> None:
    """Put a unit with everything below it under another one, or on top; keeps all paths right."""
    if (parent.id if parent else None) == unit.parent_id:
        return
    if parent is not None and rules.is_below(parent.path, unit.path):
        raise Refused("不能把单位放到它自己或它的下级单位下面。")
    old_path, new_path = unit.path, f"{parent.path if parent else '/'}{unit.id}/"
    for below in queries.units_below(unit):
        below.path = rules.moved_path(below.path, old_path, new_path)
    unit.parent_id = parent.id if parent else None


def add_contact_point(
    by_id: int | None, unit_id: int, village_code: str, starts_on: date, ends_on: date | None = None
) -> ContactPoint:
    """Tie a unit to a village from a day on; refused when the same tie already covers one of the days."""
    village = queries.division(village_code)
    if village.level is not Level.VILLAGE or not village.active:
        raise Refused("联系点要选在用的村或社区。")
    _check_period(starts_on, ends_on)
    for other in queries.contact_points_of(unit_id, village_code):
        if rules.overlap(starts_on, ends_on, other.starts_on, other.ends_on):
            raise Refused(f"{village.full_name}在这段时间已经是这个单位的联系点。")
    point = ContactPoint(unit_id=unit_id, village_code=village_code, starts_on=starts_on, ends_on=ends_on)
    db.session.add(point)
    db.session.flush()
    record(by_id, "contact_point_added", "unit", unit_id, village=village_code, starts_on=starts_on.isoformat())
    return point


def _check_period(starts_on: date, ends_on: date | None) -> None:
    if not date(2000, 1, 1) <= starts_on <= date(2100, 1, 1):
        raise Refused("开始日期不对，请核对年份。")
    if ends_on is not None and ends_on < starts_on:
        raise Refused("结束日期不能早于开始日期。")


def end_contact_point(by_id: int | None, point: ContactPoint, ends_on: date) -> None:
    """End a tie on a day, which is its last."""
    _check_period(point.starts_on, ends_on)
    for other in queries.contact_points_of(point.unit_id, point.village_code):
        if other.id != point.id and rules.overlap(point.starts_on, ends_on, other.starts_on, other.ends_on):
            raise Refused("结束日期和同一个联系点的另一段时间重叠了。")
    point.ends_on = ends_on
    record(
        by_id,
        "contact_point_ended",
        "unit",
        point.unit_id,
        village=point.village_code,
        ends_on=ends_on.isoformat(),
    )


def lock_tree() -> None:
    """Let one change of the tree wait for another, so that two moves can't make a circle."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("LOCK TABLE unit IN SHARE ROW EXCLUSIVE MODE"))
