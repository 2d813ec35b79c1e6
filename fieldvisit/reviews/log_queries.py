"""The visit log: pages of it, and a visit's neighbours in it, at the same cost however many visits there are.

A condition like "of these units or in these villages" with the newest first leaves a database only bad plans:
read everything that matches and sort it. So each unit and each village is asked for its own newest few, which
one index answers, and the page is cut from those. Somebody who oversees very many of them sees a good part of
all visits anyway: then all visits are walked through, newest first, until the page is full.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit import clock, paging
from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.extensions import db
from fieldvisit.households.models import Household, HouseholdTerm
from fieldvisit.households.rules import plain_name
from fieldvisit.households.search import LAST_CODE_POINT, PHONE_MARK, TAG_MARK
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import Division, Level, Unit
from fieldvisit.reviews.forms import Filters, Wanted
from fieldvisit.visits.models import OPEN, Visit, VisitState

Condition = sa.ColumnElement[bool]
Key = tuple[datetime, UUID]

# For conditions on what another index has found: a plain column would tempt SQLite to its own index, and a sort.
UNIT_ID = Visit.unit_id + 0
MAX_BRANCHES = 60
MAX_NAMESAKES = 400
STATES = {
    Wanted.PENDING: (VisitState.FINISHED,),
    Wanted.SENT_BACK: (VisitState.SENT_BACK, VisitState.AMENDING),
}


class LogRow(NamedTuple):
    """One visit in the log."""

    id: UUID
    finished_at: datetime
    visited_on: date
    state: VisitState
    revision: int
    checklist_version: str
    cadre_id: int
    cadre_name: str
    unit_name: str
    head_name: str
    group_no: int
    village_name: str


@dataclass(frozen=True)
class Overseen:
    """Whose visits a person reviews: those of these units' cadres, and all in the governed area."""

    unit_ids: frozenset[int]
    areas: tuple[str, ...]

    @property
    def is_several(self) -> bool:
        """Say whether visits of more than one unit are among them."""
        return len(self.unit_ids) > 1 or bool(self.areas)

    def covers(self) -> Condition:
        """Build the condition "this visit is theirs to review"; one never finished is nobody's."""
        areas = (_lies_in(area) for area in self.areas)
        units = (UNIT_ID.in_(self.unit_ids),) if self.unit_ids else ()
        return sa.and_(sa.or_(sa.false(), *units, *areas), Visit.finished_at.is_not(None))


@dataclass(frozen=True)
class Seek:
    """Conditions of which an index answers the first; `hint` is the text that lets the open index serve."""

    conditions: tuple[Condition, ...] = ()
    hint: tuple[sa.TextClause, ...] = (sa.text(OPEN),)


NOTHING = Seek((sa.false(),))


def overseen_by(who: Cadre) -> Overseen:
    """Return whose visits a supervisor or the office reviews.

    Villages that a unit is merely tied to are not enough: other units' cadres visit there too, and theirs are
    not this supervisor's to judge.
    """
    governed = organisation.unit(who.unit_id).division_code
    areas = (governed,) if governed in scope_of(who).areas else ()
    return Overseen(scope_of(who).unit_ids if who.has(Role.SUPERVISOR) else frozenset(), areas)


def log_row(visit_id: UUID) -> LogRow:
    """Return one visit as the log shows it; who may see it is for the caller to check."""
    return _rows(Visit.id == visit_id)[0]


class Log:
    """The visits that a person reviews, filtered, newest first."""

    def __init__(self, who: Cadre, filters: Filters) -> None:
        self._who = who
        self._filters = filters
        self._overseen = overseen_by(who)
        self._seeks = _seeks(self._overseen, filters)

    def page(self, cursor: str | None) -> paging.Page[LogRow]:
        """Return a page of it."""
        keys = self._keys(self._filters.state, paging.read_moment_cursor(cursor), limit=paging.PAGE_SIZE + 1)
        rows = _rows(Visit.id.in_(sa.select(keys.c.id)))
        return paging.cut(rows, lambda row: (row.finished_at.isoformat(), row.id.hex))

    def neighbours(self, row: Key) -> tuple[UUID | None, UUID | None]:
        """Return the ids of the visits before (newer) and after (older) one."""
        newer = self._keys(self._filters.state, row, newest_first=False, limit=1)
        older = self._keys(self._filters.state, row, limit=1)
        return db.session.scalar(sa.select(newer.c.id)), db.session.scalar(sa.select(older.c.id))

    def next_to_read(self, row: Key) -> UUID | None:
        """Return the id of the next visit that the person can decide: an older one, else the newest."""
        for key in (row, None):
            keys = self._keys(Wanted.PENDING, key, limit=1, also=(Visit.cadre_id != self._who.id,))
            found: UUID | None = db.session.scalar(sa.select(keys.c.id))
            if found is not None:
                return found
        return None

    def _scope(self, seeks: list[Seek]) -> tuple[Condition, ...]:
        # The seeks of the whole log are the scope already; then the indexes alone answer, without the rows.
        whole = seeks is self._seeks and not self._filters.narrows
        return (Visit.finished_at.is_not(None),) if whole else (self._overseen.covers(),)

    def _keys(
        self,
        state: Wanted,
        key: Key | None,
        *,
        limit: int,
        newest_first: bool = True,
        also: Iterable[Condition] = (),
    ) -> sa.Subquery:
        """Select the (finished_at, id) that come next after `key` in one direction."""
        seeks = self._seeks
        states = STATES.get(state, ())
        if len(seeks) * max(len(states), 1) > MAX_BRANCHES:
            seeks = [Seek()]
        every = [*self._scope(seeks), *_asked(self._filters), *_beyond(key, newest_first), *also]
        branches = _branches(seeks, state)
        parts = [_part([*branch, *every], newest_first, limit) for branch in branches]
        if len(parts) == 1:
            return parts[0]
        merged = sa.union(*(sa.select(part.c.finished_at, part.c.id) for part in parts)).subquery()
        order = _order(merged.c.finished_at, merged.c.id, newest_first)
        return sa.select(merged.c.finished_at, merged.c.id).order_by(*order).limit(limit).subquery()


def _rows(chosen: Condition) -> Sequence[LogRow]:
    rows: Iterable[Any] = db.session.execute(
        sa.select(
            Visit.id,
            Visit.finished_at,
            Visit.visited_on,
            Visit.state,
            Visit.revision,
            Visit.checklist_version,
            Visit.cadre_id,
            Cadre.name,
            Unit.name,
            Household.head_name,
            Household.group_no,
            Division.full_name,
        )
        .join(Cadre, Cadre.id == Visit.cadre_id)
        .join(Unit, Unit.id == Visit.unit_id)
        .join(Household, Household.id == Visit.household_id)
        .join(Division, Division.code == Visit.village_code)
        .where(chosen)
        .order_by(Visit.finished_at.desc(), Visit.id.desc())
    )
    return [LogRow(*row) for row in rows]


def _part(conditions: Sequence[Condition], newest_first: bool, limit: int) -> sa.Subquery:
    return (
        sa.select(Visit.finished_at, Visit.id)
        .where(*conditions)
        .order_by(*_order(Visit.finished_at, Visit.id, newest_first))
        .limit(limit)
        .subquery()
    )


def _order(finished_at: Any, visit_id: Any, newest_first: bool) -> tuple[Any, Any]:
    return (finished_at.desc(), visit_id.desc()) if newest_first else (finished_at.asc(), visit_id.asc())


def _beyond(key: Key | None, newest_first: bool) -> list[Condition]:
    columns: tuple[Any, ...] = (Visit.finished_at, Visit.id)
    if key is None:
        return []
    return [paging.before(columns, key) if newest_first else paging.after(columns, key)]


def _branches(seeks: list[Seek], wanted: Wanted) -> list[tuple[Any, ...]]:
    """Return conditions that one index each can answer in order; together they hold all that is asked for."""
    states = STATES.get(wanted, ())
    if states:
        return [(*seek.conditions, Visit.state == state, *seek.hint) for seek in seeks for state in states]
    # Nearly every visit ends as read, so that the order by time serves these without an index of their own.
    read = (Visit.state == VisitState.REVIEWED,) if wanted is Wanted.READ else ()
    return [(*seek.conditions, *read) for seek in seeks]


def _seeks(overseen: Overseen, filters: Filters) -> list[Seek]:
    """Return what narrows the log most: named households, a cadre, villages or units."""
    if filters.name and (named := _households_named(filters.name)) is not None:
        return [Seek((Visit.household_id.in_(named),), hint=())]
    if filters.cadre_id:
        return [Seek((Visit.cadre_id == filters.cadre_id,), hint=())]
    if filters.area:
        return _of_villages((filters.area,)) or [NOTHING]
    if filters.unit_id:
        return [Seek((Visit.unit_id == filters.unit_id,))]
    units = [Seek((Visit.unit_id == unit_id,)) for unit_id in sorted(overseen.unit_ids)]
    return [*units, *_of_villages(overseen.areas)] or [NOTHING]


def _lies_in(area: str) -> Condition:
    # Unlike a range, a pattern is no bait for SQLite, and PostgreSQL still knows how many it matches.
    return Visit.village_code.like(f"{area}%")


def _of_villages(areas: Iterable[str]) -> list[Seek]:
    ranges = [organisation.in_area(Division.code, area) for area in areas]
    codes = db.session.scalars(
        sa.select(Division.code)
        .where(Division.level == Level.VILLAGE, sa.or_(sa.false(), *ranges))
        .limit(MAX_BRANCHES + 1)
    )
    return [Seek((Visit.village_code == code,)) for code in codes]


def _asked(filters: Filters) -> list[Condition]:
    first, last = filters.days(clock.today())
    conditions: list[Condition] = []
    if filters.area:
        conditions.append(_lies_in(filters.area))
    if filters.unit_id:
        conditions.append(UNIT_ID.in_((filters.unit_id,)))
    if filters.cadre_id:
        conditions.append(Visit.cadre_id == filters.cadre_id)
    if first:
        conditions.append(Visit.finished_at >= clock.day_start(first))
    if last:
        conditions.append(Visit.finished_at < clock.day_start(last + timedelta(days=1)))
    if filters.name:
        conditions.append(_has_term(filters.name))
    return conditions


def _households_named(name: str) -> Sequence[UUID] | None:
    """Return the ids of the households with a term that begins so; None when they are very many."""
    found = db.session.scalars(
        sa.select(HouseholdTerm.household_id).where(*_begins_with(name)).distinct().limit(MAX_NAMESAKES + 1)
    ).all()
    return found if len(found) <= MAX_NAMESAKES else None


def _has_term(name: str) -> Condition:
    return sa.exists().where(HouseholdTerm.household_id == Visit.household_id, *_begins_with(name))


def _begins_with(name: str) -> tuple[Condition, Condition]:
    # The marks of phones and tags can't be typed: the log is not a way to guess numbers.
    beginning = plain_name(name).lstrip(PHONE_MARK + TAG_MARK) or LAST_CODE_POINT
    return HouseholdTerm.term >= beginning, HouseholdTerm.term < beginning + LAST_CODE_POINT
