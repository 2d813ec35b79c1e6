"""Reading complaints. The desk's queries are for the office, each for its own area; its views let nobody else in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.accounts.queries import has_role
from fieldvisit.complaints import rules
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
from fieldvisit.organisation.queries import in_area
from fieldvisit.paging import PAGE_SIZE, Page, before, cut, read_moment_cursor

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
    county_code: str | None
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


def office_name(county_code: str | None) -> str | None:
    """Return the name of the unit that answers for a county: of those with active people, the one with the least area.

    For what has no county (None) it is the one with the widest. Of several the first by the units' order.
    """
    width = sa.func.length(Unit.division_code)
    offices = _offices(Unit.name)
    if county_code is None:
        offices = offices.order_by(width)
    else:
        around = [county_code[:digits] for digits in range(1, rules.COUNTY_DIGITS + 1)]
        offices = offices.where(Unit.division_code.in_(around)).order_by(width.desc())
    return db.session.scalars(offices.order_by(Unit.position, Unit.id).limit(1)).one_or_none()


def _offices(column: Any) -> sa.Select[*tuple[Any, ...]]:
    """Select a column of the offices that answer complaints, once for each of their people."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(column)
        .join(Cadre, Cadre.unit_id == Unit.id)
        .where(
            Cadre.active,
            has_role(Role.OFFICE),
            sa.func.length(Unit.division_code) <= rules.COUNTY_DIGITS,
        )
    )
    return statement


def area_of(who: Cadre) -> str:
    """Return the area for which a person of the office answers, or raise NotYours: some answer for nobody."""
    area = rules.answering_area(scope_of(who).areas)
    if area is None:
        raise NotYours
    return area


def _to_answer(who: Cadre) -> sa.ColumnElement[bool]:
    """Build the condition "this one is `who`'s to answer": of a county in their area, or of no county.

    The latter are for those with a wider area; as long as there are none, for every office, so that somebody reads
    them.
    """
    area = area_of(who)
    if rules.is_wide(area):
        return sa.or_(in_area(Complaint.county_code, area), Complaint.county_code.is_(None))
    own = Complaint.county_code == area
    wider = _offices(Unit.id).where(sa.func.length(Unit.division_code) < rules.COUNTY_DIGITS)
    if db.session.scalar(wider.limit(1)) is None:
        return sa.or_(own, Complaint.county_code.is_(None))
    return own


def filed(complaint_id: UUID) -> Complaint | None:
    """Return what was filed by a form already, for whoever has that form."""
    return db.session.get(Complaint, complaint_id, populate_existing=True)


def numbered(number: str) -> Complaint | None:
    """Return the complaint of a number, for whoever has its code; the caller checks that."""
    return db.session.scalars(sa.select(Complaint).where(Complaint.number == number)).one_or_none()


def complaint(who: Cadre, complaint_id: UUID) -> Complaint:
    """Return a complaint that is `who`'s to answer, or raise NotYours; a write locks it until the commit."""
    found = db.session.scalars(
        sa.select(Complaint)
        .where(Complaint.id == complaint_id, _to_answer(who))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotYours
    return found


def page(who: Cadre, wanted: Wanted, cursor: str | None) -> Page[Row]:
    """Return a page of what is `who`'s to answer, newest first."""
    statement = (
        sa.select(
            Complaint.id,
            Complaint.number,
            Complaint.kind,
            Complaint.county_code,
            Complaint.place,
            sa.func.substr(Complaint.words, 1, EXCERPT + 1),
            Complaint.filed_at,
            Complaint.answer_by,
            Complaint.state,
            Complaint.calling,
        )
        .where(*CONDITIONS[wanted], _to_answer(who))
        .order_by(Complaint.filed_at.desc(), Complaint.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    last = read_moment_cursor(cursor)
    if last is not None:
        statement = statement.where(before(KEY, last))
    rows = [Row(*row) for row in db.session.execute(statement)]
    return cut(rows, lambda row: (row.filed_at.isoformat(), row.id.hex))


def overdue(who: Cadre, today: date) -> int:
    """Count what waits for `who`'s answer longer than it may."""
    late = (Complaint.state == State.OPEN, Complaint.answer_by < today)
    return db.session.scalars(sa.select(sa.func.count()).where(*late, _to_answer(who))).one()


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
