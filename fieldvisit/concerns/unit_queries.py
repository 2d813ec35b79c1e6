"""Which units are responsible for a concern, by rule: of the place, of the matter, and tied to the village."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from fieldvisit.concerns.lists import Lists
from fieldvisit.concerns.models import DomainLead
from fieldvisit.extensions import db
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import ContactPoint, Unit

COUNTY_DIGITS, TOWN_DIGITS = 6, 9


@dataclass(frozen=True)
class Responsible:
    """The ids of the three responsible units; None where no rule finds one."""

    locality: int | None
    lead: int | None
    contact: int | None


class Lead(NamedTuple):
    """The unit in charge of a domain."""

    unit_id: int
    name: str
    active: bool


def responsible_for(village_code: str, domain: str, today: date, lists: Lists) -> Responsible:
    """Return who is responsible for a concern of a domain at a place."""
    county = village_code[:COUNTY_DIGITS]
    return Responsible(_locality(village_code), _lead(county, domain, lists), _contact(village_code, today))


def active_unit(unit_id: int | None) -> Unit | None:
    """Return a unit that works; None for none and for one that was dissolved."""
    unit = db.session.get(Unit, unit_id) if unit_id is not None else None
    return unit if unit is not None and unit.active else None


def names_of_units(unit_ids: Iterable[int | None]) -> dict[int, str]:
    """Map the ids of units to their names."""
    ids = {unit_id for unit_id in unit_ids if unit_id is not None}
    return dict(db.session.execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(ids))).all())


def _locality(village_code: str) -> int | None:
    """Return the unit that governs the village or its town: 属地."""
    codes = [village_code, village_code[:TOWN_DIGITS]]
    return db.session.scalar(
        sa.select(Unit.id)
        .where(Unit.active, Unit.division_code.in_(codes))
        .order_by(sa.func.length(Unit.division_code), Unit.position, Unit.id)
        .limit(1)
    )


def lead_by_name(county: str, domain: str, lists: Lists) -> int | None:
    """Return the unit that is called like the department of a domain, or of the one above it."""
    top = lists.domains[domain].parent or domain if domain in lists.domains else domain[:2]
    return _named_in(county, lists.domains[top].departments if top in lists.domains else ())


def leads_of(county: str) -> dict[str, Lead]:
    """Map domains to the units that a county has put in charge of them, dissolved ones too."""
    rows = db.session.execute(
        sa.select(DomainLead.domain, Unit.id, Unit.name, Unit.active)
        .join(Unit, Unit.id == DomainLead.unit_id)
        .where(DomainLead.county_code == county)
    )
    return {domain: Lead(unit_id, name, active) for domain, unit_id, name, active in rows}


def lead_row(county: str, domain: str) -> DomainLead | None:
    """Return the row by which a county has put a unit in charge, locked until the commit."""
    return db.session.get(DomainLead, (county, domain), with_for_update=True, populate_existing=True)


def _lead(county: str, domain: str, lists: Lists) -> int | None:
    top = lists.domains[domain].parent if domain in lists.domains else domain[:2]
    chosen = db.session.execute(
        sa.select(DomainLead.unit_id)
        .join(Unit, Unit.id == DomainLead.unit_id)
        .where(DomainLead.county_code == county, DomainLead.domain.in_([domain, top]), Unit.active)
        .order_by(sa.func.length(DomainLead.domain).desc())
        .limit(1)
    ).scalar()
    if chosen is not None:
        return chosen
    return lead_by_name(county, domain, lists)


def _named_in(county: str, names: tuple[str, ...]) -> int | None:
    """Return the first unit called like one of these departments that works in a county."""
    if not names:
        return None
    called = sa.or_(*(Unit.name.contains(name, autoescape=True) for name in names))
    tied = sa.exists().where(ContactPoint.unit_id == Unit.id, organisation.in_area(ContactPoint.village_code, county))
    return db.session.scalar(
        sa.select(Unit.id)
        .where(Unit.active, called, sa.or_(organisation.in_area(Unit.division_code, county), tied))
        .order_by(Unit.position, Unit.id)
        .limit(1)
    )


def _contact(village_code: str, today: date) -> int | None:
    return db.session.scalar(
        sa.select(Unit.id)
        .join(ContactPoint, ContactPoint.unit_id == Unit.id)
        .where(
            Unit.active,
            ContactPoint.village_code == village_code,
            ContactPoint.starts_on <= today,
            sa.or_(ContactPoint.ends_on.is_(None), ContactPoint.ends_on >= today),
        )
        .order_by(Unit.position, Unit.id)
        .limit(1)
    )
