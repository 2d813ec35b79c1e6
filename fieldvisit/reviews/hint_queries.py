"""Hints for reading: what in a visit is like an earlier one. They say where to look, no more.

They are asked for visits that somebody reads anyway, and for nothing else: never counted, sorted by, filtered by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from fieldvisit.reviews import photo_hint_queries, rules, word_hint_queries
from fieldvisit.reviews.hints import Hint, Subject
from fieldvisit.reviews.log_queries import overseen_by
from fieldvisit.reviews.models import HintDismissal, HintKind
from fieldvisit.visits.models import Visit


def hints_for(visit_ids: Iterable[UUID]) -> dict[UUID, Hint]:
    """Return the hints about some finished visits that nobody has dismissed, in eight queries; most have none."""
    subjects = _subjects(list(visit_ids))
    photos, words = photo_hint_queries.like_photos(subjects), word_hint_queries.like_words(subjects)
    dismissed = _dismissed(subjects)
    hints = {}
    for visit in subjects:
        hint = Hint(tuple(photos.get(visit.id, ())), tuple(words.get(visit.id, ())), _took(visit))
        for kind in dismissed[visit.id]:
            hint = hint.without(kind)
        if hint:
            hints[visit.id] = hint
    return hints


def dismissal(visit_id: UUID, kind: HintKind) -> HintDismissal | None:
    """Return that a kind of hint about a visit was dismissed, if it was."""
    return db.session.get(HintDismissal, (visit_id, kind))


def heads_of_readable(who: Cadre, hint: Hint | None) -> dict[UUID, str]:
    """Map those earlier visits that a hint points to and the person may read here to the name of their household."""
    if hint is None or not hint.others:
        return {}
    rows: Iterable[Any] = db.session.execute(
        sa.select(Visit.id, Household.head_name)
        .join(Household, Household.id == Visit.household_id)
        .where(Visit.id.in_(hint.others), overseen_by(who).covers())
    )
    return dict(tuple(row) for row in rows)


def _subjects(visit_ids: list[UUID]) -> list[Subject]:
    rows: Iterable[Any] = db.session.execute(
        sa.select(
            Visit.id,
            Visit.cadre_id,
            Visit.household_id,
            Visit.visited_on,
            Visit.started_at,
            Visit.ended_at,
            Visit.finished_at,
        ).where(Visit.id.in_(visit_ids), Visit.finished_at.is_not(None))
    )
    return [Subject(*row) for row in rows]


def _took(visit: Subject) -> timedelta | None:
    begun_on = clock.local(visit.started_at).date()
    if visit.ended_at is None or not rules.was_brief(visit.started_at, visit.ended_at, begun_on, visit.visited_on):
        return None
    return visit.ended_at - visit.started_at


def _dismissed(subjects: list[Subject]) -> defaultdict[UUID, list[HintKind]]:
    rows = db.session.execute(
        sa.select(HintDismissal.visit_id, HintDismissal.kind).where(
            HintDismissal.visit_id.in_([visit.id for visit in subjects])
        )
    )
    found: defaultdict[UUID, list[HintKind]] = defaultdict(list)
    for visit_id, kind in rows:
        found[visit_id].append(kind)
    return found
