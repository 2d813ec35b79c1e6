"""Changing places, units and contact points."""

from __future__ import annotations

from fieldvisit.audit.actions import record
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Unit


def add_unit(
    by_id: int | None,
    name: str,
    parent: Unit | None = None,
    *,
    position: int = 0,
    division_code: str | None = None,
) -> Unit:
    """Add a unit under another one or on top; `by_id` None: the command line."""
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
    record(by_id, "unit_added", "unit", unit.id, parent_id=unit.parent_id)
    return unit
