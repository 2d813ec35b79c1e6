"""What the pages of a household and of a visit show of its concerns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns.models import Concern, ConcernStep
from fieldvisit.concerns.rules import OPEN
from fieldvisit.concerns.seat_queries import visible
from fieldvisit.extensions import db
from fieldvisit.visits.models import Visit

MOST = 20


class Shown(NamedTuple):
    """A concern of a household, and what was told of it last."""

    row: Concern
    told: str


def of_household(who: Cadre, household_id: UUID) -> list[Shown]:
    """Return a household's concerns that a person may know of: open ones first, then the latest.

    Nothing confidential, whoever looks: the page of a home is read with others at the table.
    """
    told = (
        sa.select(ConcernStep.words)
        .where(ConcernStep.concern_id == Concern.id, ConcernStep.told)
        .order_by(ConcernStep.nth.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(Concern, told)
        .where(Concern.household_id == household_id, Concern.restricted.is_(False), visible(who))
        .order_by(Concern.state.in_(OPEN).desc(), Concern.id.desc())
        .limit(MOST)
    )
    return [Shown(row, words or "") for row, words in rows]


def of_visit(who: Cadre, visit_id: UUID) -> Sequence[Concern]:
    """Return what was registered at a visit and is not confidential."""
    return db.session.scalars(
        sa.select(Concern).where(Concern.visit_id == visit_id, visible(who)).order_by(Concern.id)
    ).all()


def own_visit_in(who: Cadre, visit_id: UUID | None, household_id: UUID) -> UUID | None:
    """Return the id when it is that of a visit of the person's own in this household, else None."""
    if visit_id is None:
        return None
    return db.session.scalar(
        sa.select(Visit.id).where(
            Visit.id == visit_id, Visit.cadre_id == who.id, Visit.household_id == household_id
        )
    )  # fmt: skip


def registered_by(who: Cadre, uid: UUID, household_id: UUID) -> Concern | None:
    """Return what a person has registered in a household under an id, locked for a change."""
    return db.session.scalars(
        sa.select(Concern)
        .where(Concern.uid == uid, Concern.registered_by == who.id, Concern.household_id == household_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
