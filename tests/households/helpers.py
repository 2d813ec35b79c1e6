"""Small tools of the tests of households."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db
from fieldvisit.households.models import Household, Resident
from tests.factories import VILLAGE
from tests.person import Person


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Collect the statements that the database gets meanwhile."""
    seen: list[str] = []

    def note(*values: Any) -> None:
        seen.append(values[2])

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def new_form(**changed: Any) -> dict[str, Any]:
    """What the form of a new household sends."""
    known = {"id": str(uuid4()), "name": "李桂英", "phone": "", "birth_month": "", "village_code": VILLAGE}
    return known | {"group_no": "5", "door": "17 号", "tags": [], "note": ""} | changed


def cadre_of(person: Person) -> Cadre:
    """Return who is signed in."""
    assert person.cadre is not None
    return person.cadre


def audited(action: str) -> list[AuditEvent]:
    """Return what the audit record holds of one kind."""
    return list(db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == action)))


def fresh(household: Household) -> Household:
    """Read a household anew."""
    db.session.expire_all()
    return db.session.get_one(Household, household.id)


def people_of(household: Household) -> list[Resident]:
    """Read a household's people anew, in the order in which they came."""
    db.session.expire_all()
    rows = sa.select(Resident).where(Resident.household_id == household.id).order_by(Resident.position)
    return list(db.session.scalars(rows))
