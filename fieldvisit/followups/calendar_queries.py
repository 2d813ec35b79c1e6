"""What a cadre's calendar tells of what is due: when, and in which village."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp
from fieldvisit.followups.rules import FollowUpState
from fieldvisit.households.models import Household

AHEAD = timedelta(days=400)
MOST = 200


@dataclass(frozen=True)
class DueDay:
    """One return visit to make, about a promise or a concern, without a word about whom it is for."""

    id: UUID
    village_code: str
    due_on: date
    scheduled_at: datetime
    is_concern: bool


def due_days(who: Cadre, today: date) -> list[DueDay]:
    """Return `who`'s open return visits up to 400 days ahead, by due day, at most 200."""
    statement = (
        sa.select(
            FollowUp.id,
            Household.village_code,
            FollowUp.due_on,
            FollowUp.scheduled_at,
            FollowUp.concern_id.is_not(None),
        )
        .join(Household, Household.id == FollowUp.household_id)
        .where(FollowUp.cadre_id == who.id, FollowUp.state == FollowUpState.OPEN, FollowUp.due_on <= today + AHEAD)
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(MOST)
    )
    return [DueDay(*row) for row in db.session.execute(statement)]
