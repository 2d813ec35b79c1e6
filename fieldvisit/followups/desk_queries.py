"""Reading what residents judged badly, for those who oversee the work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.concerns.models import ConcernUnit
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.followups import photo_queries
from fieldvisit.followups.models import FollowUp, FollowUpPhoto, FollowUpRuling, Judgement, Rescheduling
from fieldvisit.followups.queries import is_own_work
from fieldvisit.followups.rules import FollowUpState, Mark
from fieldvisit.followups.subject_queries import SUBJECT, VILLAGE_CODE, Subject, may_read, same_subject, with_subjects
from fieldvisit.households.models import Household
from fieldvisit.organisation import queries as organisation
from fieldvisit.paging import Page, before, cut, read_moment_cursor
from fieldvisit.reviews.log_queries import overseen_by

PAGE = 30
# More than these are said as "99+".
MOST_COUNTED = 100


class BadRow(NamedTuple):
    """One thing that a household judged badly, and where it stands."""

    id: UUID
    closed_at: datetime | None
    state: FollowUpState
    round_no: int
    subject: Subject
    head_name: str
    village_code: str
    cadre_name: str
    comment: str | None
    is_hidden: bool | None


def dissatisfied_page(who: Cadre, states: Sequence[FollowUpState], cursor: str | None) -> Page[BadRow]:
    """Return a page of what was judged badly and now is in one of these states, the latest first."""
    statement = (
        with_subjects(
            sa.select(
                FollowUp.id,
                FollowUp.closed_at,
                FollowUp.state,
                FollowUp.round_no,
                SUBJECT,
                Household.head_name,
                Household.village_code,
                Cadre.name,
                Judgement.comment,
                Judgement.is_hidden,
            )
        )
        .join(Household, Household.id == FollowUp.household_id)
        .join(Cadre, Cadre.id == FollowUp.cadre_id)
        .outerjoin(Judgement, sa.and_(Judgement.follow_up_id == FollowUp.id, Judgement.stands))
        .where(*_overseen(who, states))
        .order_by(FollowUp.closed_at.desc(), FollowUp.id.desc())
        .limit(PAGE + 1)
    )
    start = read_moment_cursor(cursor)
    if start is not None:
        statement = statement.where(before((FollowUp.closed_at, FollowUp.id), start))
    rows = [BadRow._make(row) for row in db.session.execute(statement)]
    return cut(rows, lambda row: (row.closed_at.isoformat() if row.closed_at else "", str(row.id)), PAGE)


def _overseen(who: Cadre, states: Sequence[FollowUpState]) -> tuple[sa.ColumnElement[bool], ...]:
    # What one did oneself is for others to oversee.
    return (
        FollowUp.state.in_(states),
        FollowUp.mark == Mark.DISSATISFIED,
        _is_overseen_work(who, states),
        ~is_own_work(who),
        may_read(who),
    )


def _is_overseen_work(who: Cadre, states: Sequence[FollowUpState]) -> sa.ColumnElement[bool]:
    # Not all that a supervisor may read: what others promised in a village that their unit is merely tied to is for
    # those units' own supervisors.
    overseen = overseen_by(who)
    areas = [organisation.in_area(VILLAGE_CODE, area) for area in overseen.areas]
    return (
        sa.or_(FollowUp.id.in_(_of_units(overseen.unit_ids, states)), *areas)
        if overseen.unit_ids
        else sa.or_(sa.false(), *areas)
    )


def _of_units(unit_ids: Iterable[int], states: Sequence[FollowUpState]) -> sa.CompoundSelect[UUID]:
    # Each part is a range of an index: a unit's few are found without walking a province's many.
    units, in_state = sorted(unit_ids), FollowUp.state.in_(states)
    promised = sa.select(FollowUp.id).where(FollowUp.unit_id.in_(units), in_state)
    asked = sa.select(FollowUp.id).join(ConcernUnit, ConcernUnit.concern_id == FollowUp.concern_id)
    return sa.union(promised, asked.where(ConcernUnit.unit_id.in_(units), in_state))


def count_dissatisfied(who: Cadre) -> int:
    """Count what was judged badly and has no end yet, up to a hundred."""
    some = (
        with_subjects(sa.select(FollowUp.id))
        .where(*_overseen(who, (FollowUpState.REDO, FollowUpState.TO_DECIDE)))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


@dataclass
class Round:
    """One round of looking after a commitment or concern: what was reported, said, put off and decided."""

    follow_up: FollowUp
    said: list[Judgement] = field(default_factory=list)
    moved: list[Rescheduling] = field(default_factory=list)
    ruling: FollowUpRuling | None = None
    pictures: list[FollowUpPhoto] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """A commitment or concern, from the promise to where it stands now; `concern_id` leads to its page."""

    subject: Subject
    concern_id: int | None
    household: Household
    cadre: Cadre
    rounds: Sequence[Round]


def case_for(who: Cadre, follow_up_id: UUID) -> Case:
    """Return the whole story of a follow-up that the person oversees, in six queries, or raise NotYours."""
    row = db.session.execute(
        with_subjects(sa.select(FollowUp, SUBJECT, Household, Cadre))
        .join(Household, Household.id == FollowUp.household_id)
        .join(Cadre, Cadre.id == FollowUp.cadre_id)
        .where(FollowUp.id == follow_up_id, ~is_own_work(who), may_read(who))
    ).one_or_none()
    if row is None:
        raise NotYours
    return Case(row[1], row[0].concern_id, row[2], row[3], _rounds(row[0]))


def _rounds(follow_up: FollowUp) -> list[Round]:
    follow_ups = db.session.scalars(sa.select(FollowUp).where(same_subject(follow_up)).order_by(FollowUp.round_no))
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
