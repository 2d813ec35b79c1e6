"""Reading the sample that is asked about independently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.accounts.queries import has_role
from fieldvisit.concerns import seat_queries
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp, IndependentCheck
from fieldvisit.followups.queries import is_own_work
from fieldvisit.followups.rules import Mark
from fieldvisit.followups.subject_queries import BEGUN_BY, SUBJECT, UNIT_ID, VILLAGE_CODE, Subject, with_subjects
from fieldvisit.households.models import Household, Resident
from fieldvisit.organisation.models import ContactPoint
from fieldvisit.paging import Page, before, cut, read_moment_cursor
from fieldvisit.visits.models import Visit

PAGE = 30
COUNTY_DIGITS = 6


def asker_for(follow_up: FollowUp, number: int) -> int | None:
    """Return who asks: one of the county's cadres of other units, chosen by the number; None when there is none."""
    unit_id, village_code, promised_by = db.session.execute(
        with_subjects(sa.select(UNIT_ID, VILLAGE_CODE, BEGUN_BY).select_from(FollowUp)).where(
            FollowUp.id == follow_up.id
        )
    ).one()
    in_county = sa.select(ContactPoint.unit_id).where(
        ContactPoint.village_code.startswith(village_code[:COUNTY_DIGITS], autoescape=True)
    )
    askers = sa.select(Cadre.id).where(
        Cadre.active,
        has_role(Role.CADRE),
        # Nobody of the unit then, nor of that in which the cadre is now, nor the cadre, nor who has promised it.
        Cadre.id.not_in([cadre_id for cadre_id in (follow_up.cadre_id, promised_by) if cadre_id is not None]),
        Cadre.unit_id != unit_id,
        Cadre.unit_id.not_in(sa.select(Cadre.unit_id).where(Cadre.id == follow_up.cadre_id)),
        Cadre.unit_id.in_(in_county),
    )
    count = db.session.scalar(sa.select(sa.func.count()).select_from(askers.subquery())) or 0
    if not count:
        return None
    return db.session.scalar(askers.order_by(Cadre.id).offset(number % count).limit(1))


def is_drawn_already(follow_up_id: UUID) -> bool:
    """Say whether a follow-up is in the sample."""
    return bool(db.session.scalar(sa.select(sa.exists().where(IndependentCheck.follow_up_id == follow_up_id))))


@dataclass(frozen=True)
class Asked:
    """What somebody is to ask about, and where. They are not told whose work it was, nor what was said."""

    check: IndependentCheck
    subject: Subject
    household: Household


def _asked() -> sa.Select[*tuple[Any, ...]]:
    checks = sa.select(IndependentCheck, SUBJECT, Household).join(
        FollowUp, FollowUp.id == IndependentCheck.follow_up_id
    )
    return with_subjects(checks).join(Household, Household.id == FollowUp.household_id)


def open_checks(who: Cadre) -> list[Asked]:
    """Return what a person is to ask about, the oldest first; a hundred at most."""
    rows = db.session.execute(
        _asked()
        .where(IndependentCheck.asker_id == who.id, IndependentCheck.closed_at.is_(None))
        .order_by(IndependentCheck.drawn_at, IndependentCheck.id)
        .limit(100)
    )
    return [Asked(*row) for row in rows]


def count_open(who: Cadre) -> int:
    """Count what a person is to ask about."""
    mine = (IndependentCheck.asker_id == who.id, IndependentCheck.closed_at.is_(None))
    checks = sa.select(sa.func.count(IndependentCheck.id)).join(FollowUp, FollowUp.id == IndependentCheck.follow_up_id)
    return db.session.scalar(with_subjects(checks).where(*mine)) or 0


def own_open_check(who: Cadre, check_id: UUID) -> Asked:
    """Return what a person is still to ask about, locked for a change, or raise NotYours."""
    row = db.session.execute(
        _asked()
        .where(
            IndependentCheck.id == check_id,
            IndependentCheck.asker_id == who.id,
            IndependentCheck.closed_at.is_(None),
        )
        .with_for_update(of=IndependentCheck)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotYours
    return Asked(*row)


def people_to_ask(household_id: UUID) -> Sequence[Resident]:
    """Return a household's people who have a phone, the head first."""
    return db.session.scalars(
        sa.select(Resident)
        .where(Resident.household_id == household_id, Resident.phone != "")
        .order_by(Resident.is_head.desc(), Resident.position)
    ).all()


class Compared(NamedTuple):
    """One thing that was asked about twice: both marks, and whose work it was."""

    id: UUID
    closed_at: datetime | None
    follow_up_id: UUID
    subject: Subject
    head_name: str
    village_code: str
    recorded: Mark | None
    asked: Mark | None
    comment: str


def compared_page(who: Cadre, cursor: str | None) -> Page[Compared]:
    """Return a page of the sample's answers in the area that a person governs, the latest first."""
    compared = sa.select(
        IndependentCheck.id,
        IndependentCheck.closed_at,
        FollowUp.id,
        SUBJECT,
        Household.head_name,
        Household.village_code,
        FollowUp.mark,
        IndependentCheck.mark,
        IndependentCheck.comment,
    ).join(FollowUp, FollowUp.id == IndependentCheck.follow_up_id)
    in_area = sa.or_(scope_of(who).within(Visit.village_code), seat_queries.sees(who, seat_queries.Seat.OFFICE))
    statement = (
        with_subjects(compared)
        .join(Household, Household.id == FollowUp.household_id)
        .where(IndependentCheck.closed_at.is_not(None), ~is_own_work(who), in_area)
        .order_by(IndependentCheck.closed_at.desc(), IndependentCheck.id.desc())
        .limit(PAGE + 1)
    )
    start = read_moment_cursor(cursor)
    if start is not None:
        statement = statement.where(before((IndependentCheck.closed_at, IndependentCheck.id), start))
    rows = [Compared._make(row) for row in db.session.execute(statement)]
    return cut(rows, lambda row: (row.closed_at.isoformat() if row.closed_at else "", str(row.id)), PAGE)
