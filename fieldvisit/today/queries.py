"""What a cadre finds on Today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fieldvisit.accounts.models import Cadre
from fieldvisit.households import queries as households
from fieldvisit.households.models import Household
from fieldvisit.households.tags import key_tags
from fieldvisit.today import rules
from fieldvisit.visits import queries as visits


@dataclass(frozen=True)
class Planned:
    """A household with a reason to visit it."""

    household: Household
    need: rules.Need


def planned(who: Cadre, today: date, begun: set[UUID]) -> list[Planned]:
    """Return the paired households that should be visited, the most pressing first, without those begun."""
    rows = [row for row in households.paired_households(who, today) if row.id not in begun]
    ids = [row.id for row in rows]
    last = visits.last_visited(ids)
    births = households.birth_months(ids)
    found = (
        Planned(
            row,
            rules.need(
                last.get(row.id), rules.is_key_group(row.tags, key_tags()), births.get(row.id, ()), today
            ),
        )
        for row in rows
    )
    return sorted((plan for plan in found if plan.need.reasons), key=lambda plan: -plan.need.weight)
