"""The work lists of the ledger and the search in them, at the same cost however long the ledger is.

As in the log of visits, a list is asked for as branches: a unit's, a village's, a stage's newest few, each of which one
index answers in order; the page is cut from those. What waits is little, so that lists by the clock may be sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from fieldvisit import clock, paging
from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import branch_queries, search_queries, seat_queries
from fieldvisit.concerns.branch_queries import Branch
from fieldvisit.concerns.list_forms import BY_CLOCK, Chip, Filters, stages_of
from fieldvisit.concerns.lists import lists
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Level, Stage, State
from fieldvisit.concerns.seat_queries import Seat
from fieldvisit.extensions import db
from fieldvisit.numbers import small_number
from fieldvisit.organisation.models import Division, Unit
from fieldvisit.workdays import queries as workdays
from fieldvisit.workdays.rules import add_working_days

Condition = sa.ColumnElement[bool]
Key = tuple[Any, ...]

SOON_WORKING_DAYS = 3
EXCERPT, WHOLE = 120, 10_000
COUNTED_TO = 100
EXPORT_PAGE = 1000


class Row(NamedTuple):
    """One concern of a list, without whose it is. `unit_name` is who handles it, else who would by rule."""

    id: int
    number: str
    version: int
    words: str
    place: str
    domain: str
    nature: str
    channel: str
    level: Level
    state: State
    stage: Stage
    registered_on: date
    clock_on: date | None
    closed_on: date | None
    restricted: bool
    people: int
    place_name: str
    unit_name: str | None
    handling_unit_id: int | None
    lead_unit_id: int | None


@dataclass(frozen=True)
class Work:
    """The concerns that a person sees from a seat, filtered."""

    who: Cadre
    filters: Filters

    def page(self, cursor: str | None) -> paging.Page[Row]:
        """Return a page of the list; one that is not full but has a next may be followed by more that fits."""
        key = self._key_of(cursor)
        floor = self._floor(key)
        page = paging.cut(self._rows(key, paging.PAGE_SIZE + 1, floor=floor), self._key)
        if page.next is None and floor is not None:
            return paging.Page(page.rows, paging.encode_cursor([str(floor + 1)]))
        return page

    def rows(self, most: int) -> Iterator[Row]:
        """Return the rows of all pages with all their words, at most so many, read a thousand at a time."""
        key: Key | None = None
        while most > 0:
            rows = self._rows(key, min(most, EXPORT_PAGE), WHOLE)
            yield from rows
            if len(rows) < EXPORT_PAGE:
                return
            key = self._key_of(paging.encode_cursor(self._key(rows[-1])))
            most -= len(rows)

    def count(self) -> int:
        """Count what is on the list, up to a hundred."""
        keys = self._keys(None, COUNTED_TO)
        return db.session.scalar(sa.select(sa.func.count()).select_from(keys)) or 0

    @property
    def is_by_clock(self) -> bool:
        """Say whether the list goes by what is due first; what is sought by words is always the newest first."""
        return self.filters.chip in BY_CLOCK and not search_queries.is_sought(self.filters.typed)

    def _floor(self, key: Key | None) -> int | None:
        """Return the id above which one page looks for what the filters leave of a long list; None: in all of it.

        A rare combination would else be sought in all that a county ever had. A month is a stretch of its own.
        """
        f = self.filters
        is_bounded = self.is_by_clock or search_queries.is_sought(f.typed) or f.month is not None or not f.is_folded
        return None if is_bounded else branch_queries.floor_below(self._branches(), key)

    def _rows(self, key: Key | None, limit: int, longest: int = EXCERPT, floor: int | None = None) -> Sequence[Row]:
        if search_queries.is_sought(self.filters.typed):
            asked = [*self._asked(), branch_queries.stands_in(self._stages)]
            ids = search_queries.found(self.filters.typed, self._branches(), asked, key, limit)
            return rows_of(Concern.id.in_(ids), longest, newest_first=True) if ids else []
        keys = self._keys(key, limit, floor)
        return rows_of(Concern.id.in_(sa.select(keys.c.id)), longest, newest_first=not self.is_by_clock)

    @property
    def _stages(self) -> tuple[Stage, ...]:
        return stages_of(self.filters.seat, self.filters.chip)

    def _keys(self, key: Key | None, limit: int, floor: int | None = None) -> sa.Subquery:
        branches, asked = self._branches(), self._asked()
        return branch_queries.merged(branches, asked, key, limit, by_clock=self.is_by_clock, floor=floor)

    def _branches(self) -> list[Branch]:
        return branch_queries.branches(self.who, self.filters)

    def _asked(self) -> list[Condition]:
        """Build all conditions: what may be seen, and what is asked for."""
        f = self.filters
        asked = [seat_queries.sees(self.who, f.seat), *clock_conditions(f.chip)]
        if f.chip is Chip.SECRET:
            asked.append(Concern.restricted.is_(True))
        if f.domain:
            below = [entry.code for entry in lists().below(f.domain)]
            asked.append(Concern.domain.in_([f.domain, *below]))
        pairs = ((Concern.level, f.level), (Concern.nature, f.nature), (Concern.channel, f.channel))
        asked += [column == value for column, value in pairs if value]
        if f.area:
            # Unlike a range, a pattern is no bait for SQLite.
            asked.append(Concern.village_code.like(f"{f.area}%"))
        if f.unit_id:
            asked.append(seat_queries.has_to_do_with([f.unit_id]))
        if f.days:
            asked += _in_days(*f.days)
        return asked

    def _key(self, row: Row) -> Sequence[str]:
        return [str(row.clock_on), str(row.id)] if self.is_by_clock else [str(row.id)]

    def _key_of(self, cursor: str | None) -> Key | None:
        values = paging.decode_cursor(cursor, 2 if self.is_by_clock else 1)
        row_id = small_number(values[-1]) if values else None
        if values is None or row_id is None:
            return None
        if not self.is_by_clock:
            return (row_id,)
        try:
            return date.fromisoformat(values[0]), row_id
        except ValueError:
            return None


def clock_conditions(chip: Chip) -> list[Condition]:
    """Build what a list by the clock asks for."""
    today = clock.today()
    if chip is Chip.OVERDUE:
        return [Concern.clock_on < today]
    if chip is Chip.SOON:
        last = add_working_days(today - timedelta(days=1), SOON_WORKING_DAYS, workdays.table())
        return [Concern.clock_on >= today, Concern.clock_on <= last]
    return []


def _in_days(first: date, last: date) -> list[Condition]:
    """Build "registered in these days"; as keys grow with the days, it is a range of keys as well."""
    low = db.session.scalar(
        sa.select(Concern.id).where(Concern.registered_on >= first)
        .order_by(Concern.registered_on, Concern.id).limit(1)
    )  # fmt: skip
    high = db.session.scalar(
        sa.select(Concern.id).where(Concern.registered_on <= last)
        .order_by(Concern.registered_on.desc(), Concern.id.desc()).limit(1)
    )  # fmt: skip
    if low is None or high is None:
        return [sa.false()]
    return [Concern.id >= low, Concern.id <= high, Concern.registered_on.between(first, last)]


def rows_of(chosen: Condition, longest: int, *, newest_first: bool) -> Sequence[Row]:
    """Return rows of the concerns that a condition has chosen; who may see them is for the caller to check."""
    order = (Concern.id.desc(),) if newest_first else (Concern.clock_on, Concern.id)
    rows: Iterable[Any] = db.session.execute(
        sa.select(
            Concern.id, Concern.number, Concern.version, sa.func.substr(Concern.words, 1, longest), Concern.place,
            Concern.domain, Concern.nature, Concern.channel, Concern.level, Concern.state, Concern.stage,
            Concern.registered_on, Concern.clock_on, Concern.closed_on, Concern.restricted, Concern.people,
            Division.full_name, Unit.name, Concern.handling_unit_id, Concern.lead_unit_id,
        )
        .join(Division, Division.code == Concern.village_code)
        .outerjoin(Unit, Unit.id == sa.func.coalesce(Concern.handling_unit_id, Concern.lead_unit_id))
        .where(chosen)
        .order_by(*order)
    )  # fmt: skip
    return [Row(*row) for row in rows]


def picked(who: Cadre, ids: Iterable[int]) -> dict[int, Concern]:
    """Return those of some concerns that a person sees from the office, locked until the commit, by id."""
    rows = db.session.scalars(
        sa.select(Concern)
        .where(Concern.id.in_(list(ids)), seat_queries.sees(who, Seat.OFFICE))
        .order_by(Concern.id)
        .with_for_update(of=Concern)
        .execution_options(populate_existing=True)
    )
    return {concern.id: concern for concern in rows}
