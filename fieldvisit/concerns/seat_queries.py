"""As what a person takes part in concerns, and of which they may know: the one place for both.

A confidential concern (举报, 干部作风) is known to the office and to the unit that was asked to handle it, never to the
unit or the person that it is about, and to nobody else: not to supervisors, nor to the cadre who wrote it down.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from fieldvisit import clock
from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.concerns.models import Concern, ConcernUnit
from fieldvisit.concerns.rules import Party
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.households import queries as households
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import ContactPoint, Unit
from fieldvisit.reviews.log_queries import overseen_by

Condition = sa.ColumnElement[bool]
MOST_UNITS = 150


class Seat(enum.StrEnum):
    """From where somebody looks at the ledger; a person with several roles has several."""

    OFFICE = "office"
    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    CADRE = "cadre"


ROLES = {
    Seat.OFFICE: Role.OFFICE,
    Seat.HANDLER: Role.HANDLER,
    Seat.SUPERVISOR: Role.SUPERVISOR,
    Seat.CADRE: Role.CADRE,
}
READERS = tuple(ROLES.values())
# Whose work it is to handle or direct: they alone may know of confidential concerns.
CONFIDED = frozenset({Seat.OFFICE, Seat.HANDLER})


def seats_of(who: Cadre) -> list[Seat]:
    """Return the seats of a person, the widest view first."""
    return [seat for seat, role in ROLES.items() if who.has(role)]


def sees(who: Cadre, seat: Seat) -> Condition:
    """Build the condition "this concern is seen from the person's seat"."""
    seen = _BY_SEAT[seat](who)
    open_ones = Concern.restricted.is_(False)
    return sa.and_(seen, sa.or_(open_ones, not_about(who)) if seat in CONFIDED else open_ones)


def visible(who: Cadre) -> Condition:
    """Build the condition "the person may know of this concern", from whichever seat."""
    return sa.or_(sa.false(), *(sees(who, seat) for seat in seats_of(who)))


def not_about(who: Cadre) -> Condition:
    """Build the condition "this concern is about neither the person nor their unit or one above it"."""
    above = [int(part) for part in organisation.unit(who.unit_id).path.strip("/").split("/")]
    return sa.and_(
        sa.or_(Concern.reported_unit_id.is_(None), Concern.reported_unit_id.not_in(above)),
        sa.or_(Concern.reported_cadre_id.is_(None), Concern.reported_cadre_id != who.id),
    )


def concern_for(who: Cadre, concern_id: int) -> Concern:
    """Return a concern that the person may know of, or raise NotYours; a write locks it until the commit."""
    found = db.session.scalars(
        sa.select(Concern)
        .where(Concern.id == concern_id, visible(who))
        .with_for_update(of=Concern)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotYours
    return found


def parties_of(who: Cadre, concern: Concern) -> frozenset[Party]:
    """Return as what a person takes part in a concern that they may know of."""
    seats = [seat for seat in seats_of(who) if _is_seen(concern.id, sees(who, seat))]
    return frozenset(Party(seat.value) for seat in seats)


def _is_seen(concern_id: int, condition: Condition) -> bool:
    return db.session.scalar(sa.select(Concern.id).where(Concern.id == concern_id, condition)) is not None


def has_to_do_with(unit_ids: Iterable[int]) -> Condition:
    """Build the condition "one of these units is responsible, in whichever role"."""
    # A question put to each concern: the ids of all that large units ever had are not gathered for it.
    row = aliased(ConcernUnit)
    return sa.exists().where(row.concern_id == Concern.id, row.unit_id.in_(list(unit_ids)))


def areas_of(who: Cadre, seat: Seat) -> tuple[str, ...]:
    """Return the codes of the places that a seat's concerns come from, for a choice among them."""
    if seat is Seat.OFFICE:
        governed = organisation.unit(who.unit_id).division_code
        return (governed,) if governed else ()
    return scope_of(who).areas if seat is Seat.SUPERVISOR else ()


def units_to_choose(who: Cadre, seat: Seat, chosen: int | None) -> list[tuple[int, str]]:
    """Return the units to which a seat's concerns are given, at most 150, in the order of the organisation list."""
    governed = organisation.unit(who.unit_id).division_code
    if seat is Seat.OFFICE and governed:
        tied = sa.exists().where(
            ContactPoint.unit_id == Unit.id, organisation.in_area(ContactPoint.village_code, governed)
        )
        condition = sa.or_(organisation.in_area(Unit.division_code, governed), tied)
    elif seat is Seat.SUPERVISOR:
        condition = Unit.id.in_(overseen_by(who).unit_ids)
    else:
        return []
    rows = db.session.execute(
        sa.select(Unit.id, Unit.name)
        .where(condition, sa.or_(Unit.active, Unit.id == chosen))
        .order_by(Unit.id != chosen, Unit.position, Unit.id)
        .limit(MOST_UNITS)
    )
    return [(row[0], row[1]) for row in rows]


def _from_the_office(who: Cadre) -> Condition:
    governed = organisation.unit(who.unit_id).division_code
    return sa.false() if governed is None else organisation.in_area(Concern.county_code, governed)


def handled_unit_ids(who: Cadre) -> sa.Select[int]:
    """Select the ids of the units whose concerns a handler handles: their own and those below it."""
    path = organisation.unit(who.unit_id).path
    return sa.select(Unit.id).where(Unit.path.startswith(path, autoescape=True))


def _from_the_handler(who: Cadre) -> Condition:
    return Concern.handling_unit_id.in_(handled_unit_ids(who))


def _from_the_supervisor(who: Cadre) -> Condition:
    overseen = overseen_by(who)
    areas = (organisation.in_area(Concern.village_code, area) for area in overseen.areas)
    return sa.or_(has_to_do_with(overseen.unit_ids), *areas)


def _from_the_cadre(who: Cadre) -> Condition:
    paired = households.paired_ids(who.id, clock.today())
    return sa.or_(Concern.registered_by == who.id, Concern.household_id.in_(paired))


_BY_SEAT = {
    Seat.OFFICE: _from_the_office,
    Seat.HANDLER: _from_the_handler,
    Seat.SUPERVISOR: _from_the_supervisor,
    Seat.CADRE: _from_the_cadre,
}
