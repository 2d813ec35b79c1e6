"""How a work list is found: branches that one index each answers in order, and what they come to together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldvisit import clock, paging
from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import seat_queries
from fieldvisit.concerns.list_forms import BY_CLOCK, Chip, Filters, stages_of
from fieldvisit.concerns.models import OPEN, RESTRICTED, RUNNING, Concern, ConcernUnit
from fieldvisit.concerns.rules import Stage
from fieldvisit.concerns.seat_queries import Seat
from fieldvisit.concerns.unit_queries import COUNTY_DIGITS
from fieldvisit.extensions import db
from fieldvisit.households import queries as households
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import Division, Level
from fieldvisit.reviews.log_queries import overseen_by

Condition = sa.ColumnElement[bool]
MOST_BRANCHES = 60
MOST_COUNTIES = 30
# So many of a branch are looked through for what no index knows (domain and level, say) before a page is answered.
LOOKED_THROUGH = 5000


@dataclass(frozen=True)
class Branch:
    """Conditions on concerns of which an index answers the first; or a unit's stretch of its own list.

    `is_short`: what is open in some places, what one village or one cadre has: little, however large the ledger is.
    """

    conditions: tuple[Any, ...] = ()
    unit_id: int | None = None
    stage: Stage | None = None
    is_short: bool = False


def branches(who: Cadre, filters: Filters) -> list[Branch]:
    """Return branches that hold, between them, all that a seat's list has; more conditions must be added."""
    stages = stages_of(filters.seat, filters.chip)
    if filters.unit_id:
        return _of_units([filters.unit_id], stages)
    if filters.seat is Seat.OFFICE:
        return _of_the_office(who, filters, stages)
    return _BY_SEAT[filters.seat](who, filters, stages)


def merged(
    found: Sequence[Branch],
    asked: Sequence[Condition],
    key: tuple[Any, ...] | None,
    limit: int,
    *,
    by_clock: bool,
    floor: int | None = None,
) -> sa.Subquery:
    """Select the `id` (and `clock_on`) of the concerns that come next after a key in a list's order, above a floor."""
    parts = [_part(branch, asked, key, limit, by_clock, floor) for branch in found or [Branch((sa.false(),))]]
    if len(parts) == 1:
        return parts[0]
    union = sa.union(*(sa.select(part.c.id, part.c.clock_on) for part in parts)).subquery()
    order = (union.c.clock_on.asc(), union.c.id.asc()) if by_clock else (union.c.id.desc(),)
    return sa.select(union.c.id, union.c.clock_on).order_by(*order).limit(limit).subquery()


def floor_below(found: Sequence[Branch], key: tuple[Any, ...] | None) -> int | None:
    """Return the id above which no branch has more than LOOKED_THROUGH concerns, newest first; None when none has more.

    The indexes alone answer it; of short branches it is not asked.
    """
    parts = []
    for branch in found:
        if branch.is_short:
            continue
        row_id: Any = Concern.id if branch.unit_id is None else ConcernUnit.concern_id
        of_unit = (ConcernUnit.unit_id == branch.unit_id, ConcernUnit.stage == branch.stage)
        conditions = branch.conditions if branch.unit_id is None else of_unit
        beyond = () if key is None else (row_id < key[0],)
        select = sa.select(row_id.label("id")).where(*conditions, *beyond).order_by(row_id.desc())
        parts.append(sa.select(select.offset(LOOKED_THROUGH).limit(1).subquery().c.id))
    if not parts:
        return None
    union = sa.union_all(*parts).subquery()
    found_id: int | None = db.session.scalar(sa.select(sa.func.max(union.c.id)))
    return found_id


def _part(
    branch: Branch,
    asked: Sequence[Condition],
    key: tuple[Any, ...] | None,
    limit: int,
    by_clock: bool,
    floor: int | None,
) -> sa.Subquery:
    row_id: Any = Concern.id
    select = sa.select(Concern.id, Concern.clock_on).where(*branch.conditions, *asked)
    if branch.unit_id is not None:
        row_id = ConcernUnit.concern_id
        select = (
            sa.select(ConcernUnit.concern_id.label("id"), Concern.clock_on)
            .join(Concern, Concern.id == ConcernUnit.concern_id)
            .where(ConcernUnit.unit_id == branch.unit_id, ConcernUnit.stage == branch.stage, *branch.conditions, *asked)
        )
    columns: tuple[Any, ...] = (Concern.clock_on, row_id) if by_clock else (row_id,)
    if key is not None:
        select = select.where(paging.after(columns, key) if by_clock else row_id < key[0])
    if floor is not None:
        select = select.where(row_id > floor)
    order = columns if by_clock else (row_id.desc(),)
    return select.order_by(*order).limit(limit).subquery()


def _of_units(unit_ids: Sequence[int], stages: Sequence[Stage]) -> list[Branch]:
    return [Branch(unit_id=unit_id, stage=stage) for unit_id in unit_ids for stage in stages]


def _of_the_office(who: Cadre, filters: Filters, stages: Sequence[Stage]) -> list[Branch]:
    governed = organisation.unit(who.unit_id).division_code
    if governed is None:
        return []
    if filters.area and len(filters.area) > COUNTY_DIGITS:
        return _of_places(filters.area, filters, stages)
    # Of one county the index holds its own stretch; an area of many counties is most of the ledger.
    counties: list[Condition] = [Concern.county_code == code for code in _counties(filters.area or governed)]
    if filters.chip is Chip.SECRET:
        return [Branch((county, sa.text(RESTRICTED))) for county in counties or [sa.true()]]
    if filters.chip in BY_CLOCK:
        return [Branch((county, sa.text(RUNNING))) for county in counties or [sa.true()]]
    whole: list[tuple[Condition, ...]] = [(county,) for county in counties] if len(counties) == 1 else [()]
    return [Branch((*county, Concern.stage == stage)) for county in whole for stage in stages]


def _counties(area: str) -> list[str]:
    """Return the codes of the counties in an area; none when they are very many."""
    if len(area) >= COUNTY_DIGITS:
        return [area[:COUNTY_DIGITS]]
    codes = db.session.scalars(
        sa.select(Division.code)
        .where(Division.level == Level.COUNTY, organisation.in_area(Division.code, area))
        .limit(MOST_COUNTIES + 1)
    ).all()
    return list(codes) if len(codes) <= MOST_COUNTIES else []


def _of_places(area: str, filters: Filters, stages: Sequence[Stage]) -> list[Branch]:
    """Return the branches of a town or a village: what is open is gathered, what has ended is read by village."""
    codes = db.session.scalars(
        sa.select(Division.code).where(organisation.in_area(Division.code, area)).order_by(Division.code)
    ).all()
    gathered = tuple(stage for stage in stages if stage is not Stage.DONE)
    found = (
        [Branch((Concern.village_code.in_(codes), sa.text(OPEN), stands_in(gathered)), is_short=True)]
        if gathered
        else []
    )
    if Stage.DONE not in stages:
        return found
    if len(codes) > MOST_BRANCHES:
        return [*found, Branch((Concern.stage == Stage.DONE,))]
    return [*found, *(Branch((Concern.village_code == code, stands_in([Stage.DONE])), is_short=True) for code in codes)]


def stands_in(stages: Sequence[Stage]) -> Condition:
    """Build "it stands in one of these stages" so that no index by stage is taken for it."""
    return sa.cast(Concern.stage, sa.String).in_([stage.value for stage in stages])


def _of_the_handler(who: Cadre, filters: Filters, stages: Sequence[Stage]) -> list[Branch]:
    unit_ids = db.session.scalars(seat_queries.handled_unit_ids(who)).all()
    if filters.chip in BY_CLOCK or len(unit_ids) * len(stages) > MOST_BRANCHES:
        return [Branch((Concern.handling_unit_id.in_(unit_ids), Concern.stage.in_(stages)))]
    return [
        Branch((Concern.handling_unit_id == unit_id, Concern.stage == stage))
        for unit_id in unit_ids
        for stage in stages
    ]


def _of_the_supervisor(who: Cadre, filters: Filters, stages: Sequence[Stage]) -> list[Branch]:
    overseen = overseen_by(who)
    unit_ids = sorted(overseen.unit_ids)
    found = _of_units(unit_ids, stages)
    if len(found) > MOST_BRANCHES:
        found = [Branch((Concern.stage == stage,)) for stage in stages]
    for area in overseen.areas:
        if len(area) <= COUNTY_DIGITS:
            county = (Concern.county_code == area,) if len(area) == COUNTY_DIGITS else ()
            found += [Branch((*county, Concern.stage == stage)) for stage in stages]
        else:
            found += _of_places(area, filters, stages)
    return found


def _of_the_cadre(who: Cadre, filters: Filters, stages: Sequence[Stage]) -> list[Branch]:
    household_ids = db.session.scalars(households.paired_ids(who.id, clock.today())).all()
    return [
        Branch((Concern.registered_by == who.id, stands_in(stages)), is_short=True),
        Branch((Concern.household_id.in_(household_ids), stands_in(stages)), is_short=True),
    ]


_BY_SEAT = {
    Seat.HANDLER: _of_the_handler,
    Seat.SUPERVISOR: _of_the_supervisor,
    Seat.CADRE: _of_the_cadre,
}
