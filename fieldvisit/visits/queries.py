"""Reading visits for the one who makes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from fieldvisit.organisation.models import Unit
from fieldvisit.paging import Page, before, cut, decode_cursor
from fieldvisit.visits.models import (
    Answer,
    Commitment,
    DisplacedAnswer,
    Visit,
    VisitState,
)
from fieldvisit.visits.reading import readable

PAGE = 30


def own_visit(who: Cadre, visit_id: UUID) -> Visit:
    """Return a visit that `who` makes or made, or raise NotYours."""
    visit = db.session.get(Visit, visit_id)
    if visit is None or visit.cadre_id != who.id:
        raise NotYours
    return visit


# Built once, because every save asks it.
LOCKED = (
    sa.select(Visit)
    .where(Visit.id == sa.bindparam("visit_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def locked_visit(visit_id: UUID) -> Visit | None:
    """Return a visit, whoever's it is, as it is now; no other change to it begins before this transaction ends."""
    # On SQLite every write transaction is alone anyhow, and FOR UPDATE says nothing there.
    return db.session.scalars(LOCKED, {"visit_id": visit_id}).one_or_none()


def own_locked_visit(who: Cadre, visit_id: UUID) -> Visit:
    """Return a visit that `who` makes or made, locked for a change, or raise NotYours."""
    visit = locked_visit(visit_id)
    if visit is None or visit.cadre_id != who.id:
        raise NotYours
    return visit


def open_visit(who: Cadre, household_id: UUID) -> Visit | None:
    """Return the visit that `who` has begun in a household and not finished, the newest first."""
    return db.session.scalars(
        sa.select(Visit)
        .where(
            Visit.cadre_id == who.id,
            Visit.household_id == household_id,
            Visit.state.in_((VisitState.DRAFT, VisitState.AMENDING)),
        )
        .order_by(Visit.started_at.desc())
        .limit(1)
    ).one_or_none()


def answers(visit_id: UUID) -> dict[str, Answer]:
    """Map card keys to what they say now."""
    rows = db.session.scalars(sa.select(Answer).where(Answer.visit_id == visit_id))
    return {row.card: row for row in rows}


ANSWER = sa.select(Answer).where(Answer.visit_id == sa.bindparam("visit_id"), Answer.card == sa.bindparam("card"))


def answer(visit_id: UUID, card: str) -> Answer | None:
    """Return what one card says now."""
    return db.session.scalars(ANSWER, {"visit_id": visit_id, "card": card}).one_or_none()


def displaced_seq(visit_id: UUID, card: str, device: str) -> int:
    """Return the highest number of a device's saves of a card that others have displaced; 0 when none."""
    statement = sa.select(sa.func.max(DisplacedAnswer.seq)).where(
        DisplacedAnswer.visit_id == visit_id, DisplacedAnswer.card == card, DisplacedAnswer.device == device
    )
    return db.session.scalar(statement) or 0


def differs(displaced: DisplacedAnswer, answer: Answer | None) -> bool:
    """Say whether what was displaced says something else than the card does now."""
    if answer is None:
        return True
    return (displaced.value, displaced.tags, displaced.note) != (answer.value, answer.tags, answer.note)


def displaced(visit_id: UUID, answers: Mapping[str, Answer]) -> dict[str, list[DisplacedAnswer]]:
    """Map card keys to what other phones had written there and the card no longer says, oldest first."""
    kept: dict[str, list[DisplacedAnswer]] = {}
    statement = sa.select(DisplacedAnswer).where(DisplacedAnswer.visit_id == visit_id).order_by(DisplacedAnswer.id)
    for row in db.session.scalars(statement):
        if differs(row, answers.get(row.card)):
            kept.setdefault(row.card, []).append(row)
    return kept


def commitments(visit_id: UUID) -> Sequence[Commitment]:
    """Return a visit's commitments that stand, by due day."""
    return db.session.scalars(
        sa.select(Commitment)
        .where(Commitment.visit_id == visit_id, Commitment.removed.is_(False))
        .order_by(Commitment.due_on, Commitment.id)
    ).all()


def commitment(visit_id: UUID, commitment_id: UUID) -> Commitment | None:
    """Return a commitment of this visit; one of another visit raises NotYours."""
    row = db.session.get(Commitment, commitment_id)
    if row is not None and row.visit_id != visit_id:
        raise NotYours
    return row


def ordinal(visit: Visit | None, household_id: UUID) -> int:
    """Say which visit of the household this is or will be, counting finished ones: 1 for the first."""
    earlier = sa.select(sa.func.count()).where(Visit.household_id == household_id, Visit.revision > 0)
    if visit is not None:
        earlier = earlier.where(
            sa.or_(
                Visit.visited_on < visit.visited_on,
                sa.and_(Visit.visited_on == visit.visited_on, Visit.started_at < visit.started_at),
            ),
            Visit.id != visit.id,
        )
    return (db.session.scalar(earlier) or 0) + 1


def last_visited(household_ids: Iterable[UUID]) -> dict[UUID, date]:
    """Map households to the day of their last finished visit, by whomever."""
    rows = db.session.execute(
        sa.select(Visit.household_id, sa.func.max(Visit.visited_on))
        .where(Visit.household_id.in_(list(household_ids)), Visit.revision > 0)
        .group_by(Visit.household_id)
    )
    return dict(rows.all())


@dataclass(frozen=True)
class VisitRow:
    """A visit in a list of one's own."""

    id: UUID
    household_id: UUID
    head_name: str
    village_code: str
    group_no: int
    door: str
    state: VisitState
    visited_on: date
    started_at: Any


def _own_rows(who: Cadre) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Visit.id,
            Visit.household_id,
            Household.head_name,
            Household.village_code,
            Household.group_no,
            Household.door,
            Visit.state,
            Visit.visited_on,
            Visit.started_at,
        )
        .join(Household, Household.id == Visit.household_id)
        .where(Visit.cadre_id == who.id, Visit.state != VisitState.DISCARDED)
    )


def unfinished(who: Cadre) -> list[VisitRow]:
    """Return the visits that `who` has begun and not finished, newest first."""
    states = (VisitState.DRAFT, VisitState.AMENDING)
    statement = _own_rows(who).where(Visit.state.in_(states)).order_by(Visit.started_at.desc()).limit(50)
    return [VisitRow(*row) for row in db.session.execute(statement)]


@dataclass(frozen=True)
class SentBack:
    """A visit that waits for its author, and why."""

    visit_id: UUID
    head_name: str
    village_code: str
    reason: str


def sent_back(who: Cadre) -> list[SentBack]:
    """Return the visits that supervisors sent back to `who`, the longest waiting first."""
    statement = (
        sa.select(Visit.id, Household.head_name, Visit.village_code, Visit.sent_back_reason)
        .join(Household, Household.id == Visit.household_id)
        .where(Visit.cadre_id == who.id, Visit.state == VisitState.SENT_BACK)
        .order_by(Visit.finished_at)
        .limit(50)
    )
    return [SentBack(*row) for row in db.session.execute(statement)]


def own_visits(who: Cadre, cursor: str | None) -> Page[VisitRow]:
    """Return a page of `who`'s visits, newest first."""
    statement = _own_rows(who).order_by(Visit.visited_on.desc(), Visit.id.desc()).limit(PAGE + 1)
    values = decode_cursor(cursor, 2)
    if values:
        try:
            start = (date.fromisoformat(values[0]), UUID(values[1]))
        except ValueError:
            raise NotYours from None
        statement = statement.where(before((Visit.visited_on, Visit.id), start))
    rows = [VisitRow(*row) for row in db.session.execute(statement)]
    return cut(rows, lambda row: (row.visited_on.isoformat(), str(row.id)), PAGE)


@dataclass(frozen=True)
class TimelineEntry:
    """An earlier visit on a household's page."""

    id: UUID
    visited_on: date
    cadre_name: str
    unit_name: str
    state: VisitState


def timeline(who: Cadre, household_id: UUID, limit: int = 20) -> list[TimelineEntry]:
    """Return a household's finished visits that a person may read, newest first."""
    statement = (
        sa.select(Visit.id, Visit.visited_on, Cadre.name, Unit.name, Visit.state)
        .join(Cadre, Cadre.id == Visit.cadre_id)
        .join(Unit, Unit.id == Visit.unit_id)
        .where(Visit.household_id == household_id, Visit.revision > 0, readable(who))
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
        .limit(limit)
    )
    return [TimelineEntry(*row) for row in db.session.execute(statement)]


def household_of(visit: Visit) -> Household:
    """Return the household of a visit, also one that has since left its author's care."""
    return db.session.get_one(Household, visit.household_id)
