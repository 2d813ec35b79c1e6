"""Reading what has lost whoever was to look after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.accounts.queries import has_role
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp, IndependentCheck
from fieldvisit.followups.rules import FollowUpState
from fieldvisit.households.models import Pairing


def left_behind(day: date, *which: sa.ColumnElement[bool]) -> Sequence[tuple[FollowUp, int]]:
    """Return the open follow-ups (of `which`) whose cadre has left the household, each with the id of who comes next.

    Left: is no cadre any more, or was tied to the household until that day at the latest. Somebody who was never tied
    to it keeps what they promised there. Next: who is tied to it beyond that day, the latest of several; where there
    is nobody, all stays. The rows are locked for a change.
    """
    holder = aliased(Cadre)
    own = sa.and_(Pairing.household_id == FollowUp.household_id, Pairing.cadre_id == FollowUp.cadre_id)
    was_tied = sa.exists().where(own)
    is_tied = sa.exists().where(own, _lasts_beyond(day))
    successor = _successor(day)
    rows = db.session.execute(
        sa.select(FollowUp, successor)
        .join(holder, holder.id == FollowUp.cadre_id)
        .where(
            FollowUp.state == FollowUpState.OPEN,
            sa.or_(~_is_cadre(holder), sa.and_(was_tied, ~is_tied)),
            successor.is_not(None),
            *which,
        )
        .order_by(FollowUp.id)  # one order for all who lock several
        .with_for_update(of=FollowUp)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in rows]


def _successor(day: date) -> sa.ScalarSelect[int]:
    return (
        sa.select(Pairing.cadre_id)
        .join(Cadre, Cadre.id == Pairing.cadre_id)
        .where(
            Pairing.household_id == FollowUp.household_id,
            Pairing.cadre_id != FollowUp.cadre_id,
            Pairing.starts_on <= day,
            _lasts_beyond(day),
            _is_cadre(Cadre),
        )
        .order_by(Pairing.starts_on.desc(), Pairing.id.desc())
        .limit(1)
        .correlate(FollowUp)
        .scalar_subquery()
    )


def _lasts_beyond(day: date) -> sa.ColumnElement[bool]:
    return sa.or_(Pairing.ends_on.is_(None), Pairing.ends_on > day)


def _is_cadre(person: Any) -> sa.ColumnElement[bool]:
    return sa.and_(person.active, has_role(Role.CADRE, person))


def unasked(*which: sa.ColumnElement[bool]) -> Sequence[tuple[IndependentCheck, FollowUp]]:
    """Return the open checks (of `which`) whose asker is no cadre any more, with what they are about, locked."""
    asker = aliased(Cadre)
    rows = db.session.execute(
        sa.select(IndependentCheck, FollowUp)
        .join(FollowUp, FollowUp.id == IndependentCheck.follow_up_id)
        .join(asker, asker.id == IndependentCheck.asker_id)
        .where(IndependentCheck.closed_at.is_(None), ~_is_cadre(asker), *which)
        .order_by(IndependentCheck.id)
        .with_for_update(of=IndependentCheck)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in rows]
