"""Reading complaints. The desk's queries are for the office, which reads all of them; its views let nobody else in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.complaints.forms import Wanted
from fieldvisit.complaints.models import (
    CALLING,
    AddressUse,
    Complaint,
    ComplaintAnswer,
    ComplaintCall,
    ComplaintMonth,
    Kind,
    State,
)
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Unit
from fieldvisit.paging import PAGE_SIZE, Page, before, cut, decode_cursor

KEY = (Complaint.filed_at, Complaint.id)
EXCERPT = 90
CONDITIONS: dict[Wanted, tuple[sa.ColumnElement[bool] | sa.TextClause, ...]] = {
    Wanted.OPEN: (Complaint.state == State.OPEN,),
    Wanted.ANSWERED: (Complaint.state == State.ANSWERED,),
    Wanted.CALLING: (CALLING,),
    Wanted.ALL: (),
}


class Row(NamedTuple):
    """One complaint in the office's list: no name, no phone."""

    id: UUID
    number: str
    kind: Kind
    place: str
    excerpt: str
    filed_at: datetime
    answer_by: date
    state: State
    calling: bool


class Answered(NamedTuple):
    """One answer, and who gave it."""

    nth: int
    words: str
    at: datetime
    cadre_name: str


class Called(NamedTuple):
    """One attempt to call back, and whose it was."""

    nth: int
    reached: bool
    note: str
    at: datetime
    cadre_name: str


def office_name() -> str | None:
    """Return the name of the unit that answers: that of active people of the office, the first by the units' order."""
    return db.session.scalars(
        sa.select(Unit.name)
        .join(Cadre, Cadre.unit_id == Unit.id)
        .where(Cadre.active, sa.type_coerce(Cadre.roles, sa.String).contains(Role.OFFICE.value))
        .order_by(Unit.position, Unit.id)
        .limit(1)
    ).one_or_none()


def filed(complaint_id: UUID) -> Complaint | None:
    """Return what was filed by a form already, for whoever has that form."""
    return db.session.get(Complaint, complaint_id, populate_existing=True)


def numbered(number: str) -> Complaint | None:
    """Return the complaint of a number, for whoever has its code; the caller checks that."""
    return db.session.scalars(sa.select(Complaint).where(Complaint.number == number)).one_or_none()


def complaint(complaint_id: UUID) -> Complaint:
    """Return a complaint for the office, or raise NotYours; a write locks it until the commit."""
    found = db.session.get(Complaint, complaint_id, populate_existing=True, with_for_update=True)
    if found is None:
        raise NotYours
    return found


def page(wanted: Wanted, cursor: str | None) -> Page[Row]:
    """Return a page of the office's list, newest first."""
    statement = (
        sa.select(
            Complaint.id,
            Complaint.number,
            Complaint.kind,
            Complaint.place,
            sa.func.substr(Complaint.words, 1, EXCERPT + 1),
            Complaint.filed_at,
            Complaint.answer_by,
            Complaint.state,
            Complaint.calling,
        )
        .where(*CONDITIONS[wanted])
        .order_by(Complaint.filed_at.desc(), Complaint.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    last = _key_of(cursor)
    if last is not None:
        statement = statement.where(before(KEY, last))
    rows = [Row(*row) for row in db.session.execute(statement)]
    return cut(rows, lambda row: (row.filed_at.isoformat(), row.id.hex))


def _key_of(cursor: str | None) -> tuple[datetime, UUID] | None:
    values = decode_cursor(cursor, 2)
    if values is None:
        return None
    try:
        return datetime.fromisoformat(values[0]).astimezone(UTC), UUID(values[1])
    except (ValueError, OverflowError):
        return None


def overdue(today: date) -> int:
    """Count what waits for its answer longer than it may."""
    return db.session.scalars(
        sa.select(sa.func.count()).where(Complaint.state == State.OPEN, Complaint.answer_by < today)
    ).one()


def answers_to(complaint_id: UUID) -> Sequence[Answered]:
    """Return the answers, the one that stands first."""
    rows: Any = db.session.execute(
        sa.select(ComplaintAnswer.nth, ComplaintAnswer.words, ComplaintAnswer.at, Cadre.name)
        .join(Cadre, Cadre.id == ComplaintAnswer.cadre_id)
        .where(ComplaintAnswer.complaint_id == complaint_id)
        .order_by(ComplaintAnswer.nth.desc())
    )
    return [Answered(*row) for row in rows]


def calls_about(complaint_id: UUID) -> Sequence[Called]:
    """Return the attempts to call back, the latest first."""
    rows: Any = db.session.execute(
        sa.select(ComplaintCall.nth, ComplaintCall.reached, ComplaintCall.note, ComplaintCall.at, Cadre.name)
        .join(Cadre, Cadre.id == ComplaintCall.cadre_id)
        .where(ComplaintCall.complaint_id == complaint_id)
        .order_by(ComplaintCall.nth.desc())
    )
    return [Called(*row) for row in rows]


def hold_month(month: str) -> ComplaintMonth | None:
    """Return a month's counter, fresh and locked until the transaction ends."""
    return db.session.get(ComplaintMonth, month, populate_existing=True, with_for_update=True)


def hold_address(digest: str) -> AddressUse | None:
    """Return what is known of an address, fresh and locked until the transaction ends."""
    return db.session.get(AddressUse, digest, populate_existing=True, with_for_update=True)
