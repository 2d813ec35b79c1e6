"""Reading the days that differ from Monday to Friday."""

from __future__ import annotations

import sqlalchemy as sa

from fieldvisit.extensions import db
from fieldvisit.workdays.models import StoredDay
from fieldvisit.workdays.notice import shipped
from fieldvisit.workdays.rules import SpecialDay, Table, table_of


def special_days() -> list[SpecialDay]:
    """Return all known days by year and date, in one query: imported years, else the program's own."""
    rows = db.session.execute(sa.select(StoredDay.day, StoredDay.year, StoredDay.kind, StoredDay.name))
    stored = [SpecialDay(*row) for row in rows]
    years, days = {entry.year for entry in stored}, {entry.day for entry in stored}
    others = [entry for entry in shipped() if entry.year not in years and entry.day not in days]
    return sorted([*stored, *others], key=lambda entry: (entry.year, entry.day))


def table() -> Table:
    """Return what the rules need to know of working days, in one query."""
    return table_of(special_days())
