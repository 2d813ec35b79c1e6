"""Passing on what somebody leaves behind: promises go to the next cadre of the household, checks to another asker."""

from __future__ import annotations

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.extensions import db
from fieldvisit.followups import checking, passing_queries
from fieldvisit.followups.models import FollowUp, IndependentCheck
from fieldvisit.households.models import Household


def of_household(household: Household, by: Cadre | None) -> None:
    """Pass on what is open in a household if its cadre has left it."""
    _pass_on(by, FollowUp.household_id == household.id)


def of_cadre(cadre: Cadre, by: Cadre) -> None:
    """Pass on what was open with somebody who is no cadre any more."""
    _pass_on(by, FollowUp.cadre_id == cadre.id)
    _ask_others(by, IndependentCheck.asker_id == cadre.id)


def of_everybody() -> int:
    """Pass on whatever is left behind, as when a pairing begins on a day that has come; return how much."""
    return _pass_on(None) + _ask_others(None)


def _pass_on(by: Cadre | None, *which: sa.ColumnElement[bool]) -> int:
    db.session.flush()
    rows = passing_queries.left_behind(clock.today(), *which)
    for follow_up, cadre_id in rows:
        follow_up.taken_over_from, follow_up.cadre_id = follow_up.cadre_id, cadre_id
        ends = {"from_cadre": follow_up.taken_over_from, "to_cadre": cadre_id}
        record(by.id if by else None, "follow_up_passed_on", "follow_up", follow_up.id, **ends)
    return len(rows)


def _ask_others(by: Cadre | None, *which: sa.ColumnElement[bool]) -> int:
    db.session.flush()
    count = 0
    for check, follow_up in passing_queries.unasked(*which):
        asker_id = checking.asker_for(follow_up)
        if asker_id is not None:
            ends = {"from_cadre": check.asker_id, "to_cadre": asker_id}
            check.asker_id, count = asker_id, count + 1
            record(by.id if by else None, "check_passed_on", "follow_up", follow_up.id, **ends)
    return count
