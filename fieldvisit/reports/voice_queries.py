"""Reading what was promised, asked and said in a county's month; sums only, never who."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from fieldvisit import clock
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp, IndependentCheck, Judgement
from fieldvisit.followups.rules import FollowUpState, Mark, Outcome, Why
from fieldvisit.households.models import Household
from fieldvisit.organisation import queries as organisation
from fieldvisit.reports.months import Month
from fieldvisit.visits.models import Commitment, Visit

# Those that somebody has judged: states of the index by which a month's are found.
JUDGED = [
    FollowUpState.DONE,
    FollowUpState.REDO,
    FollowUpState.REDONE,
    FollowUpState.TO_DECIDE,
    FollowUpState.DECIDED,
]
UNREACHED = (Why.NOBODY_HOME, Why.NO_ANSWER)


def _instants(month: Month) -> tuple[datetime, datetime]:
    return clock.day_start(month.first), clock.day_start(month.last + timedelta(days=1))


class Said(NamedTuple):
    """How many return visits ended how: about a concern or a promise, the mark, and whether nobody was reached."""

    is_concern: bool
    mark: Mark
    unreached: bool


def said(county_code: str, month: Month) -> Counter[Said]:
    """Count what was judged in a month."""
    start, end = _instants(month)
    unreached = Judgement.why.in_(UNREACHED)
    rows = db.session.execute(
        sa.select(FollowUp.concern_id.is_not(None), FollowUp.mark, sa.func.coalesce(unreached, False), sa.func.count())
        .join(Household, Household.id == FollowUp.household_id)
        .outerjoin(Judgement, sa.and_(Judgement.follow_up_id == FollowUp.id, Judgement.stands))
        .where(
            FollowUp.state.in_(JUDGED),
            FollowUp.closed_at >= start,
            FollowUp.closed_at < end,
            FollowUp.mark.is_not(None),
            organisation.in_area(Household.village_code, county_code),
        )
        .group_by(sa.text("1"), sa.text("2"), sa.text("3"))
    )
    found = Counter[Said]()
    for of_concern, mark, no, number in rows:
        if mark is not None:
            found[Said(bool(of_concern), mark, bool(no))] += number
    return found


def compared(county_code: str, month: Month) -> Counter[tuple[Mark, Mark]]:
    """Count what was asked about twice in a month, by the mark that a cadre recorded and the independent one."""
    start, end = _instants(month)
    rows = db.session.execute(
        sa.select(FollowUp.mark, IndependentCheck.mark, sa.func.count())
        .join(FollowUp, FollowUp.id == IndependentCheck.follow_up_id)
        .join(Household, Household.id == FollowUp.household_id)
        .where(
            IndependentCheck.closed_at >= start,
            IndependentCheck.closed_at < end,
            IndependentCheck.mark.is_not(None),
            FollowUp.mark.is_not(None),
            organisation.in_area(Household.village_code, county_code),
        )
        .group_by(FollowUp.mark, IndependentCheck.mark)
    )
    found = Counter[tuple[Mark, Mark]]()
    for recorded, asked, number in rows:
        if recorded is not None and asked is not None:
            found[recorded, asked] += number
    return found


class Promised(NamedTuple):
    """Commitments of one unit: made in the month, due in it, and of the due ones those kept, in part, and not."""

    made: int = 0
    due: int = 0
    kept: int = 0
    partly: int = 0
    not_kept: int = 0


def promised(village_codes: Sequence[str], month: Month) -> dict[int, Promised]:
    """Return the commitments of a month by unit, in two queries; what is not said of a due one is not known yet."""
    made = _made(village_codes, month)
    due = _due(village_codes, month)
    empty = Promised()
    return {
        unit: (due.get(unit, empty))._replace(made=made.get(unit, 0)) for unit in made.keys() | due.keys()
    }  # fmt: skip


def _made(village_codes: Sequence[str], month: Month) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(Visit.unit_id, sa.func.count())
        .join(Commitment, Commitment.visit_id == Visit.id)
        .where(
            Visit.village_code.in_(village_codes),
            # No visit is finished before it is made; without a line, days later.
            Visit.finished_at >= clock.day_start(month.first),
            Visit.visited_on.between(month.first, month.last),
            Visit.revision > 0,
            Commitment.removed.is_(False),
        )
        .group_by(Visit.unit_id)
    )
    return {row[0]: row[1] for row in rows}


def _due(village_codes: Sequence[str], month: Month) -> dict[int, Promised]:
    later = aliased(FollowUp)
    # The last round says what became of it.
    is_last = ~sa.exists().where(later.commitment_id == FollowUp.commitment_id, later.round_no > FollowUp.round_no)
    told = (sa.func.count().filter(FollowUp.outcome == outcome) for outcome in (Outcome.KEPT, Outcome.PARTLY))
    rows = db.session.execute(
        sa.select(Visit.unit_id, sa.func.count(), *told, sa.func.count().filter(FollowUp.outcome == Outcome.NOT_KEPT))
        .select_from(Commitment)
        .join(Visit, Visit.id == Commitment.visit_id)
        .outerjoin(FollowUp, sa.and_(FollowUp.commitment_id == Commitment.id, is_last))
        .where(
            Commitment.due_on.between(month.first, month.last),
            Commitment.removed.is_(False),
            Visit.revision > 0,
            Visit.village_code.in_(village_codes),
        )
        .group_by(Visit.unit_id)
    )
    return {unit_id: Promised(0, *numbers) for unit_id, *numbers in rows}
