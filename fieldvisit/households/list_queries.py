"""The list of households and the search in it, flat in time however many households there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit import clock, paging
from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.households.models import Household, HouseholdTerm, Pairing
from fieldvisit.households.queries import CONFIDANTS, paired_ids
from fieldvisit.households.search import Word, tag_term, words_of
from fieldvisit.numbers import small_number
from fieldvisit.organisation.models import Division, Level
from fieldvisit.organisation.queries import in_area

KEY: tuple[Any, ...] = (Household.village_code, Household.group_no, Household.door_order, Household.id)
COLUMNS = (*KEY, Household.door, Household.head_name, Household.tags)
# A word with at most so many hits leads the search; more common ones are checked along the road.
FEW = 4000
# So many households of one area are looked through for common words before we ask for more letters.
LOOKED_THROUGH = 20_000
# So many villages are read through sooner than all of a large county's hits.
FEW_VILLAGES = 8
MANY_VILLAGES = 200
CODE_LENGTHS = (4, 6, 9, 12)
VILLAGE_CODE_LENGTH = CODE_LENGTHS[-1]


class Row(NamedTuple):
    """One household of the list."""

    village_code: str
    group_no: int
    door_order: str
    id: UUID
    door: str
    head_name: str
    tags: list[str]


@dataclass(frozen=True)
class Filters:
    """What the reader asked for: typed words, only paired ones, one village or larger place (its code), one tag."""

    typed: str = ""
    mine: bool = False
    area: str = ""
    tag: str = ""


@dataclass
class Plan:
    """How rows are found: through the `rare` terms that they have, else along the road; in `areas` when given."""

    rare: list[sa.ColumnElement[bool]] = field(default_factory=list)
    areas: set[str] | None = None
    conditions: list[sa.ColumnElement[bool]] = field(default_factory=list)
    possible: bool = True
    is_small: bool = False

    def narrow(self, areas: Iterable[str]) -> None:
        """Keep to these areas."""
        self.areas = set(areas) if self.areas is None else _common(self.areas, areas)


def households_page(who: Cadre, filters: Filters, cursor: str | None = None) -> paging.Page[Row]:
    """Return a page of the active households that a person may see, in list order.

    With typed words it is the only page: `next` then says no more than that there are more households.
    """
    words = words_of(filters.typed, whole_phones=_sees_whole_phones(who))
    plan = _plan(who, words, filters)
    if not plan.possible:
        return paging.Page([], None)
    start = None if words else _start(cursor)
    branches = _branches(who, filters, plan)
    if words and plan.conditions:
        branches = [_with_an_end(branch) for branch in branches]
    rows = _first_rows(branches, plan, start)
    page = paging.cut(rows, lambda row: (row.village_code, str(row.group_no), row.door_order, row.id.hex))
    if page.next is None and any(branch.until for branch in branches):
        return paging.Page(page.rows, "unknown")
    return page


def _sees_whole_phones(who: Cadre) -> bool:
    """Say whether every number that the person may find is one that they may also unmask."""
    scope = scope_of(who)
    return who.has(*CONFIDANTS) and set(scope.areas) <= set(scope.confided)


def marked_as_mine(who: Cadre, household_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these households are paired with the person today."""
    mine = paired_ids(who.id, clock.today()).where(Pairing.household_id.in_(list(household_ids)))
    return set(db.session.scalars(mine))


def _start(cursor: str | None) -> tuple[str, int, str, UUID] | None:
    values = paging.decode_cursor(cursor, 4)
    group_no = small_number(values[1]) if values else None
    if values is None or group_no is None:
        return None
    try:
        return values[0], group_no, values[2], UUID(values[3])
    except ValueError:
        return None


def _plan(who: Cadre, words: Sequence[Word], filters: Filters) -> Plan:
    plan = Plan()
    if filters.area:
        # Areas are ranges of codes, which only digits have.
        plan.possible = filters.area.isascii() and filters.area.isdigit() and len(filters.area) in CODE_LENGTHS
        plan.narrow([filters.area])
    plan.is_small = filters.mine or _is_small(_areas(who, plan))
    if filters.tag:
        _add_terms(plan, HouseholdTerm.term == tag_term(filters.tag), set())
    places = _villages_named(words)
    for word in words:
        if word.group_no is not None:
            plan.conditions.append(Household.group_no == word.group_no)
        else:
            _add_terms(plan, _any_of(word.ranges), places.get(word.text, set()))
    return plan


def _any_of(ranges: Iterable[tuple[str, str]]) -> sa.ColumnElement[bool]:
    term = HouseholdTerm.term
    return sa.or_(sa.false(), *(sa.and_(term >= low, term < high) for low, high in ranges))


def _add_terms(plan: Plan, terms: sa.ColumnElement[bool], villages: set[str]) -> None:
    """Add one condition to the plan: a household has such a term, or lies in one of the villages so named."""
    # A small area is read through anyway: how common the terms are elsewhere does not matter there.
    known = None if plan.is_small else _how_many(terms)
    if known == 0:
        plan.possible &= bool(villages)
        plan.narrow(villages)
        return
    has_term: sa.ColumnElement[bool]
    if known is None:
        # A question put to each household along the road.
        has_term = sa.exists().where(HouseholdTerm.household_id == Household.id, terms).correlate(Household)
    else:
        # A list that leads the search.
        has_term = Household.id.in_(sa.select(HouseholdTerm.household_id).where(terms))
    if villages:
        plan.conditions.append(sa.or_(Household.village_code.in_(villages), has_term))
    elif known is None:
        plan.conditions.append(has_term)
    else:
        plan.rare.append(has_term)


def _how_many(terms: sa.ColumnElement[bool]) -> int | None:
    """Count such terms; None: more than few."""
    found = sa.select(HouseholdTerm.household_id).where(terms).limit(FEW + 1)
    count = db.session.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0
    return count if count <= FEW else None


def _villages_named(words: Sequence[Word]) -> dict[str, set[str]]:
    """Map words to the villages whose name (with the town's) holds them; too common words to none."""
    texts = [word.text for word in words if len(word.text) > 1 and word.group_no is None]
    if not texts:
        return {}
    names = [Division.full_name.contains(text, autoescape=True) for text in texts]
    rows = db.session.execute(
        sa.select(Division.code, Division.full_name)
        .where(Division.level == Level.VILLAGE, sa.or_(*names))
        .limit(MANY_VILLAGES * len(texts))
    ).all()
    found = {text: {code for code, name in rows if text in name.casefold()} for text in texts}
    return {text: codes for text, codes in found.items() if len(codes) < MANY_VILLAGES}


@dataclass(frozen=True)
class Branch:
    """One stretch of the list: an area, whose rows lie together in list order, or a few households.

    `until` is the key at which looking through a large area ends.
    """

    condition: sa.ColumnElement[bool]
    area: str = ""
    until: tuple[Any, ...] | None = None


def _branches(who: Cadre, filters: Filters, plan: Plan) -> list[Branch]:
    scope = scope_of(who)
    paired: sa.ColumnElement[bool] = Household.id.in_(paired_ids(who.id, clock.today()))
    if plan.areas is not None:
        paired = sa.and_(paired, sa.or_(sa.false(), *(_in_area(area) for area in plan.areas)))
    if filters.mine:
        return [Branch(paired)]
    areas = _areas(who, plan)
    if plan.rare:
        everywhere = sa.or_(paired, *(_in_area(area) for area in areas))
        return [Branch(sa.and_(*plan.rare, everywhere))]
    # One OR over areas and pairings would make the database sort all of them: each stretch is read in list
    # order by itself, and only their first rows are merged.
    elsewhere = sa.not_(scope.within(Household.village_code))
    return [Branch(_in_area(area), area) for area in areas] + [Branch(sa.and_(paired, elsewhere))]


def _areas(who: Cadre, plan: Plan) -> list[str]:
    areas = _outermost(scope_of(who).areas)
    return areas if plan.areas is None else sorted(_common(areas, plan.areas))


def _is_small(areas: Sequence[str]) -> bool:
    return len(areas) <= FEW_VILLAGES and all(len(area) == VILLAGE_CODE_LENGTH for area in areas)


def _in_area(area: str) -> sa.ColumnElement[bool]:
    return in_area(Household.village_code, area)


def _end(area: str) -> str:
    return str(int(area) + 1)


def _outermost(areas: Iterable[str]) -> list[str]:
    """Drop areas that lie within others; what remains has no household in common."""
    kept: list[str] = []
    for area in sorted(set(areas)):
        if not kept or not area.startswith(kept[-1]):
            kept.append(area)
    return kept


def _common(some: Iterable[str], others: Iterable[str]) -> set[str]:
    """Return the areas that lie in one of both; a code begins with that of the place around it."""
    pairs = [(one, other) for one in some for other in others]
    return {max(pair, key=len) for pair in pairs if pair[0].startswith(pair[1]) or pair[1].startswith(pair[0])}


def _first_rows(branches: Sequence[Branch], plan: Plan, start: Sequence[Any] | None) -> list[Row]:
    selects = [_rows_of(branch, plan, start) for branch in branches if _is_ahead(branch, start)]
    if not selects:
        return []
    merged = sa.union_all(*(sa.select(part.subquery()) for part in selects)).subquery()
    order = [merged.c[column.key] for column in KEY]
    rows = db.session.execute(sa.select(merged).order_by(*order).limit(paging.PAGE_SIZE + 1))
    return [Row(*row) for row in rows]


def _is_ahead(branch: Branch, start: Sequence[Any] | None) -> bool:
    return not branch.area or start is None or start[0] < _end(branch.area)


def _rows_of(branch: Branch, plan: Plan, start: Sequence[Any] | None) -> sa.Select[Any]:
    condition = branch.condition
    if start is not None:
        # Inside an area only one lower bound is stated: SQLite takes the first one for its index.
        inside = branch.area and start[0] >= branch.area
        condition = Household.village_code < _end(branch.area) if inside else condition
        condition = sa.and_(condition, paging.after(KEY, start))
    rows: sa.Select[Any] = sa.select(*COLUMNS).where(condition, Household.active, *plan.conditions)
    if branch.until is not None:
        rows = rows.where(paging.before(KEY, branch.until))
    return rows.order_by(*KEY).limit(paging.PAGE_SIZE + 1)


def _with_an_end(branch: Branch) -> Branch:
    """End a large area after so many households; a village is never so large."""
    if not branch.area or len(branch.area) >= VILLAGE_CODE_LENGTH:
        return branch
    row = sa.select(*KEY).where(branch.condition).order_by(*KEY).offset(LOOKED_THROUGH).limit(1)
    found = db.session.execute(row).one_or_none()
    return branch if found is None else replace(branch, until=tuple(found))
