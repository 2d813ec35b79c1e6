"""Who is tied to which household, for those who manage it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.accounts.queries import has_role
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.households.models import Household, Pairing
from fieldvisit.households.queries import in_force
from fieldvisit.organisation.models import Unit

MANY = 200
ORDER = (Household.village_code, Household.group_no, Household.door_order, Household.id)


def units(admin: Cadre) -> Sequence[sa.Row[int, str]]:
    """Return id and name of the active units that a person administers, in the organisation's order."""
    return db.session.execute(
        sa.select(Unit.id, Unit.name)
        .where(Unit.id.in_(scope_of(admin).unit_ids), Unit.active)
        .order_by(Unit.position, Unit.path)
    ).all()


def cadres(admin: Cadre, unit_id: int | None, name: str, day: date) -> list[dict[str, Any]]:
    """Return the people of a unit, or with a name, who visit households, and to how many they are tied."""
    count = (
        sa.select(sa.func.count())
        .select_from(Pairing)
        .join(Household, Household.id == Pairing.household_id)
        .where(Pairing.cadre_id == Cadre.id, in_force(day), Household.active)
        .correlate(Cadre)
        .scalar_subquery()
    )
    people = (
        sa.select(Cadre.id, Cadre.name, Cadre.roles, Cadre.active, Unit.name.label("unit"), count.label("tied"))
        .join(Unit, Unit.id == Cadre.unit_id)
        .where(Cadre.unit_id.in_(scope_of(admin).unit_ids))
        .order_by(Unit.position, Unit.path, Cadre.name, Cadre.id)
        .limit(MANY)
    )
    if unit_id is not None:
        people = people.where(Cadre.unit_id == unit_id)
    if name:
        people = people.where(Cadre.name.contains(name, autoescape=True))
    rows = db.session.execute(people).mappings()
    return [dict(row) for row in rows if row["tied"] or (row["active"] and Role.CADRE in row["roles"])]


def cadre_for(admin: Cadre, cadre_id: int) -> Cadre:
    """Return a person of the units that one administers, or raise NotYours."""
    cadre = db.session.get(Cadre, cadre_id)
    if cadre is None or cadre.unit_id not in scope_of(admin).unit_ids:
        raise NotYours
    return cadre


def successors(admin: Cadre, leaving: Cadre) -> Sequence[sa.Row[int, str, str]]:
    """Return id, name and unit of those who may take a cadre's households over, their own unit's first."""
    visits = sa.and_(Cadre.active, has_role(Role.CADRE))
    return db.session.execute(
        sa.select(Cadre.id, Cadre.name, Unit.name.label("unit"))
        .join(Unit, Unit.id == Cadre.unit_id)
        .where(Cadre.unit_id.in_(scope_of(admin).unit_ids), Cadre.id != leaving.id, visits)
        .order_by(Cadre.unit_id != leaving.unit_id, Unit.position, Unit.path, Cadre.name, Cadre.id)
    ).all()


def pairings_of(cadre: Cadre, day: date) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """Return a cadre's pairings of today and later with the households' columns, along the road."""
    return db.session.execute(_pairings(cadre).where(_open(day), Household.active).order_by(*ORDER)).all()


def past_pairings_of(cadre: Cadre, day: date) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """Return a cadre's last pairings that have ended, newest first."""
    ended = Pairing.ends_on < day
    return db.session.execute(
        _pairings(cadre).where(ended).order_by(Pairing.ends_on.desc(), Pairing.id.desc()).limit(MANY)
    ).all()


def _pairings(cadre: Cadre) -> sa.Select[*tuple[Any, ...]]:
    household = (Household.id.label("household_id"), Household.head_name, Household.village_code)
    address = (Household.group_no, Household.door)
    rows: sa.Select[*tuple[Any, ...]] = (
        sa.select(Pairing.id, Pairing.starts_on, Pairing.ends_on, *household, *address)
        .join(Household, Household.id == Pairing.household_id)
        .where(Pairing.cadre_id == cadre.id)
    )
    return rows


def _open(day: date) -> sa.ColumnElement[bool]:
    return sa.or_(Pairing.ends_on.is_(None), Pairing.ends_on >= day)


def pairing_of(cadre: Cadre, pairing_id: int) -> Pairing:
    """Return one of a cadre's pairings, or raise NotYours."""
    pairing = db.session.get(Pairing, pairing_id)
    if pairing is None or pairing.cadre_id != cadre.id:
        raise NotYours
    return pairing


def open_pairings(cadre: Cadre, day: date) -> Sequence[Pairing]:
    """Return a cadre's pairings that hold on a day or later."""
    return db.session.scalars(sa.select(Pairing).where(Pairing.cadre_id == cadre.id, _open(day))).all()


def pairing_between(cadre: Cadre, household: Household, day: date) -> Pairing | None:
    """Return the pairing of the two that holds on a day or later; waits for others who pair it."""
    db.session.execute(sa.select(Household.id).where(Household.id == household.id).with_for_update())
    both = sa.and_(Pairing.cadre_id == cadre.id, Pairing.household_id == household.id)
    return db.session.scalars(sa.select(Pairing).where(both, _open(day)).order_by(Pairing.id).limit(1)).first()


def partners(household_ids: Iterable[UUID], day: date) -> dict[UUID, list[str]]:
    """Map households to the names of those who are tied to them on a day."""
    rows = db.session.execute(
        sa.select(Pairing.household_id, Cadre.name)
        .join(Cadre, Cadre.id == Pairing.cadre_id)
        .where(Pairing.household_id.in_(list(household_ids)), in_force(day))
        .order_by(Cadre.name)
    )
    found: dict[UUID, list[str]] = {}
    for household_id, name in rows:
        found.setdefault(household_id, []).append(name)
    return found


def households_for(admin: Cadre, ids: Iterable[UUID]) -> Sequence[Household]:
    """Return these active households if all lie in one's areas, or raise NotYours."""
    wanted = set(ids)
    mine = scope_of(admin).within(Household.village_code)
    found = db.session.scalars(sa.select(Household).where(Household.id.in_(wanted), mine, Household.active)).all()
    if len(found) != len(wanted):
        raise NotYours
    return found
