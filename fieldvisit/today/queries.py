"""What a cadre finds on Today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.followups import queries as followups
from fieldvisit.households import queries as households
from fieldvisit.households.lists import key_group_tags
from fieldvisit.households.models import Household, Resident
from fieldvisit.households.rules import in_key_group
from fieldvisit.today import rules
from fieldvisit.visits import queries as visits
from fieldvisit.workdays import queries as workdays
from fieldvisit.workdays.due import DueKind, DueRules, days_of
from fieldvisit.workdays.rules import Kind, Table


@dataclass(frozen=True)
class Planned:
    """A household with a reason to visit it; `place` is its number along the road."""

    household: Household
    need: rules.Need
    place: int


def planned(who: Cadre, today: date, begun: set[UUID], rules_of_due: DueRules) -> list[Planned]:
    """Return the paired households that should be visited, the most pressing first, without those begun."""
    long, sooner = days_of(rules_of_due, DueKind.LONG_UNVISITED), days_of(rules_of_due, DueKind.KEY_GROUP)
    rows = [row for row in households.paired_households(who, today) if row.id not in begun]
    ids = [row.id for row in rows]
    last = visits.last_visited(ids)
    entitled = _with_somebody_born_in(ids, rules.entitled_birth_month(today))
    key_group = key_group_tags()
    found = []
    for place, row in enumerate(rows):
        after_days = sooner if in_key_group(row.tags, key_group) else long
        need = rules.need(last.get(row.id), after_days, row.id in entitled, today)
        if need.reasons:
            found.append(Planned(row, need, place))
    return sorted(found, key=lambda plan: -plan.need.weight)


def _with_somebody_born_in(household_ids: Sequence[UUID], month: str) -> set[UUID]:
    born = sa.select(Resident.household_id).where(
        Resident.household_id.in_(household_ids), Resident.birth_month == month
    )
    return set(db.session.scalars(born))


def reminder(who: Cadre, now: datetime) -> str:
    """Return the words of the reminder that `who` should have at this Chinese time, "" for none."""
    last_on, muted = who.reminded_on, who.reminders_muted
    # Most pages are answered without asking the database: it could not be now even if everybody worked today.
    if not rules.may_remind(now, last_on, muted, Table({now.date(): Kind.WORKING})):
        return ""
    if not rules.may_remind(now, last_on, muted, workdays.table()):
        return ""
    return rules.reminder_words(*followups.due_counts(who, now.date()))
