"""Reading what residents judged badly, for those who oversee the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.followups import photo_queries
from fieldvisit.followups.models import FollowUp, FollowUpPhoto, FollowUpRuling, Judgement, Rescheduling
from fieldvisit.followups.queries import is_own_work
from fieldvisit.followups.rules import FollowUpState, Mark
from fieldvisit.households.models import Household
from fieldvisit.organisation.models import Unit
from fieldvisit.paging import Page, before, cut, read_moment_cursor
from fieldvisit.visits.models import Commitment, Visit
from fieldvisit.visits.reading import readable

PAGE = 30
# More than these are said as "99+".
MOST_COUNTED = 100


class BadRow(NamedTuple):
    """One thing that a household judged badly, and where it stands."""

    id: UUID
    closed_at: datetime | None
    state: FollowUpState
    round_no: int
    text: str
    head_name: str
    village_code: str
    cadre_name: str
    unit_name: str
    comment: str | None
    is_hidden: bool | None


def dissatisfied_page(who: Cadre, states: Sequence[FollowUpState], cursor: str | None) -> Page[BadRow]:
    """Return a page of what was judged badly and now is in one of these states, the latest first."""
    statement = (
        sa.select(
            FollowUp.id,
            FollowUp.closed_at,
            FollowUp.state,
            FollowUp.round_no,
            Commitment.text,
            Household.head_name,
            Household.village_code,
            Cadre.name,
            Unit.name,
            Judgement.comment,
            Judgement.is_hidden,
        )
        .join(Commitment, Commitment.id == FollowUp.commitment_id)
        .join(Visit, Visit.id == Commitment.visit_id)
        .join(Household, Household.id == FollowUp.household_id)
        .join(Cadre, Cadre.id == FollowUp.cadre_id)
        .join(Unit, Unit.id == Visit.unit_id)
        .outerjoin(Judgement, sa.and_(Judgement.follow_up_id == FollowUp.id, Judgement.stands))
        .where(*_overseen(who, states))
        .order_by(FollowUp.closed_at.desc(), FollowUp.id.desc())
        .limit(PAGE + 1)
    )
    start = read_moment_cursor(cursor)
    if start is not None:
        statement = statement.where(before((FollowUp.closed_at, FollowUp.id), start))
    rows = [BadRow(*row) for row in db.session.execute(statement)]
    return cut(rows, lambda row: (row.closed_at.isoformat() if row.closed_at else "", str(row.id)), PAGE)


def _overseen(who: Cadre, states: Sequence[FollowUpState]) -> tuple[sa.ColumnElement[bool], ...]:
    # What one did oneself is for others to oversee.
    return (
        FollowUp.state.in_(states),
        FollowUp.mark == Mark.DISSATISFIED,
        ~is_own_work(who),
        readable(who),
    )


def count_dissatisfied(who: Cadre) -> int:
    """Count what was judged badly and has no end yet, up to a hundred."""
    some = (
        sa.select(FollowUp.id)
        .join(Commitment, Commitment.id == FollowUp.commitment_id)
        .join(Visit, Visit.id == Commitment.visit_id)
        .where(*_overseen(who, (FollowUpState.REDO, FollowUpState.TO_DECIDE)))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


@dataclass
class Round:
    """One round of looking after a commitment: what was reported, said, put off and decided."""

    follow_up: FollowUp
    said: list[Judgement] = field(default_factory=list)
    moved: list[Rescheduling] = field(default_factory=list)
    ruling: FollowUpRuling | None = None
    pictures: list[FollowUpPhoto] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """A commitment, from the promise to where it stands now."""

    text: str
    promised_for: date
    visited_on: date
    household: Household
    cadre: Cadre
    unit_name: str
    rounds: Sequence[Round]


def case_for(who: Cadre, follow_up_id: UUID) -> Case:
    """Return the whole story of a follow-up that the person oversees, in six queries, or raise NotYours."""
    row = db.session.execute(
        sa.select(Commitment.id, Commitment.text, Commitment.due_on, Visit.visited_on, Household, Cadre, Unit.name)
        .join(FollowUp, FollowUp.commitment_id == Commitment.id)
        .join(Visit, Visit.id == Commitment.visit_id)
        .join(Household, Household.id == FollowUp.household_id)
        .join(Cadre, Cadre.id == FollowUp.cadre_id)
        .join(Unit, Unit.id == Visit.unit_id)
        .where(FollowUp.id == follow_up_id, ~is_own_work(who), readable(who))
    ).one_or_none()
    if row is None:
        raise NotYours
    return Case(row[1], row[2], row[3], row[4], row[5], row[6], _rounds(row[0]))


def _rounds(commitment_id: UUID) -> list[Round]:
    follow_ups = db.session.scalars(
        sa.select(FollowUp).where(FollowUp.commitment_id == commitment_id).order_by(FollowUp.round_no)
    )
    rounds = {row.id: Round(row) for row in follow_ups}
    for judgement in db.session.scalars(
        sa.select(Judgement).where(Judgement.follow_up_id.in_(rounds)).order_by(Judgement.at)
    ):
        rounds[judgement.follow_up_id].said.append(judgement)
    for move in db.session.scalars(
        sa.select(Rescheduling).where(Rescheduling.follow_up_id.in_(rounds)).order_by(Rescheduling.id)
    ):
        rounds[move.follow_up_id].moved.append(move)
    for ruling in db.session.scalars(sa.select(FollowUpRuling).where(FollowUpRuling.follow_up_id.in_(rounds))):
        rounds[ruling.follow_up_id].ruling = ruling
    for follow_up_id, pictures in photo_queries.photos_of(rounds).items():
        rounds[follow_up_id].pictures = pictures
    return list(rounds.values())


def may_read_hidden(who: Cadre) -> bool:
    """Say whether a person reads what residents wrote for the office alone."""
    return who.has(Role.OFFICE)
