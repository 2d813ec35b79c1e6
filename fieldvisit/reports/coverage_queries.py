"""Reading which villages' households in need somebody has visited: of the place, never of a person."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.extensions import db
from fieldvisit.households.lists import key_group_tags
from fieldvisit.households.models import Household
from fieldvisit.households.rules import in_key_group
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import ContactPoint, Division, Level, Unit
from fieldvisit.reports.months import Month
from fieldvisit.visits.models import Visit

# Months within which a household in need should have seen somebody, the report's own among them.
LATELY = 3
TAGS = sa.cast(Household.tags, sa.Text)


class Coverage(NamedTuple):
    """A village's households in need: how many, visited within the month, and within three."""

    in_need: int
    this_month: int
    lately: int


def coverage(county_code: str, village_codes: Sequence[str], month: Month) -> dict[str, Coverage]:
    """Return each village's coverage, by its code, in two queries."""
    in_need, visited = _in_need(county_code), _visited(village_codes, month)
    this_month: Counter[str] = Counter(village for village, is_now in visited if is_now)
    lately: Counter[str] = Counter(village for village, _ in visited)
    return {code: Coverage(number, this_month[code], lately[code]) for code, number in in_need.items()}


def _in_need(county_code: str) -> dict[str, int]:
    # Few combinations of tags occur, so that the database counts and the list of the county decides.
    rows = db.session.execute(
        sa.select(Household.village_code, TAGS, sa.func.count())
        .where(organisation.in_area(Household.village_code, county_code), Household.active, TAGS != "[]")
        .group_by(Household.village_code, TAGS)
    )
    key_group, found = key_group_tags(), Counter[str]()
    for village, tags, number in rows:
        if in_key_group(json.loads(tags), key_group):
            found[village] += number
    return dict(found)


def _visited(village_codes: Sequence[str], month: Month) -> list[tuple[str, bool]]:
    first = month.back(LATELY - 1).first
    rows = db.session.execute(
        sa.select(Household.village_code, TAGS, sa.func.max(Visit.visited_on) >= month.first)
        .join(Visit, Visit.household_id == Household.id)
        .where(
            Visit.village_code.in_(village_codes),
            Visit.finished_at >= clock.day_start(first),
            Visit.visited_on.between(first, month.last),
            Visit.revision > 0,
            Household.active,
            TAGS != "[]",
        )
        .group_by(Household.id, Household.village_code, TAGS)
    )
    key_group = key_group_tags()
    return [(village, bool(is_now)) for village, tags, is_now in rows if in_key_group(json.loads(tags), key_group)]


class Place(NamedTuple):
    """A town or village of a county."""

    code: str
    name: str
    full_name: str
    is_village: bool


def places_of(county_code: str) -> list[Place]:
    """Return a county's towns and villages, in the order of their codes; those no longer in use too."""
    rows = db.session.execute(
        sa.select(Division.code, Division.name, Division.full_name, Division.level == Level.VILLAGE)
        .where(Division.level.in_((Level.TOWN, Level.VILLAGE)), organisation.in_area(Division.code, county_code))
        .order_by(Division.code)
    )
    return [Place(code, name, full_name, bool(is_village)) for code, name, full_name, is_village in rows]


def units_in_order(unit_ids: Sequence[int]) -> dict[str, str]:
    """Map the ids of some units, as text, to their names, in the order of the organisation list."""
    rows = db.session.execute(
        sa.select(Unit.id, Unit.name, Unit.active).where(Unit.id.in_(unit_ids)).order_by(Unit.position, Unit.id)
    )
    return {str(unit_id): name if active else f"{name}（已撤并）" for unit_id, name, active in rows}


def tied_villages(unit_ids: Sequence[int], county_code: str, month: Month) -> dict[str, list[str]]:
    """Map the ids of some units, as text, to the names of the villages that they were tied to within a month."""
    rows = db.session.execute(
        sa.select(ContactPoint.unit_id, Division.name)
        .join(Division, Division.code == ContactPoint.village_code)
        .where(
            ContactPoint.unit_id.in_(unit_ids),
            ContactPoint.starts_on <= month.last,
            sa.or_(ContactPoint.ends_on.is_(None), ContactPoint.ends_on >= month.first),
            organisation.in_area(ContactPoint.village_code, county_code),
        )
        .order_by(ContactPoint.unit_id, Division.code)
    )
    found: dict[str, list[str]] = {}
    for unit_id, name in rows:
        found.setdefault(str(unit_id), []).append(name)
    return found
