"""Scheduling return visits."""

from __future__ import annotations

from uuid import uuid4

from fieldvisit import clock
from fieldvisit.extensions import db
from fieldvisit.followups import queries, rules
from fieldvisit.followups.models import FollowUp, FollowUpState
from fieldvisit.visits.models import Commitment, Visit


def schedule(visit: Visit) -> None:
    """Give each commitment of a finished visit its return visit; follow what an amendment moved or took back."""
    existing = queries.of_visit(visit.id)
    for commitment in queries.commitments_of_visit(visit.id):
        follow_up = existing.get(commitment.id)
        if follow_up is None and not commitment.removed:
            _add(visit, commitment)
        elif follow_up is not None and follow_up.state is FollowUpState.OPEN:
            _follow(follow_up, commitment)


def _add(visit: Visit, commitment: Commitment) -> None:
    db.session.add(
        FollowUp(
            id=uuid4(),
            commitment_id=commitment.id,
            household_id=visit.household_id,
            cadre_id=visit.cadre_id,
            state=FollowUpState.OPEN,
            due_on=rules.return_day(commitment.due_on, clock.today()),
            scheduled_at=clock.now(),
        )
    )


def _follow(follow_up: FollowUp, commitment: Commitment) -> None:
    if commitment.removed:
        follow_up.state = FollowUpState.WITHDRAWN
    else:
        follow_up.due_on = rules.return_day(commitment.due_on, clock.today())
