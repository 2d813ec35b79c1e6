"""The demonstration's places and units: 繁昌区 with its real towns and villages, and thirteen units."""

from __future__ import annotations

import csv
from datetime import date
from importlib import resources

import sqlalchemy as sa

from fieldvisit.extensions import db
from fieldvisit.organisation.models import ContactPoint, Division, Level, Unit

SINCE = date(2024, 3, 1)


def table(name: str) -> list[dict[str, str]]:
    """Read one of the package's CSV files."""
    text = resources.files("fieldvisit.demo").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def add_places() -> None:
    """Add the divisions, parents first."""
    rows = table("divisions.csv")
    names = {row["code"]: row["name"] for row in rows}
    for level in Level:
        at_level = [_division(row, names) for row in rows if row["level"] == level]
        db.session.execute(sa.insert(Division), at_level)


def _division(row: dict[str, str], names: dict[str, str]) -> dict[str, object]:
    in_village = row["level"] == Level.VILLAGE
    return {
        "code": row["code"],
        "level": Level(row["level"]),
        "name": row["name"],
        "full_name": f"{names[row['parent_code']]} {row['name']}" if in_village else row["name"],
        "parent_code": row["parent_code"] or None,
    }


def add_units() -> dict[str, Unit]:
    """Add the units and their contact points; return the units by name."""
    units: dict[str, Unit] = {}
    root: Unit | None = None
    for position, row in enumerate(table("units.csv")):
        unit = Unit(
            name=row["name"],
            parent_id=root.id if root else None,
            path="",
            position=position,
            division_code=row["division_code"] or None,
        )
        db.session.add(unit)
        db.session.flush()
        unit.path = f"{root.path if root else '/'}{unit.id}/"
        root = root or unit
        units[unit.name] = unit
        for code in row["contact_points"].split():
            db.session.add(ContactPoint(unit_id=unit.id, village_code=code, starts_on=SINCE))
    db.session.flush()
    return units
