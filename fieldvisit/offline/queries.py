"""What a cadre's phone should have with it where there is no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fieldvisit.accounts.models import Cadre
from fieldvisit.households import queries as households
from fieldvisit.households.models import Household
from fieldvisit.visits.reading import LastVisit, last_readable

# About 20 KB each on the phone; more households than anybody visits between two days with a network.
MOST = 200


@dataclass(frozen=True)
class ToKeep:
    """One household to have on the phone; `stamp` changes when its pages do."""

    household: Household
    last_visit_id: UUID | None
    last_visited_on: date | None
    stamp: str


def to_keep(who: Cadre, today: date) -> Sequence[ToKeep]:
    """Return the households to which a cadre is tied, along the road, each with its last visit, in two queries."""
    rows = households.paired_households(who, today)[:MOST]
    last = last_readable(who, [row.id for row in rows])
    return [_to_keep(row, last.get(row.id), today) for row in rows]


def _to_keep(household: Household, last: LastVisit | None, today: date) -> ToKeep:
    # A page also speaks of days ("72 天未走访"), so that each is fetched anew once a day.
    parts = [today.isoformat(), household.version]
    if last is None:
        return ToKeep(household, None, None, "{}.{}".format(*parts))
    stamp = ".".join(map(str, [*parts, last.id.hex[:8], last.revision, last.state.value]))
    return ToKeep(household, last.id, last.visited_on, stamp)
