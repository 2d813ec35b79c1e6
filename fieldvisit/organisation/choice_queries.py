"""What a filter by place offers: few enough entries for a phone, however large the area."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from fieldvisit.extensions import db
from fieldvisit.organisation.models import Division, Level
from fieldvisit.organisation.queries import ancestors, children, find_division, in_area

MOST = 150
FINEST_FIRST = (Level.VILLAGE, Level.TOWN, Level.COUNTY)


class Choice(NamedTuple):
    """One entry of a filter: its value in the address, its words, and the heading it stands under."""

    value: str
    label: str
    heading: str = ""


class Row(NamedTuple):
    """One place as it is read."""

    code: str
    level: Level
    name: str
    full_name: str


def places(areas: Sequence[str], chosen: str = "") -> list[Choice]:
    """Return the places to narrow a list to: all villages of the areas under their towns, when at most 150.

    In larger areas the reader goes down step by step: the places around the chosen one, then what is below it.
    """
    offered = _finest(areas)
    place = find_division(chosen)
    if not offered or offered[0].level is Level.VILLAGE or place is None or not chosen.startswith(tuple(areas)):
        return [_choice(division) for division in offered]
    way = [division for division in (*ancestors(place), place) if division.code.startswith(tuple(areas))]
    if place.level is Level.VILLAGE:
        way.pop()  # it stands among its neighbours
    below = [division for division in children(way[-1].code) if division.active] if way else []
    return [*(Choice(division.code, f"{division.full_name}（全部）") for division in way), *map(_choice, below)]


def _finest(areas: Iterable[str]) -> Sequence[Row]:
    """Return the active places of the finest level at which the areas hold at most 150 (else counties, 151)."""
    ranges = [in_area(Division.code, area) for area in areas]
    found: list[Row] = []
    for level in FINEST_FIRST:
        rows = db.session.execute(
            sa.select(Division.code, Division.level, Division.name, Division.full_name)
            .where(Division.level == level, Division.active, sa.or_(sa.false(), *ranges))
            .order_by(Division.code)
            .limit(MOST + 1)
        )
        found = [Row(*row) for row in rows]
        if len(found) <= MOST:
            break
    return found


def _choice(division: Row | Division) -> Choice:
    if division.level is not Level.VILLAGE:
        return Choice(division.code, division.full_name)
    return Choice(division.code, division.name, division.full_name.removesuffix(division.name).strip())
