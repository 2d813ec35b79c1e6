"""Importing a year's days."""

from __future__ import annotations

import sqlalchemy as sa

from fieldvisit.audit.actions import record
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.workdays.models import StoredDay
from fieldvisit.workdays.notice import Notice


def import_notice(by_id: int | None, notice: Notice) -> None:
    """Store a notice's days in the place of its years' former ones; raise Refused when it has errors."""
    if notice.errors or not notice.entries:
        raise Refused("放假安排有错，没有导入。")
    days = [entry.day for entry in notice.entries]
    # A day may be stored under another year: New Year begins in December at times.
    replaced = sa.or_(StoredDay.year.in_(notice.years), StoredDay.day.in_(days))
    db.session.execute(sa.delete(StoredDay).where(replaced))
    values = [{"day": e.day, "year": e.year, "kind": e.kind, "name": e.name} for e in notice.entries]
    db.session.execute(sa.insert(StoredDay), values)
    record(by_id, "workdays_imported", "workdays", "-", years=notice.years, days=len(values))
