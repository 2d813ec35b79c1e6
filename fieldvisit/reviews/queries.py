"""Reading for review: one visit, what was decided about it, what the log's rows show, the choices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.accounts.queries import has_role
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.choice_queries import Choice
from fieldvisit.organisation.models import ContactPoint, Unit
from fieldvisit.reviews.forms import Filters
from fieldvisit.reviews.log_queries import LogRow, Overseen, overseen_by
from fieldvisit.reviews.models import Decision, Review
from fieldvisit.visits.checklist import SIGNATURE, Checklist, Kind, Tone
from fieldvisit.visits.models import Answer, Commitment, Photo, Visit
from fieldvisit.visits.record import says_something, words_of

MOST_UNITS = 150
MAX_THUMBNAILS = 4


class Opinion(NamedTuple):
    """One decision in a visit's history."""

    decision: Decision
    reason: str
    at: datetime
    revision: int
    supervisor_name: str


@dataclass
class Glance:
    """What the log shows of a visit's content."""

    answered: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    thumbnails: list[UUID] = field(default_factory=list)
    photos: int = 0
    commitments: int = 0
    first_due_on: date | None = None


def visit_to_review(who: Cadre, visit_id: UUID) -> Visit:
    """Return a visit that the person oversees, or raise NotYours; a write locks it until the commit."""
    visit = db.session.scalars(
        sa.select(Visit)
        .where(Visit.id == visit_id, overseen_by(who).covers())
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if visit is None:
        raise NotYours
    return visit


def opinions_about(visit_id: UUID) -> Sequence[Opinion]:
    """Return what was decided about a visit, the latest first."""
    rows = db.session.execute(
        sa.select(Review.decision, Review.reason, Review.at, Review.revision, Cadre.name)
        .join(Cadre, Cadre.id == Review.supervisor_id)
        .where(Review.visit_id == visit_id)
        .order_by(Review.revision.desc())
    )
    return [Opinion(*row) for row in rows]


def glances_at(rows: Sequence[LogRow]) -> dict[UUID, Glance]:
    """Return what the log shows of some visits' content, in three queries."""
    glances = {row.id: Glance() for row in rows}
    _look_at_commitments(glances)
    _look_at_photos(glances)
    _look_at_answers(glances, {row.id: words_of(row.checklist_version) for row in rows})
    return glances


def _look_at_commitments(glances: dict[UUID, Glance]) -> None:
    rows = db.session.execute(
        sa.select(Commitment.visit_id, sa.func.count(), sa.func.min(Commitment.due_on))
        .where(Commitment.visit_id.in_(glances), Commitment.removed.is_(False))
        .group_by(Commitment.visit_id)
    )
    for visit_id, number, first_due_on in rows:
        glances[visit_id].commitments, glances[visit_id].first_due_on = number, first_due_on


def _look_at_photos(glances: dict[UUID, Glance]) -> None:
    rows = db.session.execute(
        sa.select(Photo.visit_id, Photo.id)
        .where(Photo.visit_id.in_(glances), Photo.removed.is_(False), Photo.card != SIGNATURE)
        .order_by(Photo.added_at, Photo.id)
    )
    for visit_id, photo_id in rows:
        glance = glances[visit_id]
        glance.photos += 1
        if glance.photos <= MAX_THUMBNAILS:
            glance.thumbnails.append(photo_id)


def _look_at_answers(glances: dict[UUID, Glance], asked: dict[UUID, Checklist]) -> None:
    rows = db.session.execute(
        sa.select(Answer.visit_id, Answer.card, Answer.value, Answer.tags, Answer.note != "").where(
            Answer.visit_id.in_(glances)
        )
    )
    said: defaultdict[UUID, dict[str, tuple[str, list[str], bool]]] = defaultdict(dict)
    for visit_id, card, value, tags, has_note in rows:
        said[visit_id][card] = (value, tags, bool(value or tags or has_note))
    for visit_id, glance in glances.items():
        _sum_up(glance, asked[visit_id], said[visit_id])


def _sum_up(glance: Glance, asked: Checklist, said: dict[str, tuple[str, list[str], bool]]) -> None:
    for group in asked.groups:
        answers = [(card, *said.get(card.key, ("", [], False))) for card in group.cards]
        has = bool(glance.commitments)
        glance.answered.append(sum(says_something(card, answered, has) for card, _, _, answered in answers))
        for card, value, tags, _ in answers:
            choice = card.choice(value)
            if choice and choice.tone is Tone.PROBLEM:
                glance.problems.append("：".join(filter(None, [card.short + choice.label, "、".join(tags)])))
            # 没看, 没问, 没留 are answers to be read, not defects; "no commitment" has its own column.
            if choice and choice.tone is Tone.PLAIN and card.kind is not Kind.COMMITMENTS:
                glance.left_out.append(choice.label + card.short)


def units_to_choose(who: Cadre, filters: Filters) -> list[Choice]:
    """Return the units to narrow the log to: those overseen, and those that work in the overseen area.

    When they are more than 150, only the first 150 that work in the chosen place; the chosen unit is always there.
    """
    overseen = overseen_by(who)
    found = _units(overseen, overseen.areas)
    if len(found) > MOST_UNITS:
        chosen = [filters.area] if filters.area and filters.area.startswith(overseen.areas) else []
        found = _units(overseen, chosen)[:MOST_UNITS] if chosen else []
    if filters.unit_id and all(choice.value != str(filters.unit_id) for choice in found):
        found += _units(overseen, overseen.areas, Unit.id == filters.unit_id)
    return found


def _units(overseen: Overseen, areas: Iterable[str], *also: sa.ColumnElement[bool]) -> list[Choice]:
    works_there = [
        sa.or_(
            organisation.in_area(Unit.division_code, area),
            sa.exists().where(ContactPoint.unit_id == Unit.id, organisation.in_area(ContactPoint.village_code, area)),
        )
        for area in areas
    ]
    rows = db.session.execute(
        sa.select(Unit.id, Unit.name)
        .where(sa.or_(Unit.id.in_(overseen.unit_ids), *works_there), *also)
        .order_by(Unit.position, Unit.id)
        .limit(MOST_UNITS + 1)
    )
    return [Choice(str(unit_id), name) for unit_id, name in rows]


def cadres_to_choose(units: Sequence[Choice], unit_id: int | None) -> list[Choice]:
    """Return the cadres of the chosen or only unit, by name; none of a unit that is not to be chosen."""
    ids = [int(unit.value) for unit in units if unit_id is None or unit.value == str(unit_id)]
    if len(ids) != 1:
        return []
    rows = db.session.execute(
        sa.select(Cadre.id, Cadre.name)
        .where(
            Cadre.unit_id == ids[0],
            has_role(Role.CADRE),
        )
        .order_by(Cadre.name, Cadre.id)
    )
    return [Choice(str(cadre_id), name) for cadre_id, name in rows]
