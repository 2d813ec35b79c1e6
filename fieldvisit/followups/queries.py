"""Reading what is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from fieldvisit.accounts.models import Cadre
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp
from fieldvisit.followups.rules import FollowUpState, Mark, Way
from fieldvisit.followups.subject_queries import SUBJECT, Subject, may_read, with_subjects
from fieldvisit.households.models import Household
from fieldvisit.paging import Page, after, cut, decode_cursor
from fieldvisit.visits.models import Commitment, Visit

PAGE = 50
JUDGED_SHOWN = 10


def is_own_work(who: Cadre) -> sa.ColumnElement[bool]:
    """Build the condition "`who` has promised this (see with_subjects), or once looked after it".

    Overseeing it is for others, however it was passed on since. A concern is the work of the unit that handles it,
    not of whoever wrote it down.
    """
    round_ = aliased(FollowUp)
    held = sa.exists().where(
        sa.or_(round_.commitment_id == FollowUp.commitment_id, round_.concern_id == FollowUp.concern_id),
        sa.or_(round_.cadre_id == who.id, round_.taken_over_from == who.id),
    )
    return sa.or_(sa.func.coalesce(Visit.cadre_id, 0) == who.id, held)


def commitments_of_visit(visit_id: UUID) -> Sequence[Commitment]:
    """Return all commitments of a visit, also those taken back."""
    return db.session.scalars(sa.select(Commitment).where(Commitment.visit_id == visit_id)).all()


def of_visit(visit_id: UUID) -> dict[UUID, FollowUp]:
    """Map a visit's commitments to their latest follow-ups."""
    rows = db.session.scalars(
        sa.select(FollowUp)
        .join(Commitment, Commitment.id == FollowUp.commitment_id)
        .where(Commitment.visit_id == visit_id)
        .order_by(FollowUp.round_no, FollowUp.id)
        .with_for_update(of=FollowUp)
    )
    return {row.commitment_id: row for row in rows if row.commitment_id is not None}


@dataclass(frozen=True)
class Due:
    """A return visit to make: where, about what, and until when."""

    id: UUID
    household_id: UUID
    head_name: str
    village_code: str
    group_no: int
    door: str
    due_on: date
    subject: Subject


def _open() -> sa.Select[*tuple[Any, ...]]:
    return (
        with_subjects(
            sa.select(
                FollowUp.id,
                FollowUp.household_id,
                Household.head_name,
                Household.village_code,
                Household.group_no,
                Household.door,
                FollowUp.due_on,
                SUBJECT,
            )
        )
        .join(Household, Household.id == FollowUp.household_id)
        .where(FollowUp.state == FollowUpState.OPEN)
        .order_by(FollowUp.due_on, FollowUp.id)
    )


def due(who: Cadre, until: date, limit: int) -> list[Due]:
    """Return `who`'s return visits due until a day, the longest overdue first."""
    statement = _open().where(FollowUp.cadre_id == who.id, FollowUp.due_on <= until).limit(limit)
    return [Due(*row) for row in db.session.execute(statement)]


def due_counts(who: Cadre, today: date) -> tuple[int, int]:
    """Count `who`'s return visits that are due today and that are overdue."""
    row = db.session.execute(
        sa.select(
            sa.func.count().filter(FollowUp.due_on == today),
            sa.func.count().filter(FollowUp.due_on < today),
        ).where(FollowUp.cadre_id == who.id, FollowUp.state == FollowUpState.OPEN, FollowUp.due_on <= today)
    ).one()
    return row[0], row[1]


def open_page(who: Cadre, cursor: str | None) -> Page[Due]:
    """Return a page of all of `who`'s open return visits, by due day."""
    statement = _open().where(FollowUp.cadre_id == who.id).limit(PAGE + 1)
    values = decode_cursor(cursor, 2)
    if values:
        try:
            start = (date.fromisoformat(values[0]), UUID(values[1]))
        except ValueError:
            raise NotYours from None
        statement = statement.where(after((FollowUp.due_on, FollowUp.id), start))
    rows = [Due(*row) for row in db.session.execute(statement)]
    return cut(rows, lambda row: (row.due_on.isoformat(), str(row.id)), PAGE)


def of_household(who: Cadre, household_id: UUID) -> list[Due]:
    """Return the open return visits of a household about what one may read of, by due day."""
    rows = db.session.execute(_open().where(may_read(who), FollowUp.household_id == household_id).limit(50))
    return [Due(*row) for row in rows]


def has_open(who: Cadre, household_id: UUID) -> bool:
    """Say whether `who` has something to look after in a household."""
    mine = sa.exists().where(
        FollowUp.household_id == household_id, FollowUp.cadre_id == who.id, FollowUp.state == FollowUpState.OPEN
    )
    return bool(db.session.scalar(sa.select(mine)))


def has_to_ask_about(who: Cadre, concern_id: int) -> bool:
    """Say whether `who` has to ask the residents about a concern's reply."""
    mine = sa.exists().where(
        FollowUp.concern_id == concern_id, FollowUp.cadre_id == who.id, FollowUp.state == FollowUpState.OPEN
    )
    return bool(db.session.scalar(sa.select(mine)))


@dataclass(frozen=True)
class DueHousehold:
    """A household in which something is to be looked after: since when, and how much."""

    household: Household
    due_on: date
    items: int

    @property
    def stamp(self) -> str:
        """Return what changes when its pages of a return visit do."""
        return f"{self.due_on}.{self.items}.{self.household.version}"


def households_with_open(who: Cadre, limit: int) -> list[DueHousehold]:
    """Return the households in which `who` has something to look after, the most pressing first."""
    earliest = sa.func.min(FollowUp.due_on)
    open_ones = (
        sa.select(FollowUp.household_id, earliest.label("due_on"), sa.func.count().label("items"))
        .where(FollowUp.cadre_id == who.id, FollowUp.state == FollowUpState.OPEN)
        .group_by(FollowUp.household_id)
        .order_by(earliest, FollowUp.household_id)
        .limit(limit)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Household, open_ones.c.due_on, open_ones.c["items"])
        .join(open_ones, open_ones.c.household_id == Household.id)
        .order_by(open_ones.c.due_on, Household.id)
    )
    return [DueHousehold(*row) for row in rows]


@dataclass(frozen=True)
class Judged:
    """What a household has judged: about what, the state, the mark, how it was given, and when."""

    subject: Subject
    state: FollowUpState
    mark: Mark | None
    way: Way | None
    closed_at: datetime | None


def judged_in_household(who: Cadre, household_id: UUID) -> list[Judged]:
    """Return what was judged lately in a household and one may read of, the latest first."""
    judged = sa.select(SUBJECT, FollowUp.state, FollowUp.mark, FollowUp.way, FollowUp.closed_at).select_from(FollowUp)
    rows = db.session.execute(
        with_subjects(judged)
        .where(FollowUp.household_id == household_id, FollowUp.mark.is_not(None), may_read(who))
        .order_by(FollowUp.closed_at.desc(), FollowUp.id)
        .limit(JUDGED_SHOWN)
    )
    return [Judged(*row) for row in rows]
