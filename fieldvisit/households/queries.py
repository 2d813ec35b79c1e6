"""Reading households: what a person may see, one household, its people, its village's neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.households.models import Household, HouseholdTerm, Pairing, Resident
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import Division

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


def is_confidant(who: Cadre, household: Household) -> bool:
    """Say whether a person who sees this household may also read what is private to it."""
    if not who.has(*CONFIDANTS):
        return False
    return household.village_code.startswith(scope_of(who).confided) or is_paired(who, household.id, clock.today())


def confided_household(who: Cadre, household_id: UUID) -> Household:
    """Return a household of which the person may read and write everything, or raise NotYours."""
    household = household_for(who, household_id)
    if not is_confidant(who, household):
        raise NotYours
    return household


def is_paired(cadre: Cadre, household_id: UUID, day: date) -> bool:
    """Say whether a cadre is tied to a household on a day."""
    pairing = sa.select(Pairing.id).where(
        Pairing.household_id == household_id, Pairing.cadre_id == cadre.id, in_force(day)
    )
    return db.session.scalar(pairing.limit(1)) is not None


def has_pairing(household_id: UUID, day: date) -> bool:
    """Say whether anybody is tied to a household on a day."""
    pairing = sa.select(Pairing.id).where(Pairing.household_id == household_id, in_force(day))
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


def resident_for(who: Cadre, household_id: UUID, resident_id: UUID) -> tuple[Household, Resident]:
    """Return a person of a household of which one may read everything, with the household, or raise NotYours."""
    household = confided_household(who, household_id)
    resident = db.session.get(Resident, resident_id)
    if resident is None or resident.household_id != household.id:
        raise NotYours
    return household, resident


def household_with_id(household_id: UUID) -> Household | None:
    """Return the household with an id, whosoever; only to notice that one has been written already."""
    return db.session.get(Household, household_id)


def resident_with_id(resident_id: UUID) -> Resident | None:
    """Return the resident with an id, whosever; only to notice that one has been written already."""
    return db.session.get(Resident, resident_id)


def terms_of(household: Household) -> set[str]:
    """Return the terms by which a household is found now."""
    rows = sa.select(HouseholdTerm.term).where(HouseholdTerm.household_id == household.id)
    return set(db.session.scalars(rows))


def neighbours(village_code: str) -> Sequence[sa.Row[UUID, str, str, int, str]]:
    """Return id, head_name, village_code, group_no and door of a village's active households, in list order."""
    return db.session.execute(
        sa.select(Household.id, Household.head_name, Household.village_code, Household.group_no, Household.door)
        .where(Household.village_code == village_code, Household.active)
        .order_by(Household.group_no, Household.door_order, Household.id)
    ).all()


def villages_for(who: Cadre, also: Iterable[str] = ()) -> Sequence[Division]:
    """Return the villages in which a person may put a household, and those of `also`."""
    return organisation.villages([*scope_of(who).areas, *also])


def usual_village(who: Cadre, day: date) -> str | None:
    """Return the village of most of the households to which a person is tied on a day."""
    return db.session.scalar(
        sa.select(Household.village_code)
        .where(Household.id.in_(paired_ids(who.id, day)), Household.active)
        .group_by(Household.village_code)
        .order_by(sa.func.count().desc(), Household.village_code)
        .limit(1)
    )


def why_inactive(household: Household) -> dict[str, Any] | None:
    """Return the reason and the instant of a household's last deactivation, from the audit record."""
    row = db.session.execute(
        sa.select(AuditEvent.detail, AuditEvent.at)
        .where(
            AuditEvent.subject_type == "household",
            AuditEvent.subject_id == str(household.id),
            AuditEvent.action == "household_deactivated",
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else {"reason": row.detail.get("reason", ""), "at": row.at}
