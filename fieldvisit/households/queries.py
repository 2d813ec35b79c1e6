"""Reading households: what a person may see, one household, its people, its village's neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.households.models import Household, Pairing, Resident

READERS = (Role.CADRE, Role.SUPERVISOR, Role.OFFICE, Role.ADMINISTRATOR)
WRITERS = (Role.CADRE, Role.OFFICE)
# Administrators look after the register; what is private to a household is not theirs to read.
CONFIDANTS = (Role.CADRE, Role.SUPERVISOR, Role.OFFICE)


def in_force(day: date) -> sa.ColumnElement[bool]:
    """Build the condition "this pairing holds on a day"."""
    return sa.and_(Pairing.starts_on <= day, sa.or_(Pairing.ends_on.is_(None), Pairing.ends_on >= day))


def paired_ids(cadre_id: int, day: date) -> sa.Select[UUID]:
    """Select the ids of the households to which a cadre is tied on a day."""
    return sa.select(Pairing.household_id).where(Pairing.cadre_id == cadre_id, in_force(day))


def household_for(who: Cadre, household_id: UUID) -> Household:
    """Return a household (active or not) in the person's areas or paired with them, or raise NotYours."""
    household = db.session.get(Household, household_id)
    if household is None or not who.has(*READERS):
        raise NotYours
    if household.village_code.startswith(scope_of(who).areas) or is_paired(who, household_id, clock.today()):
        return household
    raise NotYours


def is_paired(cadre: Cadre, household_id: UUID, day: date) -> bool:
    """Say whether a cadre is tied to a household on a day."""
    pairing = sa.select(Pairing.id).where(
        Pairing.household_id == household_id, Pairing.cadre_id == cadre.id, in_force(day)
    )
    return db.session.scalar(pairing.limit(1)) is not None


def paired_households(cadre: Cadre, day: date) -> Sequence[Household]:
    """Return the active households to which a cadre is tied on a day, along the road."""
    return db.session.scalars(
        sa.select(Household)
        .where(Household.id.in_(paired_ids(cadre.id, day)), Household.active)
        .order_by(Household.village_code, Household.group_no, Household.door_order, Household.id)
    ).all()


def residents_of(household: Household) -> Sequence[Resident]:
    """Return a household's people, the head first."""
    return db.session.scalars(
        sa.select(Resident)
        .where(Resident.household_id == household.id)
        .order_by(Resident.is_head.desc(), Resident.position, Resident.id)
    ).all()
